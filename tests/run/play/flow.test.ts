import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

test('register: a command has rc, stdout and stderr, a skipped task leaves the older value', async () => {
  const run = await project.play(`
- name: first
  shell: { cmd: "echo out; echo err >&2; exit 3" }
  register: said
  failed_when: said.rc != 3
- name: skipped
  shell: { cmd: "echo other" }
  register: said
  when: said.rc == 0
- name: seen
  assert: { that: [said.rc == 3, said.stdout == "out", said.stderr == "err", said.changed, "!said.failed"] }
`);
  expect(run.statuses()).toEqual(['first changed', 'skipped skipped', 'seen ok']);
});

test('register: a skipped task is told apart, a failed and ignored one too', async () => {
  const run = await project.play(`
- name: never
  debug: { msg: x }
  when: 1 == 2
  register: never
- name: breaks
  shell: { cmd: "exit 4" }
  ignore_errors: true
  register: broken
- name: seen
  assert: { that: [never.skipped, "!never.changed", broken.failed, broken.rc == 4] }
`);
  expect(run.statuses()).toEqual(['never skipped', 'breaks ignored', 'seen ok']);
  expect(run.status).toBe('ok');
  expect(run.totals()).toMatchObject({ ignored: 1, failed: 0, ok: 1, skipped: 1 });
});

test('a when on a register is decided in its turn, and a user’s command is not run before', async () => {
  const run = await project.play(`
- name: ask
  shell: { cmd: "echo no" }
  read_only: true
  register: answer
- name: only on yes
  shell: { cmd: "touch {{ dir }}/ran" }
  read_only: true
  when: answer.stdout == "yes"
`);
  expect(run.statuses()).toEqual(['ask ok', 'only on yes skipped']);
  expect(existsSync(project.on('h1', 'ran'))).toBe(false);
});

test('a probe whose when is not yet known goes along; its answer is dropped when the condition is false', async () => {
  const run = await project.play(`
- name: ask
  stat: { path: "{{ dir }}/nothing" }
  register: answer
- name: only if there
  file: { path: "{{ dir }}/x", state: directory }
  when: answer.stat.exists
- name: only if not there
  file: { path: "{{ dir }}/y", state: directory }
  when: "!answer.stat.exists"
`);
  expect(run.statuses()).toEqual(['ask ok', 'only if there skipped', 'only if not there changed']);
  expect(run.totals().messages).toBe(2);
});

test('loop: item and loop_index, results, one message to read all items and one to change them', async () => {
  const tasks = `
- name: make
  copy: { dest: "{{ dir }}/{{ item.name }}", content: "{{ loop_index }}" }
  loop: [{ name: a }, { name: b }, { name: c }]
  loop_control: { label: "{{ item.name }}" }
  register: made
- name: seen
  assert:
    that:
      - size(made.results) == 3
      - made.results[1].item.name == "b"
      - made.changed
`;
  const run = await project.play(tasks);
  expect(run.statuses()).toEqual(['make(a) changed', 'make(b) changed', 'make(c) changed', 'make changed', 'seen ok']);
  expect(['a', 'b', 'c'].map((name) => readFileSync(project.on('h1', name), 'utf8'))).toEqual(['0', '1', '2']);
  expect(run.totals()).toMatchObject({ changed: 1, ok: 1, messages: 2 });
  const again = await project.play(tasks.replace('      - made.changed', '      - "!made.changed"'));
  expect(again.totals()).toMatchObject({ changed: 0, ok: 2, messages: 1 });
});

test('loop: an item is called what it is written as, numbers within it too', async () => {
  const run = await project.play(`
- name: say
  debug: { msg: x }
  loop: [8.0, [1.10, 8.0], { ratio: 2.50 }]
`);
  expect(run.statuses()).toEqual(['say(8.0) ok', 'say([1.10,8.0]) ok', 'say({"ratio":2.50}) ok', 'say ok']);
});

test('loop: an empty one is skipped, a when is asked for each item, a failing item lets the others go on', async () => {
  const run = await project.play(`
- name: nothing
  debug: { msg: x }
  loop: []
- name: some
  shell: { cmd: "exit {{ item }}" }
  loop: [0, 1, 2, 0]
  when: item != 2
  loop_control: { loop_var: item, index_var: at }
  ignore_errors: true
  register: some
- name: seen
  assert: { that: [some.failed, 'some.results[2].skipped', 'some.results[1].rc == 1', size(some.results) == 4] }
`);
  expect(run.statuses().filter((line) => !line.startsWith('some('))).toEqual([
    'nothing skipped',
    'some ignored',
    'seen ok',
  ]);
  expect(run.statuses().filter((line) => line.startsWith('some('))).toEqual([
    'some(0) changed',
    'some(1) failed',
    'some(2) skipped',
    'some(0) changed',
  ]);
});

test('until: retries are extra attempts, each read anew', async () => {
  const run = await project.play(`
- name: third time
  shell: { cmd: "echo x >>{{ dir }}/n; wc -l <{{ dir }}/n" }
  register: n
  until: n.stdout == "3"
  retries: 4
  delay: 0
- name: never
  shell: { cmd: "echo x >>{{ dir }}/m" }
  register: m
  until: m.rc == 7
  retries: 2
  delay: 0
`);
  expect(run.statuses()).toEqual(['third time changed', 'never failed']);
  expect(run.task('third time').attempts).toBe(3);
  expect(run.task('never').attempts).toBe(3);
  expect(run.task('never').failure?.summary).toMatch(/until/);
  expect(readFileSync(project.on('h1', 'm'), 'utf8')).toBe('x\nx\nx\n');
});

