import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

/** What lies in the state directory of a host's shell. */
function notes(shell: 'login' | 'root' = 'login'): readonly string[] {
  const directory = project.on('h1', `state-${shell}/handlers`);
  return existsSync(directory) ? readdirSync(directory) : [];
}

const chain = `
- name: second
  copy: { dest: "{{ dir }}/a", content: "1" }
  notify: [Late, Early]
- name: first
  copy: { dest: "{{ dir }}/b", content: "1" }
  notify: Early
- name: last task
  debug: { msg: x }
handlers:
- name: Early
  shell: { cmd: "echo early >>{{ dir }}/log" }
  notify: Chained
- name: Late
  shell: { cmd: "echo late >>{{ dir }}/log" }
- name: Not notified
  shell: { cmd: "echo never >>{{ dir }}/log" }
- name: Chained
  shell: { cmd: "echo chained >>{{ dir }}/log" }
`;

test('handlers run once, at the end, in the order of the file; one may notify another; no note is left', async () => {
  const run = await project.play(chain);
  expect(run.statuses()).toEqual([
    'second changed',
    'first changed',
    'last task ok',
    'Early changed',
    'Late changed',
    'Chained changed',
  ]);
  expect(readFileSync(project.on('h1', 'log'), 'utf8')).toBe('early\nlate\nchained\n');
  // To read, two changes of neighbours, three handlers; and one for the notes of each round of them: a command is judged afterwards.
  expect(run.totals()).toMatchObject({ changed: 5, messages: 1 + 1 + 3 + 2 });
  expect(notes()).toEqual([]);
  expect((await project.play(chain)).totals()).toMatchObject({ changed: 0, messages: 1 });
});

test('a dry run foresees the handlers, changes nothing and leaves no note', async () => {
  const run = await project.play(chain, { check: true });
  expect(run.statuses()).toEqual([
    'second changed',
    'first changed',
    'last task ok',
    'Early changed',
    'Late changed',
    'Chained changed',
  ]);
  expect(existsSync(project.on('h1', 'log'))).toBe(false);
  expect(existsSync(project.on('h1', 'state-login'))).toBe(false);
});

test('the note is on the host before the change that notifies', async () => {
  const run = await project.play(`
- name: sees its own note
  shell: { cmd: "ls {{ dir }}/state-login/handlers | wc -l" }
  register: seen
  notify: H
- assert: { that: [seen.stdout == "1"] }
handlers:
- name: H
  debug: { msg: x }
`);
  expect(run.status).toBe('ok');
});

test('flush_handlers runs them in its place, and only once', async () => {
  const run = await project.play(`
- name: change
  copy: { dest: "{{ dir }}/a", content: "1" }
  notify: H
- meta: flush_handlers
- name: after
  debug: { msg: x }
handlers:
- name: H
  shell: { cmd: "echo ran >>{{ dir }}/log" }
`);
  expect(run.statuses().filter((line) => !line.startsWith('meta'))).toEqual([
    'change changed',
    'H changed',
    'after ok',
  ]);
});

const broken = (fail: string) => `
- name: change
  copy: { dest: "{{ dir }}/a", content: "1" }
  notify: H
- name: breaks
  fail: { msg: stop }
  when: ${fail}
handlers:
- name: H
  shell: { cmd: "echo ran >>{{ dir }}/log" }
`;

test('after a failure the note keeps the handler for the next run, which says so and runs it once', async () => {
  const first = await project.play(broken('true'));
  expect(first.statuses()).toEqual(['change changed', 'breaks failed']);
  expect(notes()).toHaveLength(1);

  const dry = await project.play(broken('false'), { check: true });
  expect(dry.statuses()).toEqual(['change ok', 'breaks skipped', 'H changed']);
  expect(notes()).toHaveLength(1);

  const second = await project.play(broken('false'));
  expect(second.statuses()).toEqual(['change ok', 'breaks skipped', 'H changed']);
  expect(second.events.find((event) => event.type === 'host.recovered')).toMatchObject({ handlers: ['H'] });
  expect(notes()).toEqual([]);
  const third = await project.play(broken('false'));
  expect(third.statuses()).toEqual(['change ok', 'breaks skipped']);
  expect(third.totals().messages).toBe(1);
});

test('a note of another runbook is left alone, and one of a second runbook of the same run is not lost', async () => {
  const book = (name: string, fail: string) => `
- name: ${name}
  hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/${name}", content: "1" }
      notify: H
    - fail: { msg: stop }
      when: ${fail}
  handlers:
    - name: H
      shell: { cmd: "echo ${name} >>{{ dir }}/log" }
`;
  await project.runFiles({ 'two.yml': book('two', 'true') });
  await project.runFiles({ 'one.yml': book('one', 'false') });
  expect(readFileSync(project.on('h1', 'log'), 'utf8')).toBe('one\n');
  const both = await project.runFiles({ 'one.yml': book('one', 'false'), 'two.yml': book('two', 'false') });
  expect(both.events.find((event) => event.type === 'host.recovered')).toMatchObject({ handlers: ['H'] });
  expect(readFileSync(project.on('h1', 'log'), 'utf8')).toBe('one\ntwo\n');
  expect(notes()).toEqual([]);
});

