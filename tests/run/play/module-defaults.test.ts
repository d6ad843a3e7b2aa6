import { readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

const play = (defaults: string, tasks: string) =>
  `- name: Play\n  hosts: all\n  module_defaults:\n${defaults.replaceAll(/^(?=.)/gm, '    ')}  tasks:\n${tasks.replaceAll(/^(?=.)/gm, '    ')}`;
const refused = async (runbook: string) => {
  try {
    await project.run(runbook);
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  throw new Error('it was accepted');
};
const mode = (path: string) => (statSync(project.on('h1', path)).mode & 0o777).toString(8);

test('what a task doesn’t give comes from the play, in includes and handlers too', async () => {
  project.write('more.yml', '- copy: { dest: "{{ dir }}/c", content: c }\n');
  const run = await project.run(
    play(
      'copy: { mode: "0600" }\nansible.builtin.file: { state: directory, mode: "{{ m }}" }\n',
      `- copy: { dest: "{{ dir }}/a", content: a }
  notify: later
- copy: { dest: "{{ dir }}/b", content: b, mode: "0640" }
- include_tasks: more.yml
- file: { path: "{{ dir }}/d" }
`,
    ).concat(
      '  handlers:\n    - name: later\n      copy: { dest: "{{ dir }}/h", content: h }\n  vars: { m: "0711" }\n',
    ),
  );
  expect(run.status).toBe('ok');
  expect(['a', 'b', 'c', 'd', 'h'].map(mode)).toEqual(['600', '640', '600', '711', '600']);
});

test('free-form tasks, aliases and set_fact’s spelling are understood; lists are not merged', async () => {
  project.write('in.txt', 'x');
  const run = await project.run(
    play(
      'shell: { chdir: "{{ dir }}" }\nset_fact: { given: play }\nassert: { that: [1 == 1, 1 == 2], fail_msg: "from the play" }\n',
      `- name: free
  shell: pwd >where
- name: own
  assert: { that: 1 == 1 }
- set_fact: { own: task }
- name: say
  debug: { msg: "{{ given }} {{ own }}" }
- name: theirs
  assert: { that: 2 == 3 }
  ignore_errors: true
`,
    ),
  );
  expect(readFileSync(project.on('h1', 'where'), 'utf8')).toBe(`${project.on('h1', '')}\n`.replace('/\n', '\n'));
  expect(run.task('own').status).toBe('ok');
  expect(run.task('say').message).toBe('play task');
  expect(run.task('theirs').failure?.summary).toContain('from the play');
});

test('modules and parameters that aren’t there are Problems at their place, each once, with the nearest names', async () => {
  const problems = await refused(
    play(
      'copi: { mode: "0600" }\ncopy: { mod: "0600", backup: maybe }\nfile: [1]\nuser: { shell: "{{ nowhere }}" }\n',
      '- copy: { dest: "{{ dir }}/a", content: a }\n- copy: { dest: "{{ dir }}/b", content: b }\n- user: { name: x }\n- user: { name: y }\n',
    ),
  );
  expect(
    problems.map(({ code, at, hint }) => `${at?.line}:${at?.column} ${code} ${/‹(copy|mode)›/.exec(hint ?? '')?.[1]}`),
  ).toEqual([
    '4:5 unknown-module copy',
    '5:13 unknown-parameter mode',
    '5:34 not-boolean undefined',
    '6:11 bad-value undefined',
    expect.stringMatching(/^7:\d+ undefined-variable/),
  ]);
});

test('a parameter that only the task can give is asked of the task', async () => {
  const problems = await refused(play('copy: { content: x }\n', '- copy: { mode: "0600" }\n'));
  expect(problems.map(({ code, at }) => `${at?.line}:${at?.column} ${code}`)).toEqual(['6:7 missing-parameter']);
});
