// What a task leaves for those after it: what `register` sees, and what counts as a failure that is ignored.
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

test('attempts are counted where there are retries: until sees them, and so does who comes after', async () => {
  const run = await project.play(`
- name: second
  shell: { cmd: "echo x" }
  register: tried
  until: tried.attempts == 2
  retries: 3
  delay: 0
- name: once
  shell: { cmd: "echo x" }
  register: untried
- name: seen
  assert: { that: [tried.attempts == 2, "!has(vars.untried.attempts)"] }
`);
  expect(run.statuses()).toEqual(['second changed', 'once changed', 'seen ok']);
});

test('attempts are counted in what labels a result, too', async () => {
  const run = await project.play(`
- name: third
  shell: { cmd: "exit 1" }
  register: tried
  changed_when: tried.attempts == 3
  failed_when: tried.attempts < 3
  retries: 5
  delay: 0
- name: looped
  shell: { cmd: "echo {{ item }}" }
  register: both
  loop: [a, b]
  changed_when: both.attempts == 2
  failed_when: both.attempts == 1
  retries: 1
  delay: 0
- name: seen
  assert: { that: [tried.attempts == 3, tried.changed, "both.results.all(one, one.attempts == 2 && one.changed)"] }
`);
  expect(run.statuses()).toEqual([
    'third changed',
    ...['looped(a) changed', 'looped(b) changed', 'looped changed'],
    'seen ok',
  ]);
});

test('an empty loop has been skipped; a loop gives no reason that is only one item’s', async () => {
  const run = await project.play(`
- name: empty
  debug: { msg: x }
  loop: []
  register: none
- name: some
  debug: { msg: "{{ item }}" }
  loop: [1, 2]
  when: item == 2
- name: seen
  assert: { that: [none.skipped, size(none.results) == 0] }
`);
  expect(run.task('seen').status).toBe('ok');
  expect(run.task('empty').reason).toBe('its loop is empty');
  expect(run.events.filter((event) => event.type === 'task.finished' && event.task.name === 'some')).toMatchObject([
    { item: '1', status: 'skipped', reason: 'its condition is false' },
    { item: '2', status: 'ok' },
    { status: 'ok' },
  ]);
  expect(
    run.events.findLast((event) => event.type === 'task.finished' && event.task.name === 'some'),
  ).not.toHaveProperty('reason');
});

test.each([
  ['a text', 'inventory_hostname'],
  ['a map', 'facts.os'],
])('a loop over %s is a failure, of an include too', async (_what, name) => {
  project.write('inner.yml', '- { name: inner, debug: { msg: x } }\n');
  for (const task of ['name: looped\n  debug: { msg: x }', 'include_tasks: inner.yml']) {
    const run = await project.play(`- ${task}\n  loop: "{{ ${name} }}"\n`);
    expect(run.status).toBe('failed');
    expect(run.task(task.startsWith('name') ? 'looped' : 'inner')).toMatchObject({
      failure: { code: 'bad-value', summary: '‹loop› runs over a list' },
    });
  }
});

test('ignore_errors ignores a failure to evaluate, too; its result is there', async () => {
  const run = await project.play(
    `
- name: misspelt
  debug: { msg: "{{ facts.os.nothing }}" }
  ignore_errors: true
  register: wrong
  when: run.check_mode || facts.os.none
- name: seen
  assert: { that: [wrong.failed] }
`.replaceAll('facts.os.no', 'hostvars.h1.no'),
  );
  expect(run.statuses()).toEqual(['misspelt ignored', 'seen ok']);
  expect(run.totals()).toMatchObject({ ignored: 1, failed: 0 });
  expect(run.status).toBe('ok');
});

test('outside of a dry run a task that needs what check_mode: true left undone has failed', async () => {
  const tasks = `
- name: only looks
  shell: { cmd: "echo x" }
  check_mode: true
  register: looked
- name: looks too
  shell: { cmd: "echo {{ looked.stdout }}" }
  check_mode: true
- name: told
  assert: { that: [looked.changed] }
- name: acts
  shell: { cmd: "echo {{ looked.stdout }} >{{ dir }}/made" }
`;
  const run = await project.play(tasks);
  expect(run.statuses()).toEqual(['only looks changed', 'looks too unknown', 'told ok', 'acts failed']);
  expect(run.task('acts').failure).toMatchObject({
    code: 'undefined-variable',
    detail: expect.stringContaining('check_mode: true'),
  });
  expect(existsSync(project.on('h1', 'made'))).toBe(false);
  expect((await project.play(tasks, { check: true })).statuses().at(-1)).toBe('acts unknown');
});

test('of several conditions of failed_when and changed_when all have to hold, as in Ansible', async () => {
  const run = await project.play(`
- name: fails
  shell: { cmd: "echo bad" }
  register: said
  failed_when: [said.rc == 0, 'said.stdout.contains("bad")']
  ignore_errors: true
- name: does not
  shell: { cmd: "echo good" }
  register: said
  failed_when: [said.rc == 0, 'said.stdout.contains("bad")']
  changed_when: [said.rc == 0, 'said.stdout.contains("bad")']
- name: guarded
  shell: { cmd: "echo good" }
  failed_when: ['has(vars.nothing)', nothing.rc == 1]
`);
  expect(run.statuses()).toEqual(['fails ignored', 'does not ok', 'guarded changed']);
});