test('the note is taken away in the shell that left it, whoever runs the handler', async () => {
  const tasks = `
- name: change as root
  copy: { dest: "{{ dir }}/a", content: "1" }
  become: true
  notify: H
handlers:
- name: H
  shell: { cmd: "echo ran >>{{ dir }}/log" }
  become: false
`;
  const run = await project.play(tasks);
  expect(run.statuses()).toEqual(['change as root changed', 'H changed']);
  expect([...notes('root'), ...notes('login')]).toEqual([]);
});

test('a handler that had nothing to do, or was skipped, leaves no note', async () => {
  const run = await project.play(`
- name: change
  copy: { dest: "{{ dir }}/a", content: "1" }
  notify: [Idle, Skipped, Says]
handlers:
- name: Idle
  file: { path: "{{ dir }}/none", state: absent }
- name: Skipped
  debug: { msg: x }
  when: 1 == 2
- name: Says
  debug: { msg: x }
`);
  expect(run.statuses()).toEqual(['change changed', 'Idle ok', 'Skipped skipped', 'Says ok']);
  expect(notes()).toEqual([]);
});

test('a change that is not called one notifies nobody, now or in the next run', async () => {
  const tasks = `
- name: quiet
  shell: { cmd: "true" }
  changed_when: false
  notify: H
handlers:
- name: H
  shell: { cmd: "echo ran >>{{ dir }}/log" }
`;
  for (const _ of [1, 2]) expect((await project.play(tasks)).statuses()).toEqual(['quiet ok']);
  expect(notes()).toEqual([]);
});

test('a handler with a loop keeps its note until its last item', async () => {
  const run = await project.play(`
- name: change
  copy: { dest: "{{ dir }}/a", content: "1" }
  notify: H
handlers:
- name: H
  shell: { cmd: "ls {{ dir }}/state-login/handlers | wc -l >>{{ dir }}/log" }
  loop: [1, 2]
`);
  expect(run.statuses()).toEqual(['change changed', 'H(1) changed', 'H(2) changed', 'H changed']);
  expect(readFileSync(project.on('h1', 'log'), 'utf8')).toBe('1\n1\n');
  expect(notes()).toEqual([]);
});

test('a handler that fails keeps its note, and those after it do too', async () => {
  const tasks = (status: number) => `
- name: change
  copy: { dest: "{{ dir }}/a", content: "1" }
  notify: [One, Two]
handlers:
- name: One
  shell: { cmd: "exit ${status}" }
- name: Two
  shell: { cmd: "echo two >>{{ dir }}/log" }
`;
  const run = await project.play(tasks(1));
  expect(run.statuses()).toEqual(['change changed', 'One failed']);
  expect(notes()).toHaveLength(2);
  const next = await project.play(tasks(0));
  expect(next.statuses()).toEqual(['change ok', 'One changed', 'Two changed']);
  expect(notes()).toEqual([]);
});

test('end_host and end_play end the tasks; what was notified still runs', async () => {
  for (const word of ['end_host', 'end_play']) {
    const run = await project.play(`
- name: change ${word}
  copy: { dest: "{{ dir }}/${word}", content: "1" }
  notify: H
- meta: ${word}
- name: not reached
  debug: { msg: x }
handlers:
- name: H
  shell: { cmd: "echo ${word} >>{{ dir }}/log" }
`);
    expect(run.statuses().filter((line) => !line.startsWith('meta'))).toEqual([`change ${word} changed`, 'H changed']);
    expect(run.status).toBe('ok');
  }
  expect(notes()).toEqual([]);
});

test('the witness is left with the first change, and the next opening reads it', async () => {
  const tasks = '- copy: { dest: "{{ dir }}/a", content: "{{ text }}" }\n';
  const first = await project.play(tasks, { extra: { text: '1' }, witness: 'vrun chain1 1 aaaa' });
  expect(first.events.find((event) => event.type === 'host.connected')).toMatchObject({ witness: null });
  await project.play(tasks, { extra: { text: '2' }, witness: 'vrun chain2 7 bbbb' });
  await project.play(tasks, { extra: { text: '3' }, witness: 'vrun chain1 2 cccc' });
  const last = await project.play(tasks, { extra: { text: '3' }, witness: 'vrun chain1 3 dddd' });
  expect(last.events.find((event) => event.type === 'host.connected')).toMatchObject({
    witness: 'vrun chain2 7 bbbb\nvrun chain1 2 cccc',
  });
});

test('a computed name that no handler has is a failure of the task, before it changes anything', async () => {
  const tasks = (name: string) =>
    `- name: change\n  copy: { dest: "{{ dir }}/a", content: "1" }\n  notify: "{{ name }}"\n  vars: { name: ${name} }\nhandlers:\n- { name: Known, debug: { msg: x } }\n`;
  const run = await project.play(tasks('Knwon'));
  expect(run.task('change').failure).toMatchObject({ code: 'unknown-handler', hint: 'Did you mean ‹Known›?' });
  expect(existsSync(project.on('h1', 'a'))).toBe(false);
  expect((await project.play(tasks('Known'))).statuses()).toEqual(['change changed', 'Known ok']);
});
