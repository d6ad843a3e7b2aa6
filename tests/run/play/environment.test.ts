import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { literal } from '../../../engine/language/dynamic/evaluate.ts';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import { Unknown } from '../../../engine/language/value/value.ts';
import { defineModule, lines, sh, Type } from '../../../engine/module/index.ts';
import { exportsOf } from '../../../engine/run/bind/environment.ts';
import type { FramedShell } from '../../../engine/transport/shell/shell.ts';
import { problemOf, scopeOf, standing } from '../../language/support.ts';
import { ask, frame, shells, startShell } from '../../transport/shells.ts';
import { FakeProject } from '../harness.ts';

/** Reads many at once, and says in which environment. */
const seen = defineModule({
  name: 'seen',
  summary: 'Look at the environment',
  params: Type.Object({ n: Type.Integer({ description: 'Which' }) }),
  probeMany: (wants) => lines(...wants.map(({ n }) => sh`echo ${n} "$COLOUR"`)),
  parseMany: (out) => out.stdout.trim().split('\n'),
  plan: (have: string, { n }) => ({ changes: [], result: { n, have } }),
});

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ modules: [seen] });
});
afterEach(() => project.remove());

const play = (head: string, tasks: string) =>
  project.run(`- name: Play\n  hosts: all\n${head}  tasks:\n${tasks.replaceAll(/^(?=.)/gm, '    ')}`);
const refused = async (tasks: string, head = '') => {
  try {
    await play(head, tasks);
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ code, at }) => `${at?.line}:${at?.column} ${code}`);
    throw error;
  }
  throw new Error('it was accepted');
};
const show = 'shell: { cmd: \'printf %s "$A/$B/$C"\' }\n  changed_when: false\n  register: r\n';

test('what is further in holds over what is further out, and only for its task', async () => {
  const run = await play(
    '  environment: { A: play, B: play, C: play }\n',
    `- name: block
  environment: { B: block, C: block }
  block:
    - name: inner
      environment: { C: task }
      shell: 'printf %s "$A/$B/$C"'
- name: outer
  shell: 'printf %s "$A/$B/$C"'
`,
  );
  expect([run.task('inner').result?.stdout, run.task('outer').result?.stdout]).toEqual([
    'play/block/task',
    'play/play/play',
  ]);
});

test('probes, steps, and what looks whether there is something to do have it too', async () => {
  const run = await play(
    '  environment: { COLOUR: red }\n',
    `- name: probe
  seen: { n: 1 }
- name: read
  command: { argv: [printenv, COLOUR] }
  read_only: true
- name: unless
  shell: { cmd: 'echo "$COLOUR" >"{{ dir }}/colour"', unless: '[ "$COLOUR" = red ]' }
- name: act
  shell: { cmd: 'echo "$COLOUR"' }
`,
  );
  expect(run.task('probe').result?.have).toBe('1 red');
  expect(run.task('read').result?.stdout).toBe('red');
  expect(run.task('unless').status).toBe('ok');
  expect(run.task('act').result?.stdout).toBe('red');
});

test('neighbours share a script only in the same environment; it is one message all the same', async () => {
  const run = await play(
    '',
    [1, 2, 3, 4]
      .map((n) => `- seen: { n: ${n} }\n  environment: { COLOUR: "c{{ ${n > 2} }}" }\n`)
      .join('')
      .replaceAll('{{ true }}', 'b')
      .replaceAll('{{ false }}', 'a'),
  );
  expect(run.sent.map(({ frames }) => frames.length)).toEqual([2]);
  expect(run.events.flatMap((event) => (event.type === 'task.finished' ? [event.result?.have] : []))).toEqual([
    '1 ca',
    '2 ca',
    '3 cb',
    '4 cb',
  ]);
});

test('values are texts made of variables, the loop’s item too; a map may be a variable', async () => {
  const run = await play(
    '  vars: { proxy: { http_proxy: "http://p:{{ 1 }}" }, port: 8080 }\n'.replace('{{ 1 }}', '1'),
    `- name: loop
  shell: 'printf %s "$A$B"'
  environment: { A: "{{ item }}", B: "{{ port }}" }
  loop: [x, y]
  register: r
- name: map
  shell: 'printf %s "$http_proxy"'
  environment: "{{ proxy }}"
`,
  );
  expect(run.task('loop').result?.results).toMatchObject([{ stdout: 'x8080' }, { stdout: 'y8080' }]);
  expect(run.task('map').result?.stdout).toBe('http://p:1');
});

