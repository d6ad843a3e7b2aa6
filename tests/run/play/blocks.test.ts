import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

const FAILS = '- name: fails\n  shell: { cmd: "echo bad >&2; exit 3" }\n';

test('a failure goes to the rescue, then to always, and the host goes on', async () => {
  const run = await project.play(`
- name: block
  block:
    - name: fails
      shell: { cmd: "echo bad >&2; exit 3" }
    - name: not reached
      debug: { msg: x }
  rescue:
    - name: rescue
      assert:
        that:
          - failed_task.name == 'fails' && failed_task.module == 'shell'
          - failed_task.file.endsWith('site.yml') && failed_task.line == 7
          - failed_result.rc == 3 && failed_result.stderr == 'bad' && failed_result.failed
          - failed_result.msg.contains(' failed')
  always:
    - name: always
      debug: { msg: x }
- name: after
  debug: { msg: x }
`);
  expect(run.statuses()).toEqual(['fails failed', 'rescue ok', 'always ok', 'after ok']);
  expect(run.status).toBe('ok');
  expect(run.totals()).toMatchObject({ ok: 3, failed: 0, rescued: 1 });
  expect(run.task('fails')).toMatchObject({ status: 'failed', rescued: true });
});

test('without a failure there is no rescue, and the totals have no word of one', async () => {
  const run = await project.play(`
- block:
    - name: fine
      debug: { msg: x }
  rescue:
    - name: rescue
      debug: { msg: x }
  always:
    - name: always
      debug: { msg: x }
`);
  expect(run.statuses()).toEqual(['fine ok', 'always ok']);
  expect(run.totals()).not.toHaveProperty('rescued');
});

test('a bare fail in a rescue raises the failure again, after always', async () => {
  const run = await project.play(`
- block:
    - name: fails
      shell: { cmd: "echo bad >&2; exit 3" }
  rescue:
    - name: back
      debug: { msg: "{{ failed_result.msg }}" }
    - name: again
      fail:
  always:
    - name: always
      debug: { msg: x }
- name: not reached
  debug: { msg: x }
`);
  expect(run.statuses()).toEqual(['fails failed', 'back ok', 'again failed', 'always ok']);
  expect(run.status).toBe('failed');
  expect(run.totals()).toMatchObject({ failed: 1, rescued: 1 });
  expect(run.task('again').failure).toEqual(run.task('fails').failure);
});

test('a block without a rescue: always runs, then the host has failed', async () => {
  const run = await project.play(`
- block:
    - name: fails
      shell: { cmd: "exit 1" }
  always:
    - name: always
      debug: { msg: x }
- name: not reached
  debug: { msg: x }
`);
  expect(run.statuses()).toEqual(['fails failed', 'always ok']);
  expect(run.totals()).toMatchObject({ failed: 1 });
});

test('blocks in blocks: a failure goes outwards, through the always of each', async () => {
  const run = await project.play(`
- block:
    - block:
        - block:
            - name: deep
              shell: { cmd: "exit 1" }
          always:
            - name: inner always
              debug: { msg: x }
      rescue:
        - name: middle rescue
          shell: { cmd: "exit 2" }
      always:
        - name: middle always
          debug: { msg: x }
    - name: not reached
      debug: { msg: x }
  rescue:
    - name: outer rescue
      assert: { that: [failed_task.name == 'middle rescue', failed_result.rc == 2] }
  always:
    - name: outer always
      debug: { msg: x }
- name: after
  debug: { msg: x }
`);
  expect(run.statuses()).toEqual([
    'deep failed',
    'inner always ok',
    'middle rescue failed',
    'middle always ok',
    'outer rescue ok',
    'outer always ok',
    'after ok',
  ]);
  expect(run.totals()).toMatchObject({ failed: 0, rescued: 2 });
});

test('a failure in always fails the host, or goes to the rescue around it', async () => {
  const run = await project.play(`
- block:
    - block:
        - name: fine
          debug: { msg: x }
      rescue:
        - name: not for always
          debug: { msg: x }
      always:
        - name: fails
          shell: { cmd: "exit 1" }
  rescue:
    - name: rescue
      debug: { msg: x }
- block:
    - name: fails again
      shell: { cmd: "exit 1" }
  always:
    - name: fails too
      shell: { cmd: "exit 2" }
`);
  expect(run.statuses()).toEqual(['fine ok', 'fails failed', 'rescue ok', 'fails again failed', 'fails too failed']);
  expect(run.status).toBe('failed');
});

