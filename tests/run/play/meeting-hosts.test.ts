import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 3 });
});
afterEach(() => project.remove());

/** Every line that hosts wrote into the file that they share. */
const shared = () => readFileSync(`${project.directory}/log`, 'utf8').trim().split('\n');

/** The same play with one host at a time and with all at once. */
describe.each([1, 2, 10])('with %i forks', (forks) => {
  test('every host runs every task', async () => {
    const run = await project.play('- file: { path: "{{ dir }}/d", state: directory }\n', { forks });
    expect(run.status).toBe('ok');
    for (const host of project.hosts) {
      expect(run.totals(host)).toMatchObject({ changed: 1 });
      expect(existsSync(project.on(host, 'd'))).toBe(true);
    }
  });

  test('barrier: no host goes on before all have come', async () => {
    const run = await project.play(
      `
- shell: { cmd: "[ {{ inventory_hostname }} = h1 ] && sleep 0.3; echo before >>${project.directory}/log" }
- meta: barrier
- shell: { cmd: "echo after >>${project.directory}/log" }
`,
      { forks },
    );
    expect(run.status).toBe('ok');
    expect(shared()).toEqual([...Array(3).fill('before'), ...Array(3).fill('after')]);
  });

  test('a host that fails or ends lets the others meet without it', async () => {
    const run = await project.play(
      `
- fail: { msg: out }
  when: inventory_hostname == "h2"
- meta: end_host
  when: inventory_hostname == "h3"
- meta: barrier
- name: after
  debug: { msg: x }
`,
      { forks },
    );
    expect(run.task('after', 'h1').status).toBe('ok');
    expect(run.totals('h2').failed).toBe(1);
    expect(run.statuses('h3')).not.toContain('after ok');
  });

  test('run_once: the first whose condition holds runs it, its result goes to all', async () => {
    const run = await project.play(
      `
- name: once
  shell: { cmd: "echo {{ inventory_hostname }} >>${project.directory}/log; echo from-{{ inventory_hostname }}" }
  run_once: true
  when: inventory_hostname != "h1"
  register: once
  notify: H
- name: all know
  assert: { that: [once.stdout == "from-h2"] }
handlers:
- name: H
  shell: { cmd: "echo handled-{{ inventory_hostname }} >>${project.directory}/log" }
`,
      { forks },
    );
    expect(run.status).toBe('ok');
    expect(shared()).toEqual(['h2', 'handled-h2']);
    for (const host of project.hosts) expect(run.task('all know', host).status).toBe('ok');
  });

  test('run_once: where no condition holds it is skipped everywhere, and its failure fails all', async () => {
    const run = await project.play(
      `
- name: none
  debug: { msg: x }
  run_once: true
  when: 1 == 2
- name: breaks
  shell: { cmd: "exit 1" }
  run_once: true
- name: not reached
  debug: { msg: x }
`,
      { forks },
    );
    for (const host of project.hosts) {
      expect(run.statuses(host)).toEqual(['none skipped', 'breaks failed']);
      expect(run.totals(host)).toMatchObject({ failed: 1, skipped: 1 });
    }
  });

  test('run_once inside an include whose loop differs from host to host', async () => {
    project.write('one.yml', `- shell: { cmd: "echo {{ item }} >>${project.directory}/log" }\n  run_once: true\n`);
    const run = await project.play(
      `
- include_tasks: one.yml
  loop: !expr "inventory_hostname == 'h1' ? ['a'] : (inventory_hostname == 'h2' ? ['b', 'c'] : [])"
`,
      { forks },
    );
    expect(run.status).toBe('ok');
    expect(shared()).toEqual(['a', 'c']);
  });

  test('throttle: not more hosts at once than it says', async () => {
    const run = await project.play(
      `
- shell: { cmd: "echo in >>${project.directory}/log; sleep 0.1; echo out >>${project.directory}/log" }
  throttle: 1
- debug: { msg: x }
  throttle: "{{ unlimited }}"
`,
      { forks, extra: { unlimited: 0 } },
    );
    expect(run.status).toBe('ok');
    expect(shared()).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
  });

  test('hostvars: looking at another host waits for it, in arguments, templates, variables and loops', async () => {
    project.write('templates/all.hbs', '{{ hostvars.h1.made.stdout }}\n');
    project.write('one.yml', '- name: "over {{ item }}"\n  debug: { msg: x }\n');
    const run = await project.run(
      `
- name: Play
  hosts: all
  vars: { theirs: "{{ hostvars.h1.made.stdout }}" }
  tasks:
    - name: make
      shell: { cmd: "[ {{ inventory_hostname }} = h1 ] && sleep 0.3; echo value" }
      register: made
    - name: in a file
      template: { src: all.hbs, dest: "{{ dir }}/f" }
    - include_tasks: one.yml
      loop: ["{{ hostvars.h1.made.stdout }}"]
    - name: through a variable
      assert: { that: [theirs == "value"] }
    - name: straight
      debug: { msg: "{{ hostvars.h1.made.stdout }}" }
`,
      { forks },
    );
    expect(run.status).toBe('ok');
    for (const host of project.hosts) {
      expect(run.statuses(host)).toEqual([
        'make changed',
        'in a file changed',
        'over value ok',
        'through a variable ok',
        'straight ok',
      ]);
      expect(run.task('straight', host).message).toBe('value');
    }
  });

  test('end_play on one host ends it for all', async () => {
    const run = await project.play(
      `
- meta: barrier
- meta: end_play
  when: inventory_hostname == "h1"
- meta: barrier
- name: not reached
  debug: { msg: x }
`,
      { forks },
    );
    expect(run.status).toBe('ok');
    expect(run.events.some((event) => event.type === 'task.finished' && event.task.name === 'not reached')).toBe(false);
  });
});