test('retries without until go on as long as it fails; a check that is read ahead is read again', async () => {
  const run = await project.play(
    `
- name: appears
  stat: { path: "{{ dir }}/late" }
  register: late
  failed_when: "!late.stat.exists"
  retries: 2
  delay: 0
- name: fails for good
  shell: { cmd: "echo x >>{{ dir }}/n; exit 1" }
  retries: 1
  delay: 0
`,
    {
      faults: (_host, message) => {
        if (message === 2) writeFileSync(project.on('h1', 'late'), '');
        return undefined;
      },
    },
  );
  expect(run.statuses()).toEqual(['appears ok', 'fails for good failed']);
  expect(run.task('appears').attempts).toBe(2);
  expect(readFileSync(project.on('h1', 'n'), 'utf8')).toBe('x\nx\n');
});

test('changed_when and failed_when only label', async () => {
  const run = await project.play(`
- name: says nothing
  shell: { cmd: "echo quiet" }
  register: r
  changed_when: r.stdout == "loud"
- name: exits with two
  shell: { cmd: "exit 2" }
  register: two
  failed_when: two.rc > 2
- name: is called a failure
  shell: { cmd: "echo ERROR" }
  register: bad
  failed_when: bad.stdout.contains("ERROR")
- name: not reached
  debug: { msg: x }
`);
  expect(run.statuses()).toEqual(['says nothing ok', 'exits with two changed', 'is called a failure failed']);
  expect(run.task('is called a failure').failure).toMatchObject({ code: 'check-failed', summary: 'failed_when holds' });
  expect(run.status).toBe('failed');
});

test('what only the first look knows is in the result of a run, too', async () => {
  const run = await project.play(`
- name: text
  copy: { dest: "{{ dir }}/text", content: "a\\nb\\na\\n" }
- name: gone
  lineinfile: { path: "{{ dir }}/text", line: a, state: absent }
  register: gone
- name: other
  replace: { path: "{{ dir }}/text", regexp: b, replace: c }
  register: other
- name: seen
  assert: { that: [gone.found == 2, other.replaced == 1] }
`);
  expect(run.statuses()).toEqual(['text changed', 'gone changed', 'other changed', 'seen ok']);
});

test('a command that takes away its directory, or itself, is judged by its own status', async () => {
  const run = await project.play(`
- name: made
  shell: { cmd: "mkdir -p gone && printf '#!/bin/sh\\nrm -rf ../gone\\n' >gone/remove && chmod +x gone/remove", chdir: "{{ dir }}" }
- name: removed
  command: { cmd: ./remove, chdir: "{{ dir }}/gone" }
- name: there no more
  command: { cmd: ./remove, chdir: "{{ dir }}" }
  register: removal
  failed_when: removal.rc != 127
`);
  expect(run.statuses()).toEqual(['made changed', 'removed changed', 'there no more changed']);
});

test('a task that cannot be bound fails alone, with its place', async () => {
  const run = await project.play(`
- name: none
  shell: { cmd: "echo '{}'" }
  read_only: true
  register: r
- name: bad
  debug: { msg: "{{ r.stdout_lines.[7] }}" }
`);
  expect(run.statuses()).toEqual(['none ok', 'bad failed']);
  expect(run.task('bad').failure?.at).toMatchObject({ line: 10 });
});

test('set-fact is there for the tasks after it, over registers and play vars, under -e', async () => {
  const run = await project.run(
    `
- name: Facts
  hosts: all
  vars: { a: play, b: play }
  tasks:
    - set-fact: { a: fact, b: fact }
    - name: seen
      assert: { that: [a == "fact", b == "extra"] }
- name: Later play
  hosts: all
  tasks:
    - name: still there
      assert: { that: [a == "fact"] }
`,
    { extra: { b: 'extra' } },
  );
  expect(run.task('seen').status).toBe('ok');
  expect(run.task('still there').status).toBe('ok');
});

test('two plays: what was read for a task of the first is no answer for one of the second', async () => {
  writeFileSync(project.on('h1', 'f'), 'x');
  const run = await project.run(`
- name: One
  hosts: all
  tasks:
    - name: content
      copy: { dest: "{{ dir }}/f", content: x }
- name: Two
  hosts: all
  tasks:
    - name: directory
      file: { path: "{{ dir }}/d", state: directory }
`);
  expect(run.statuses()).toEqual(['content ok', 'directory changed']);
});

test('no_log keeps results, messages, changes’ texts and failures’ details out of the events', async () => {
  const run = await project.play(
    `
- name: quiet
  shell: { cmd: "echo canary-value; exit 1" }
  no_log: true
  ignore_errors: true
  register: r
- name: content
  copy: { dest: "{{ dir }}/f", content: "canary-value" }
  no_log: true
`,
    { diff: true },
  );
  expect(run.statuses()).toEqual(['quiet ignored', 'content changed']);
  expect(JSON.stringify(run.events)).not.toContain('canary-value');
});

test('tags choose tasks, always ones too', async () => {
  const tasks = `
- { name: a, debug: { msg: x }, tags: [one] }
- { name: b, debug: { msg: x }, tags: [two] }
- { name: c, debug: { msg: x }, tags: [always] }
`;
  expect((await project.play(tasks, { tags: ['two'] })).statuses()).toEqual(['b ok', 'c ok']);
});
