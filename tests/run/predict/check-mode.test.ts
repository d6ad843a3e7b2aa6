import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

test('a dry run is one message and writes nothing, not even a lock', async () => {
  const run = await project.play(
    `
- copy: { dest: "{{ dir }}/a", content: "1" }
- shell: { cmd: "touch {{ dir }}/b" }
- command: { argv: [touch, "{{ dir }}/c"], creates: "{{ dir }}/c" }
- file: { path: "{{ dir }}/d", state: directory }
- file: { path: "{{ dir }}/d/e", state: directory }
`,
    { check: true },
  );
  expect(run.totals()).toMatchObject({ changed: 5, messages: 1 });
  for (const path of ['a', 'b', 'c', 'd', 'lock/vrun']) expect(existsSync(project.on('h1', path))).toBe(false);
});

test('check_mode: false really runs in a dry run, true never changes in a run', async () => {
  const tasks = `
- name: really
  file: { path: "{{ dir }}/really", state: directory }
  check_mode: false
- name: never
  file: { path: "{{ dir }}/never", state: directory }
  check_mode: true
- name: behind the first
  file: { path: "{{ dir }}/really/x", state: directory }
`;
  const dry = await project.play(tasks, { check: true });
  expect(dry.statuses()).toEqual(['really changed', 'never changed', 'behind the first changed']);
  expect(existsSync(project.on('h1', 'really'))).toBe(true);
  expect(existsSync(project.on('h1', 'really/x'))).toBe(false);
  const run = await project.play(tasks);
  expect(run.statuses()).toEqual(['really ok', 'never changed', 'behind the first changed']);
  expect(existsSync(project.on('h1', 'never'))).toBe(false);
});

test('read_only commands run in a dry run too and never count as changed', async () => {
  const run = await project.play(
    `
- name: reads
  shell: { cmd: "echo 5" }
  read_only: true
  register: five
- assert: { that: [five.stdout == "5"] }
`,
    { check: true },
  );
  expect(run.status).toBe('ok');
  expect(run.totals()).toMatchObject({ ok: 2, changed: 0, unknown: 0 });
});