test('what a block says of become, vars, tags and ignore_errors is its tasks’, whose own word counts more', async () => {
  const run = await project.play(`
- name: block
  vars: { a: block, b: block }
  ignore_errors: true
  when: a == 'block'
  block:
    - name: ignored
      shell: { cmd: "exit 1" }
    - name: seen
      assert: { that: [a == 'task', b == 'block'] }
      vars: { a: task }
    - block:
        - name: deeper
          assert: { that: [a == 'inner', b == 'inner block'] }
      vars: { a: inner, b: "inner {{ outer }}", outer: block }
    - name: fails after all
      shell: { cmd: "exit 1" }
      ignore_errors: false
  rescue:
    - name: rescue
      assert: { that: [a == 'block'] }
`);
  expect(run.statuses()).toEqual(['ignored ignored', 'seen ok', 'deeper ok', 'fails after all failed', 'rescue ok']);
});

test('block vars are under registers and facts, over the play’s', async () => {
  const run = await project.run(`
- name: Play
  hosts: all
  vars: { a: play, b: play }
  tasks:
    - set-fact: { b: fact }
    - vars: { a: block, b: block }
      block:
        - name: seen
          assert: { that: [a == 'block', b == 'fact'] }
    - name: not beyond
      assert: { that: [a == 'play'] }
`);
  expect(run.status).toBe('ok');
});

describe('when', () => {
  test('is evaluated once, at the entry: what the block changes doesn’t matter, in rescue and always neither', async () => {
    const run = await project.run(`
- name: Play
  hosts: all
  vars: { go: true }
  tasks:
    - when: go
      block:
        - set-fact: { go: false }
        - name: goes on
          shell: { cmd: "exit 1" }
      rescue:
        - name: rescue
          debug: { msg: "{{ go }}" }
      always:
        - name: always
          debug: { msg: x }
    - when: go
      block:
        - name: skipped
          debug: { msg: x }
      rescue:
        - name: not come to
          debug: { msg: x }
      always:
        - name: skipped too
          debug: { msg: x }
`);
    expect(run.statuses()).toEqual([
      'set-fact ok',
      'goes on failed',
      'rescue ok',
      'always ok',
      'skipped skipped',
      'skipped too skipped',
    ]);
  });

  test('what is skipped may name what is not there', async () => {
    project.write('one.yml', '- name: "one"\n  debug: { msg: "{{ item.x }}" }\n');
    const run = await project.play(`
- when: has(vars.list)
  block:
    - name: in a loop
      debug: { msg: "{{ item.a }}" }
      loop: "{{ list }}"
    - include_tasks: one.yml
      loop: "{{ list }}"
    - when: list.x == 1
      block:
        - name: deeper
          debug: { msg: "{{ list.y }}" }
`);
    expect(run.statuses()).toEqual(['in a loop skipped', 'one skipped', 'deeper skipped']);
  });

  test('that can’t be evaluated fails the first task, and is nobody’s rescue', async () => {
    const run = await project.play(`
- name: odd
  shell: { cmd: "echo odd" }
  read_only: true
  register: odd
- block:
    - when: odd.stdout_lines[7] == "x"
      block:
        - name: first
          debug: { msg: x }
      rescue:
        - name: not come to
          debug: { msg: x }
  rescue:
    - name: rescued by the block around it
      debug: { msg: x }
`);
    expect(run.statuses()).toEqual(['odd ok', 'first failed', 'rescued by the block around it ok']);
  });

  test('in a dry run what is not known makes its tasks unknown', async () => {
    const run = await project.play(
      `
- name: act
  shell: { cmd: "echo yes" }
  register: act
- when: act.stdout == 'yes'
  block:
    - name: unknown
      file: { path: "{{ dir }}/x", state: directory }
  always:
    - name: unknown too
      debug: { msg: x }
`,
      { check: true },
    );
    expect(run.statuses()).toEqual(['act changed', 'unknown unknown', 'unknown too unknown']);
  });
});

describe('dry run', () => {
  test('a true failure goes to the rescue, whose tasks are predicted', async () => {
    const tasks = `
- block:
    - name: fails
      assert: { that: [1 == 2] }
  rescue:
    - name: made
      file: { path: "{{ dir }}/x", state: directory }
`;
    const dry = await project.play(tasks, { check: true });
    expect(dry.statuses()).toEqual(['fails failed', 'made changed']);
    expect(dry.status).toBe('ok');
    expect(existsSync(project.on('h1', 'x'))).toBe(false);
    expect((await project.play(tasks)).statuses()).toEqual(['fails failed', 'made changed']);
  });

  test('a failure raised again is one, though the rescue has pending changes', async () => {
    const tasks = `
- block:
    - name: fails
      assert: { that: [1 == 2] }
  rescue:
    - name: made
      file: { path: "{{ dir }}/x", state: directory }
    - name: again
      fail:
`;
    for (const check of [true, false]) {
      const run = await project.play(tasks, { check });
      expect(run.statuses()).toEqual(['fails failed', 'made changed', 'again failed']);
      expect(run.status).toBe('failed');
    }
  });
});