test('what stands before each script is in the record with it', async () => {
  const run = await play('  environment: { A: "it is" }\n', `- ${show}`);
  const steps = run.events.flatMap((event) => (event.type === 'task.applying' ? event.steps : []));
  expect(steps).toEqual([{ run: expect.stringMatching(/^export A='it is'\n/) }]);
});

test('it depends on a pending change: unknown; on an earlier task: read in its turn', async () => {
  const tasks = `- name: act
  command: { argv: [echo, x] }
  register: made
- name: after
  seen: { n: 1 }
  environment: { COLOUR: "{{ made.stdout }}" }
`;
  expect((await project.play(tasks, { check: true })).statuses()).toEqual(['act changed', 'after unknown']);
  expect((await project.play(tasks)).task('after').result?.have).toBe('1 x');
});

test('names, values and secrets that it can’t hold are Problems', async () => {
  expect(
    await refused(
      `- debug: { msg: x }
  environment: { "A-B": 1, "1A": x, "A;rm": x, LIST: [1], EMPTY: ~ }
- debug: { msg: x }
  environment: [1]
- debug: { msg: x }
  environment: "{{ typo }}"
`,
      '',
    ),
  ).toEqual([
    '5:22 bad-value',
    '5:32 bad-value',
    '5:41 bad-value',
    '5:52 bad-value',
    '5:70 bad-value',
    '7:20 bad-value',
    '9:24 undefined-variable',
  ]);
});

test.each([
  ['a list', [1], '‹environment› is no map'],
  ['a name that is none', { 'a b': 1 }, 'Not a name for a variable of the environment'],
  ['a secret', { A: new Secret('key', 'hidden-value') }, 'A secret in a place that would show it'],
  ['a secret map member', { A: [new Secret('key', 'hidden-value')] }, 'The environment holds texts'],
  ['a NUL byte', { A: 'a\0b' }, 'The environment holds texts'],
])('bound: %s', (_what, value, summary) => {
  const at = standing('{{ x }}');
  const map = literal(value, at);
  const problem = problemOf(() => exportsOf([map], scopeOf({})));
  expect(problem.summary).toBe(summary);
  expect(JSON.stringify(problem)).not.toContain('hidden-value');
});

test('nothing said, nothing exported', () => {
  expect(exportsOf([], scopeOf({}))).toBeUndefined();
  expect(exportsOf([literal({}, standing('x')), literal(null, standing('x'))], scopeOf({}))).toBeUndefined();
});

const AWKWARD = [
  "it's",
  '$(touch /tmp/x)',
  '`id`',
  'a"b\\c',
  ' x  y ',
  '*',
  '\n',
  '$HOME',
  "'; exit 3; '",
  '',
  'é‹›',
  '-n',
  '!',
];

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('in %s', (_, command) => {
  let shell: FramedShell;
  beforeAll(async () => {
    shell = await startShell(command);
  });
  afterAll(() => shell.close());

  const users = process.getuid?.() === 0 ? [undefined, 'nobody'] : [undefined];
  test.each(users)('a value arrives as it is, for %s, and no other frame sees it', async (user) => {
    const variables = Object.fromEntries(AWKWARD.map((value, index) => [`V${index}`, value]));
    const head = exportsOf([literal(variables, standing('x'))], scopeOf({}));
    if (head === undefined || head instanceof Unknown) throw new Error('it exports something');
    const plain = sh`for v in 0 1 2 3 4 5 6 7 8 9 10 11 12; do eval "printf '%s|' \"\$V$v\""; done; sh -c 'printf %s "$V1"'`;
    const [own, other] = await ask(shell, [
      frame(lines(head, plain).text, { user }),
      frame('env | grep -c "^V[0-9]"; :', { user }),
    ]);
    expect(Buffer.from(own?.stdout ?? []).toString()).toBe(`${AWKWARD.join('|')}|${AWKWARD[1]}`);
    expect(Buffer.from(other?.stdout ?? []).toString()).toBe('0\n');
  });
});
