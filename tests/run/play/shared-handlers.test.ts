// Handlers that are more than one task of one host: includes, and what hosts do together.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 3 });
});
afterEach(() => project.remove());

/** Every line that hosts wrote into the file that they share. */
const shared = () => readFileSync(`${project.directory}/log`, 'utf8').trim().split('\n');
const log = (text: string) => `shell: { cmd: "echo ${text} >>${project.directory}/log" }`;

const notify = '- { name: change, copy: { dest: "{{ dir }}/a", content: x }, notify: [Several] }\n';

test('an include among handlers is one handler: all that it names runs, with its vars, loop and when', async () => {
  project.write(
    'several.yml',
    `- { name: first, ${log('{{ word }}-{{ item }}')} }\n- { name: second, debug: { msg: "{{ word }}" }, when: item == 2 }\n`,
  );
  const tasks = `${notify}handlers:
- name: Several
  include_tasks: several.yml
  vars: { word: said }
  loop: [1, 2]
  when: inventory_hostname == 'h1'
`;
  const run = await project.play(tasks);
  expect(run.statuses('h1')).toEqual([
    'change changed',
    'first changed',
    'second skipped',
    'first changed',
    'second ok',
  ]);
  expect(run.statuses('h2').slice(1)).toEqual(['first skipped', 'second skipped', 'first skipped', 'second skipped']);
  expect(shared()).toEqual(['said-1', 'said-2']);
  expect(run.events.filter((event) => event.type === 'handler.finished')).toHaveLength(12);
  const again = await project.play(tasks);
  expect(again.statuses('h1')).toEqual(['change ok']);
  expect(again.totals('h1').messages).toBe(1);
});

test('a failure in it is its own: what it was for is still due in the next run, a rescue in it takes care', async () => {
  project.write('several.yml', `- { name: first, ${log('first')} }\n- { name: fails, shell: { cmd: "exit 1" } }\n`);
  const handlers = 'handlers:\n- { name: Several, include_tasks: several.yml }\n';
  const run = await project.play(notify + handlers);
  expect(run.statuses('h1')).toEqual(['change changed', 'first changed', 'fails failed']);
  project.write(
    'several.yml',
    `- block:\n    - { name: fails, shell: { cmd: "exit 1" } }\n  rescue:\n    - { name: rescued, ${log('rescued')} }\n- { name: last, debug: { msg: x } }\n`,
  );
  const next = await project.play(notify + handlers);
  expect(next.events.filter((event) => event.type === 'host.recovered')).toHaveLength(3);
  expect(next.statuses('h1')).toEqual(['change ok', 'fails failed', 'rescued changed', 'last ok']);
  expect(next.status).toBe('ok');
  expect((await project.play(notify + handlers)).statuses('h1')).toEqual(['change ok']);
});

test('run_once: a handler waits for all hosts that may notify it, runs on one, and is nobody’s afterwards', async () => {
  const tasks = `
- name: change
  shell: { cmd: "sleep 0.{{ loop_index }}; echo change >>${project.directory}/log" }
  loop: "{{ groups.all }}"
  when: item == inventory_hostname && item != 'h1'
  notify: Once
handlers:
- name: Once
  ${log('once on {{ inventory_hostname }}')}
  run_once: true
  register: said
- name: Seen
  debug: { msg: "{{ said.rc }}" }
`;
  const run = await project.play(tasks.replace('- name: Once\n', '- name: Once\n  notify: Seen\n'));
  expect(run.status).toBe('ok');
  expect(shared()).toEqual(['change', 'change', 'once on h2']);
  expect(run.statuses('h1')).toEqual([
    'change(h1) skipped',
    'change(h2) skipped',
    'change(h3) skipped',
    'change skipped',
  ]);
  expect(run.statuses('h3').slice(-1)).toEqual(['change changed']);
  expect(run.statuses('h2').slice(-2)).toEqual(['Once changed', 'Seen ok']);
  const next = await project.play(
    '- { name: nothing, debug: { msg: x } }\nhandlers:\n- { name: Once, debug: { msg: x } }\n',
  );
  expect(next.events.filter((event) => event.type === 'host.recovered')).toEqual([]);
});

test('run_once in batches: once a batch, since each has changes of its own', async () => {
  const run = await project.run(`
- hosts: all
  serial: 2
  tasks:
    - { name: change, copy: { dest: "{{ dir }}/a", content: x }, notify: Once }
  handlers:
    - { name: Once, ${log('{{ inventory_hostname }}')}, run_once: true }
`);
  expect(run.status).toBe('ok');
  expect(shared()).toEqual(['h1', 'h3']);
});

test('throttle limits handlers, too; what looks at other hosts waits for them', async () => {
  const run = await project.play(`
- name: change
  shell: { cmd: "case {{ inventory_hostname }} in h3) sleep 0.4;; esac; echo {{ inventory_hostname }}" }
  register: made
  notify: [Throttled, Others]
handlers:
- name: Throttled
  shell: { cmd: "echo in >>${project.directory}/log; sleep 0.1; echo out >>${project.directory}/log" }
  throttle: 1
- name: Others
  assert: { that: ['hostvars.h1.made.stdout == "h1"', 'hostvars.h3.made.stdout == "h3"'] }
`);
  expect(run.status).toBe('ok');
  expect(shared()).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
});

test('of meta a handler may make the connection anew, and nothing else', async () => {
  const handler = (what: string) => project.play(`${notify}handlers:\n- { name: Several, meta: ${what} }\n`);
  await expect(handler('end_play')).rejects.toMatchObject({
    problems: [{ code: 'bad-value', summary: 'A handler that steers the play' }],
  });
  const dialled: string[] = [];
  const run = await project.play(`${notify}handlers:\n- { name: Several, meta: reset_connection }\n`, {
    onDial: (host) => dialled.push(host),
  });
  expect(run.statuses('h1')).toEqual(['change changed', 'Several ok']);
  expect(dialled.toSorted()).toEqual(['h1', 'h1', 'h2', 'h2', 'h3', 'h3']);
});