describe('messages', () => {
  /** Blocks in blocks, with a rescue and an always, all of files. */
  const tree = (depth: number): string => {
    const file = (name: string) => `- name: ${name}\n  copy: { dest: "{{ dir }}/${name}", content: x }\n`;
    const inner = depth === 0 ? file('leaf') : tree(depth - 1);
    const indent = (text: string) => text.replaceAll(/^(?=.)/gm, '    ');
    return [
      `- when: inventory_hostname == 'h1'\n  block:\n${indent(file(`a${depth}`) + inner + file(`b${depth}`))}`,
      `  rescue:\n${indent(file(`r${depth}`))}`,
      `  always:\n${indent(file(`z${depth}`))}`,
      file(`after${depth}`),
    ].join('');
  };

  test('a converged runbook of blocks is one message, n changes are at most n + 1', async () => {
    const tasks = tree(3);
    const first = await project.play(tasks);
    expect(first.totals()).toMatchObject({ changed: 17, messages: 13 });
    expect((await project.play(tasks)).totals()).toMatchObject({ changed: 0, messages: 1 });
    writeFileSync(project.on('h1', 'leaf'), 'other');
    expect((await project.play(tasks)).totals()).toMatchObject({ changed: 1, messages: 2 });
    writeFileSync(project.on('h1', 'z3'), 'other');
    expect((await project.play(tasks)).totals()).toMatchObject({ changed: 1, messages: 2 });
  });

  test('a when that a task of the block itself changes is foreseen as it will be', async () => {
    mkdirSync(project.on('h1', 'd'));
    const run = await project.run(`
- name: Play
  hosts: all
  vars: { go: true }
  tasks:
    - { name: first, stat: { path: "{{ dir }}" } }
    - when: go
      block:
        - set-fact: { go: false }
        - { name: read, shell: { cmd: "echo x" }, read_only: true }
        - { name: there, file: { path: "{{ dir }}/d", state: directory } }
`);
    expect(run.totals()).toMatchObject({ ok: 4, messages: 1 });
  });

  test('what was bound or read ahead of a failure is bound and read anew after it', async () => {
    const run = await project.run(`
- name: Play
  hosts: all
  vars: { name: before }
  tasks:
    - block:
        - { name: reads, stat: { path: "{{ dir }}" } }
        - name: fails
          assert: { that: [1 == 2] }
      rescue:
        - set-fact: { name: after }
    - name: made
      file: { path: "{{ dir }}/{{ name }}", state: directory }
`);
    expect(run.statuses()).toEqual(['reads ok', 'fails failed', 'set-fact ok', 'made changed']);
    expect(existsSync(project.on('h1', 'after'))).toBe(true);
    expect(existsSync(project.on('h1', 'before'))).toBe(false);
  });
});

test('includes in blocks and blocks in includes: all of it is handed down', async () => {
  project.write(
    'one.yml',
    `
- block:
    - name: "try {{ item }}"
      shell: { cmd: "[ {{ item }} != b ]" }
  rescue:
    - include_tasks: two.yml
`,
  );
  project.write('two.yml', '- name: "saved {{ item }}"\n  debug: { msg: "{{ failed_task.name }} {{ outer }}" }\n');
  const run = await project.play(`
- vars: { outer: here }
  block:
    - include_tasks: one.yml
      loop: [a, b, c]
`);
  expect(run.statuses()).toEqual(['try a changed', 'try b failed', 'saved b ok', 'try c changed']);
  expect(run.task('saved b').message).toBe('try b here');
});

test('an include’s loop that can’t be evaluated is a failure like others', async () => {
  project.write('one.yml', '- name: one\n  debug: { msg: x }\n');
  const run = await project.play(`
- { name: ask, shell: { cmd: "echo x" }, read_only: true, register: asked }
- block:
    - include_tasks: one.yml
      loop: "{{ asked.stdout_lines.[7] }}"
  rescue:
    - name: rescue
      debug: { msg: x }
`);
  expect(run.statuses()).toEqual(['ask ok', 'one failed', 'rescue ok']);
});