test('a host that cannot be read any more lets the others go on, and sits out the next play', async () => {
  const run = await project.run(
    `
- name: One
  hosts: all
  tasks:
    - { name: one, stat: { path: "{{ dir }}" } }
- name: Two
  hosts: all
  tasks:
    - { name: two, debug: { msg: x } }
`,
    { faults: (host) => (host === 'h2' ? 'lost-before' : undefined) },
  );
  expect(run.status).toBe('failed');
  expect(run.statuses('h1')).toEqual(['one ok', 'two ok']);
  expect(run.statuses('h2')).toEqual(['one unreachable']);
  expect(run.totals('h2').unreachable).toBe(true);
});

test('behind a barrier a host reads anew what others may have changed, and nothing when they have not', async () => {
  const tasks = `
- copy: { dest: "SHARED", content: "new" }
  when: inventory_hostname == "h1"
- meta: barrier
- name: seen
  stat: { path: "SHARED" }
  register: it
- assert: { that: [it.stat.size == 3] }
`.replaceAll('SHARED', `${project.directory}/file`);
  writeFileSync(`${project.directory}/file`, 'older');
  const run = await project.play(tasks);
  expect(run.status).toBe('ok');
  const again = await project.play(tasks);
  for (const host of project.hosts) expect(again.totals(host)).toMatchObject({ changed: 0, messages: 1 });
});

test('one file changed by hand on one host: that task there, and nothing else anywhere', async () => {
  const tasks = `
- name: a
  copy: { dest: "{{ dir }}/a", content: "1" }
- name: b
  copy: { dest: "{{ dir }}/b", content: "1" }
`;
  await project.play(tasks);
  writeFileSync(project.on('h2', 'b'), 'by hand');
  const run = await project.play(tasks);
  expect(run.totals('h1')).toMatchObject({ changed: 0, messages: 1 });
  expect(run.totals('h3')).toMatchObject({ changed: 0, messages: 1 });
  expect(run.statuses('h2')).toEqual(['a ok', 'b changed']);
});

test('many hosts that wait at once are nothing to warn of', async () => {
  const many = new FakeProject({ hosts: 12 });
  const warned: string[] = [];
  const onWarning = ({ name }: Error) => warned.push(name);
  process.on('warning', onWarning);
  const run = await many.play('- { stat: { path: / }, register: s, until: false, retries: 1, delay: 0.2 }\n', {
    forks: 12,
  });
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', onWarning);
  many.remove();
  expect(run.totals('h12').failed).toBe(1);
  expect(warned).toEqual([]);
});
