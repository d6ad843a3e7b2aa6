import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Problem, ProblemError } from '../../../engine/language/problem/problem.ts';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
  project.write(
    'one.yml',
    '- { name: "first {{ item }}", debug: { msg: x } }\n- { name: second, debug: { msg: x } }\n',
  );
});
afterEach(() => project.remove());

const RUNBOOK = `
- name: One
  hosts: all
  tasks:
    - { name: a, stat: { path: "{{ dir }}" } }
    - include_tasks: one.yml
      loop: [1, 2]
- name: Two
  hosts: all
  tasks:
    - { name: "b [old]", stat: { path: "{{ dir }}" } }
    - block:
        - { name: Switch over, debug: { msg: x } }
        - { name: check, assert: { that: 1 == 2 } }
      rescue:
        - { name: back, debug: { msg: x } }
      always:
        - { name: close, debug: { msg: x } }
    - { name: z.1, debug: { msg: x } }
  handlers:
    - { name: H, debug: { msg: x } }
`;

const IN_BLOCK = ['Switch over ok', 'check failed', 'back ok', 'close ok', 'z.1 ok'];

test.each<[string, readonly string[]]>([
  ['a', ['a ok', 'first 1 ok', 'second ok', 'first 2 ok', 'second ok', 'b [old] ok', ...IN_BLOCK]],
  // The rounds after the first have all of the file.
  ['second', ['second ok', 'first 2 ok', 'second ok', 'b [old] ok', ...IN_BLOCK]],
  ['b [old]', ['b [old] ok', ...IN_BLOCK]],
  ['Switch*', IN_BLOCK],
  ['[!a-y]?1', ['z.1 ok']],
  ['check', ['check failed', 'back ok', 'close ok', 'z.1 ok']],
  ['close', ['close ok', 'z.1 ok']],
  ['*', ['a ok', 'first 1 ok', 'second ok', 'first 2 ok', 'second ok', 'b [old] ok', ...IN_BLOCK]],
])('--start-at-task %j', async (startAt, expected) => {
  const run = await project.run(RUNBOOK, { startAt });
  expect(run.statuses()).toEqual(expected);
});

test('what is before it is not read on the host, and its play doesn’t begin', async () => {
  const run = await project.run(RUNBOOK, { startAt: 'Switch over' });
  expect(run.totals().messages).toBe(0);
  expect(run.events.flatMap((event) => (event.type === 'play.started' ? [event.play] : []))).toEqual(['Two']);
});

test.each<[string, RegExp, RegExp]>([
  ['Switch ovr', /No task in this run/, /‹Switch over›/],
  ['back', /in a rescue/, /--list-tasks/],
  ['H', /A handler/, /./],
  ['[z-a]', /No task in this run/, /./],
])('%s: nowhere to start', async (startAt, detail, hint) => {
  const problems = await project.run(RUNBOOK, { startAt }).then(
    () => [],
    (error: unknown): readonly Problem[] => (error instanceof ProblemError ? error.problems : []),
  );
  expect(problems).toMatchObject([{ code: 'usage', summary: `no task ‹${startAt}› to start at` }]);
  expect(problems[0]?.detail).toMatch(detail);
  expect(problems[0]?.hint).toMatch(hint);
});