test('unreachable: the host is out, without rescue or always', async () => {
  const run = await project.play(
    `
- block:
    - { name: reads, stat: { path: "{{ dir }}" } }
  rescue:
    - { name: rescue, debug: { msg: x } }
  always:
    - { name: always, debug: { msg: x } }
`,
    { faults: () => 'lost-before' },
  );
  expect(run.statuses()).toEqual(['reads unreachable']);
});

test('an interrupted run does neither', async () => {
  const run = await project.play(
    `
- block:
    - { name: acts, shell: { cmd: "echo x" } }
    - { name: more, shell: { cmd: "echo x" } }
  rescue:
    - { name: rescue, debug: { msg: x } }
  always:
    - { name: always, shell: { cmd: "echo x" } }
`,
    { onEvent: (event, stop) => event.type === 'task.applying' && stop.abort() },
  );
  expect(run.status).toBe('interrupted');
  expect(run.statuses()).toEqual(['acts changed']);
});

test('handlers stay notified when a block is rescued; one that fails where they are flushed is rescued', async () => {
  const run = await project.play(`
- block:
    - name: notifies
      shell: { cmd: "echo x" }
      notify: [Breaks, Later]
    - name: flush
      meta: flush_handlers
  rescue:
    - name: rescue
      assert: { that: [failed_task.name == 'Breaks'] }
- name: after
  debug: { msg: x }
handlers:
- name: Breaks
  shell: { cmd: "exit 1" }
- name: Later
  shell: { cmd: "echo x >>{{ dir }}/later" }
`);
  expect(run.statuses()).toEqual([
    'notifies changed',
    'flush ok',
    'Breaks failed',
    'rescue ok',
    'after ok',
    'Later changed',
  ]);
  expect(run.status).toBe('ok');
  expect(readFileSync(project.on('h1', 'later'), 'utf8')).toBe('x\n');
  // The note of the one that failed stays for the next run.
  const next = await project.play('- debug: { msg: x }\nhandlers:\n- name: Breaks\n  shell: { cmd: "true" }\n');
  expect(next.statuses()).toEqual(['debug x ok', 'Breaks changed']);
});

test('no_log: the failure that is raised again keeps what is hidden', async () => {
  const run = await project.play(`
- block:
    - name: quiet
      shell: { cmd: "echo canary-value >&2; exit 1" }
      no_log: true
  rescue:
    - name: again
      fail:
`);
  expect(run.task('again').failure?.summary).toBe('the task failed');
  expect(JSON.stringify(run.events.filter((event) => event.type === 'task.finished'))).not.toContain('canary-value');
});

test('checklist: a line under which a task failed is [!], though it was rescued and went well after that', async () => {
  const run = await project.play(`
- checklist: Database
  block:
    - name: fails
      shell: { cmd: "exit 1" }
  rescue:
    - name: rescue
      debug: { msg: x }
- checklist: Database
  name: again
  debug: { msg: x }
- checklist: Service
  block:
    - name: one
      debug: { msg: x }
  rescue:
    - name: not needed
      debug: { msg: x }
`);
  const marks = run.events.flatMap((event) =>
    event.type === 'checklist.changed' && event.host === null ? [`${event.line} [${event.mark}]`] : [],
  );
  expect(marks).toEqual(['Database [-]', 'Database [!]', 'Service [-]', 'Service [x]']);
  expect(run.events.find((event) => event.type === 'run.started')).toMatchObject({
    checklist: ['Database', 'Service'],
  });
});

test('a loop fails as a whole, and the rescue sees its results', async () => {
  const run = await project.play(`
- block:
    - name: loop
      shell: { cmd: "exit {{ item }}" }
      loop: [0, 4]
  rescue:
    - name: seen
      assert: { that: ['failed_result.results[1].rc == 4', failed_result.failed, has(failed_result.msg)] }
`);
  expect(run.statuses().at(-1)).toBe('seen ok');
});

test('tags choose inside blocks too', async () => {
  const tasks = `
- tags: [block]
  block:
    - { name: a, debug: { msg: x }, tags: [one] }
    - { name: b, debug: { msg: x } }
  always:
    - { name: c, debug: { msg: x }, tags: [one] }
${FAILS}`;
  expect((await project.play(tasks, { tags: ['one'] })).statuses()).toEqual(['a ok', 'c ok']);
  expect((await project.play(tasks, { tags: ['block'] })).statuses()).toEqual(['a ok', 'b ok', 'c ok']);
});
