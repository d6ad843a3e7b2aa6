import { chmodSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

const fact = (name: string, text: string) => project.write(`h1/facts.d/${name}`, text);

/** What a deployment does with the fact that the last one left. */
const RUNBOOK = `
- name: Deploy
  hosts: all
  vars:
    was: !expr "has(facts.local.vantus) ? facts.local.vantus : {'release': '', 'port': 3006}"
    port: !expr "was.port == 3005 ? 3006 : 3005"
    next: { unit: "vantus@{{ port }}.service", port: "{{ port }}" }
  tasks:
    - name: values
      set-fact: { unit: "{{ next.unit }}", kept: "{{ next.port }}", sum: !expr port + 1 }
    - name: whole numbers
      assert: { that: [kept == port, type(kept) == int, sum - 1 == kept, "'vantus@' + string(port) + '.service' == unit"] }
    - name: which
      debug: { msg: "{{ was.release }}|{{ unit }}" }
    - name: first
      debug: { msg: first }
      when: was.release == ''
`;

test('without the file the expression has its own map, and whole numbers stay whole', async () => {
  const run = await project.run(RUNBOOK);
  expect(run.statuses()).toEqual(['values ok', 'whole numbers ok', 'which ok', 'first ok']);
  expect(run.task('which').message).toBe('|vantus@3005.service');
  expect(run.sent).toEqual([]);
});

test('with it, its values have their types', async () => {
  fact('vantus.json', '{\n  "release": "r1",\n  "port": 3005\n}\n');
  const run = await project.run(RUNBOOK);
  expect(run.statuses()).toEqual(['values ok', 'whole numbers ok', 'which ok', 'first skipped']);
  expect(run.task('which').message).toBe('r1|vantus@3006.service');
  expect(run.sent).toEqual([]);
});

test('it is data: never a template', async () => {
  fact('x.json', '{"text": "{{ inventory_hostname }}"}');
  const run = await project.play('- name: say\n  debug: { msg: "{{ facts.local.x.text }}" }\n');
  expect(run.task('say').message).toBe('{{ inventory_hostname }}');
});

test('what is no JSON, too large, or may be written by others is left out with a warning', async () => {
  fact('good.json', '1');
  fact('broken.json', '{');
  fact('deep.json', '['.repeat(200) + ']'.repeat(200));
  fact('large.json', `"${'x'.repeat(70_000)}"`);
  fact('open.json', '1');
  chmodSync(project.on('h1', 'facts.d/open.json'), 0o666);
  fact('not a name.json', '1');
  fact('other.txt', '1');
  const run = await project.play('- name: say\n  debug: { msg: "{{ json facts.local }}" }\n');
  expect(run.task('say').message).toBe('{"good":1}');
  const warnings = run.events.flatMap((event) =>
    event.type === 'warning' ? [`${event.host} ${event.problem.summary}: ${event.problem.detail}`] : [],
  );
  const file = (name: string) => `h1 ‹/etc/vrun/facts.d/${name}.json› is no fact of the host: It is left out, since`;
  expect(warnings.sort()).toEqual([
    `${file('broken')} it is no JSON.`,
    `${file('deep')} it is nested too deeply.`,
    `${file('large')} it has more than 64 KiB.`,
    `${file('open')} others may write to it.`,
  ]);
});

test('a directory that others may write to holds no facts', async () => {
  fact('good.json', '1');
  chmodSync(project.on('h1', 'facts.d'), 0o777);
  const run = await project.play('- name: say\n  debug: { msg: "{{ json facts.local }}" }\n');
  expect(run.task('say').message).toBe('{}');
  expect(run.events.some((event) => event.type === 'warning')).toBe(true);
});

test('they are asked for only where a text names them', async () => {
  fact('broken.json', '{');
  const run = await project.play('- name: say\n  debug: { msg: "{{ facts.arch }}" }\n');
  expect(run.events.some((event) => event.type === 'warning')).toBe(false);
});

test('together they are bounded, so that the answer’s other lines arrive', async () => {
  for (let index = 0; index < 60; index += 1) fact(`f${index}.json`, `"${'x'.repeat(20_000)}"`);
  const run = await project.play('- name: say\n  debug: { msg: !expr size(facts.local) }\n');
  expect(Number(run.task('say').message)).toBe(26);
  expect(run.events.filter((event) => event.type === 'warning')).toHaveLength(34);
});
