import { afterAll, expect, test } from 'vitest';
import type { Param, Runbook } from '../../../engine/language/runbook/runbook.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import { type ExtraValue, readInputs } from '../../../engine/run/plan/inputs.ts';
import { FakeProject } from '../harness.ts';

const at = { file: 'site.yml', line: 1, column: 1, length: 1, text: 'x' };
const param = (rest: Partial<Param>): Param => ({
  name: 'p',
  at,
  type: 'string',
  default: undefined,
  required: false,
  enum: undefined,
  description: undefined,
  secret: false,
  ...rest,
});
const text = (value: string): ExtraValue => ({ value: { kind: 'literal', value, at }, text: true });

/** Only the plays' params are looked at. */
const bookOf = (params: readonly Param[]) => ({ file: 'x', digest: '', plays: [{ params }] }) as unknown as Runbook;

const read = (declared: Partial<Param>, given: string | undefined) =>
  readInputs([bookOf([param(declared)])], new Map(given === undefined ? [] : [['p', text(given)]]), () => false);

test.each<[Param['type'], string, unknown]>([
  ['string', '007', '007'],
  ['integer', '42', 42],
  ['integer', '-1', -1],
  ['number', '1.5', 1.5],
  ['boolean', 'true', true],
  ['boolean', 'false', false],
])('as %s ‹%s› is %j', (type, given, expected) => {
  const { extra, problems } = read({ type }, given);
  expect(problems).toEqual([]);
  expect(extra.get('p')).toMatchObject({ value: expected });
});

test.each<[Param['type'], string]>([
  ['integer', '1.5'],
  ['integer', '99999999999999999999'],
  ['integer', ''],
  ['number', 'one'],
  ['number', ' '],
  ['boolean', 'yes'],
  ['map', 'a=b'],
])('as %s ‹%s› is refused', (type, given) => {
  expect(read({ type }, given).problems).toMatchObject([{ code: 'bad-value' }]);
});

test('a list is split at its commas', () => {
  const value = read({ type: 'list' }, 'a, b').extra.get('p');
  expect(value).toMatchObject({ kind: 'list', items: [{ value: 'a' }, { value: 'b' }] });
});

test('lists and maps are JSON, too', () => {
  expect(read({ type: 'list' }, '[1, "b,c"]').extra.get('p')).toMatchObject({
    items: [{ value: 1 }, { value: 'b,c' }],
  });
  expect(read({ type: 'map' }, '{"a": [null]}').extra.get('p')).toMatchObject({
    entries: [{ key: 'a', value: { items: [{ value: null }] } }],
  });
  expect(read({ type: 'list' }, '[1').problems).toMatchObject([{ code: 'bad-value', hint: expect.any(String) }]);
  expect(read({ type: 'map' }, '[1]').problems).toMatchObject([{ code: 'bad-value' }]);
});

test.each<[Param['type'], unknown, boolean]>([
  ['string', 'x', true],
  ['string', 7, false],
  ['integer', 7, true],
  ['integer', 1.5, false],
  ['integer', '7', false],
  ['boolean', 'true', false],
  ['number', null, false],
  ['list', 'a,b', false],
])('typed: as %s %j is taken: %s', (type, given, taken) => {
  const value = { value: { kind: 'literal', value: given, at }, text: false } as ExtraValue;
  const { problems } = readInputs([bookOf([param({ type })])], new Map([['p', value]]), () => false);
  expect(problems.length === 0).toBe(taken);
});

test('one that is required and not given is a Problem; given elsewhere, or with a default, it is not', () => {
  expect(read({ required: true }, undefined).problems).toMatchObject([{ code: 'missing-param' }]);
  expect(read({ required: true, default: { kind: 'literal', value: 'd', at } }, undefined).problems).toEqual([]);
  const elsewhere = readInputs([bookOf([param({ required: true })])], new Map(), () => true);
  expect(elsewhere.problems).toEqual([]);
});

test('one of several words, with the nearest', () => {
  const [problem] = read({ enum: ['staging', 'production'] }, 'stagin').problems;
  expect(problem).toMatchObject({ code: 'bad-value', hint: expect.stringContaining('staging') });
});

test('a secret one is a Secret from then on, and a wrong one isn’t repeated', () => {
  const { extra } = read({ secret: true }, 'hidden-value');
  const value = extra.get('p');
  expect(value?.kind === 'literal' && value.value instanceof Secret).toBe(true);
  expect(JSON.stringify(read({ secret: true, type: 'integer' }, 'hidden-value').problems)).not.toContain(
    'hidden-value',
  );
});

const project = new FakeProject();
afterAll(() => project.remove());

test('what is wrong before the first connection is all told, and nothing is sent', async () => {
  const runbook = `
- name: Play
  hosts: all
  params:
    count: { type: integer, required: true }
  tasks:
    - copy: { dest: "{{ dir }}/x", src: none.txt }
    - template: { dest: "{{ dir }}/y", src: none.hbs }
    - debug: { msg: "{{ undefinedname }}" }
`;
  await expect(project.run(runbook)).rejects.toMatchObject({
    problems: expect.arrayContaining([
      expect.objectContaining({ code: 'missing-param' }),
      expect.objectContaining({ code: 'file-missing', summary: 'no file ‹none.txt›' }),
      expect.objectContaining({ code: 'file-missing', summary: 'no file ‹none.hbs›' }),
      expect.objectContaining({ code: 'undefined-variable' }),
    ]),
  });
});

test('hosts may be a template of -e; an order is kept', async () => {
  const runbook = `
- name: Play
  hosts: "{{ where }}"
  order: reverse_sorted
  tasks: [{ debug: { msg: x } }]
`;
  const two = new FakeProject({ hosts: 3 });
  const run = await two.run(runbook, { extra: { where: 'h1:h3' }, forks: 1 });
  expect(run.events.find((event) => event.type === 'play.started')).toMatchObject({ hosts: ['h3', 'h1'] });
  two.remove();
});
