import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

test('include_tasks executor down vars, when and loop items; its tasks run once for each item', async () => {
  project.write(
    'one.yml',
    `
- name: "dir {{ kind }}"
  file: { path: "{{ dir }}/{{ kind }}-{{ suffix }}", state: directory }
- name: "only for b"
  debug: { msg: "{{ kind }}" }
  when: kind == "b"
`,
  );
  const tasks = `
- include_tasks: one.yml
  vars: { suffix: s }
  loop: [a, b]
  loop_control: { loop_var: kind }
  when: wanted
- name: after
  debug: { msg: x }
`;
  const run = await project.play(tasks, { extra: { wanted: true } });
  expect(run.statuses()).toEqual(['dir a changed', 'only for b skipped', 'dir b changed', 'only for b ok', 'after ok']);
  expect(existsSync(project.on('h1', 'b-s'))).toBe(true);
  expect((await project.play(tasks, { extra: { wanted: true } })).totals().messages).toBe(1);
  const skipped = await project.play(tasks, { extra: { wanted: false } });
  expect(skipped.totals()).toMatchObject({ skipped: 4, ok: 1, messages: 0 });
});

test('an include’s loop over a result is unfolded in its turn', async () => {
  project.write('one.yml', '- name: "see {{ item }}"\n  debug: { msg: x }\n');
  const run = await project.play(`
- name: list
  shell: { cmd: "echo a" }
  read_only: true
  register: listed
- include_tasks: one.yml
  loop: ["{{ listed.rc }}", two]
- name: after
  stat: { path: "{{ dir }}" }
`);
  expect(run.statuses()).toEqual(['list ok', 'see 0 ok', 'see two ok', 'after ok']);
});

test('a loop over too many items fails, and one that would stand for too many tasks', async () => {
  project.write('inner.yml', '- { name: inner, debug: { msg: x } }\n'.repeat(20));
  const many = Array.from({ length: 6000 }, (_, index) => index);
  const run = await project.play(
    `
- name: too many items
  debug: { msg: x }
  loop: !expr "text.split('')"
  ignore_errors: true
- name: too many tasks
  include_tasks: inner.yml
  loop: "{{ many }}"
`,
    { extra: { many, text: 'x'.repeat(10_001) } },
  );
  expect(run.status).toBe('failed');
  expect(run.task('too many items').failure?.summary).toBe('‹loop› runs over too many items');
  expect(run.task('inner').failure?.detail).toContain('120000 tasks');
});
