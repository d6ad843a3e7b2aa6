import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { Content, defineModule, sh, Type } from '../../../engine/module/index.ts';
import { FakeProject, type Ran } from '../harness.ts';

/** Adds its host's name to a file, from what the file held when it was read: two at once would lose one. */
const claim = defineModule({
  name: 'claim',
  summary: 'Add a name to a file',
  params: Type.Object({
    path: Type.String({ description: 'File' }),
    name: Type.String({ description: 'What is added' }),
  }),
  probe: ({ path }) => sh`cat ${path} 2>/dev/null; :`,
  parse: (out) => out.stdout.split('\n').filter((line) => line !== ''),
  plan: (have: readonly string[], { path, name }) => ({
    changes: have.includes(name)
      ? []
      : [
          {
            op: '~' as const,
            what: path,
            steps: [{ write: { path, content: Content.of([...have, name, ''].join('\n')), mode: '0644' } }],
          },
        ],
  }),
});

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 3, modules: [claim] });
});
afterEach(() => project.remove());

const on = (hosts: string, tasks: string, rest = '') =>
  `- name: Play of ${hosts}\n  hosts: ${hosts}\n  tasks:\n${tasks.replaceAll(/^(?=.)/gm, '    ')}${rest}`;
/** Messages and their shells, in order: `h1 login`. */
const sent = (run: Ran, host?: string) =>
  run.sent.filter((one) => host === undefined || one.host === host).map((one) => `${one.host} ${one.shell}`);
const connected = (run: Ran) =>
  run.events.flatMap((event) =>
    event.type === 'host.connected' ? [`${event.host}${event.delegate ? ' delegate' : ''}`] : [],
  );
const finished = (run: Ran) => run.events.findLast((event) => event.type === 'run.finished');

const directories = (count: number, delegate = 'h2') =>
  Array.from(
    { length: count },
    (_, index) =>
      `- name: t${index}\n  file: { path: "{{ dir }}/d${index}", state: directory }\n${index % 2 ? `  delegate_to: ${delegate}\n` : ''}`,
  ).join('');

test('variables, facts, register and when are the host’s own; the connection is the delegate’s', async () => {
  for (const host of ['h1', 'h2']) project.write(`${host}/facts.d/me.json`, `"${host}"`);
  const run = await project.run(
    on(
      'h1',
      `- name: there
  shell: { cmd: "echo {{ facts.local.me }} {{ inventory_hostname }} >{{ dir }}/made" }
  delegate_to: h2
  when: facts.local.me == 'h1'
  register: r
- name: here
  debug: { msg: !expr r.changed }
`,
    ),
  );
  expect(run.statuses()).toEqual(['there changed', 'here ok']);
  expect(readFileSync(project.on('h1', 'made'), 'utf8')).toBe('h1 h1\n');
  expect(sent(run)).toEqual(['h2 login']);
  expect(connected(run)).toEqual(['h1', 'h2 delegate']);
  expect(run.task('there')).toMatchObject({ host: 'h1', delegate: 'h2' });
  expect(run.events.find((event) => event.type === 'task.applying')).toMatchObject({ host: 'h1', delegate: 'h2' });
  expect(finished(run)).toMatchObject({ delegates: { h2: { messages: 1 } } });
  expect(Object.keys(finished(run)?.hosts ?? {})).toEqual(['h1']);
});

test('a converged run is one message to each of the two, however many tasks', async () => {
  const book = on('h1', directories(40));
  await project.run(book);
  const run = await project.run(book);
  expect(run.totals()).toMatchObject({ ok: 40, changed: 0, messages: 1 });
  expect(sent(run)).toEqual(['h1 login', 'h2 login']);
});

test('n changes on the delegate are n + 1 messages there', async () => {
  const book = on(
    'h1',
    [1, 2, 3].map((n) => `- file: { path: "{{ dir }}/d${n}", state: directory }\n  delegate_to: h2\n`).join(''),
  );
  expect(sent(await project.run(book))).toEqual(['h2 login', 'h2 login', 'h2 login', 'h2 login']);
  expect(sent(await project.run(book))).toEqual(['h2 login']);
});

test('hosts that delegate to one share its login and lock, and none undoes what another has done', async () => {
  project = new FakeProject({ hosts: 8, modules: [claim] });
  const tasks = `- claim: { path: "${project.directory}/claims", name: "{{ inventory_hostname }}" }\n  delegate_to: h9\n`;
  const run = await project.run(on('all', tasks));
  expect(run.status).toBe('ok');
  expect(connected(run).filter((host) => host.startsWith('h9'))).toEqual(['h9 delegate']);
  expect(readFileSync(`${project.directory}/claims`, 'utf8').trim().split('\n').sort()).toEqual(project.hosts);
  const again = await project.run(on('all', tasks));
  expect(project.hosts.map((host) => again.totals(host).ok)).toEqual(project.hosts.map(() => 1));
});

test('nor of what the delegate does itself: what was read before is read again', async () => {
  const path = `${project.directory}/claims`;
  const tasks = `- claim: { path: "${path}", name: "{{ inventory_hostname }}" }\n  delegate_to: h1\n`;
  for (let round = 0; round < 3; round += 1) {
    writeFileSync(path, '');
    const run = await project.run(on('all', tasks.repeat(2)));
    expect(run.status).toBe('ok');
    expect(readFileSync(path, 'utf8').trim().split('\n').sort()).toEqual(['h1', 'h2', 'h3']);
  }
});

test('messages through a host of the run stand on its own line', async () => {
  const run = await project.run(on('h1:h2', directories(2)));
  expect(run.totals('h2').messages).toBeGreaterThan(run.totals('h1').messages);
  expect(finished(run)).not.toHaveProperty('delegates');
  expect(connected(run).sort()).toEqual(['h1', 'h2']);
});

test('a host that was only lent is logged in to anew for its own play, with its notes', async () => {
  const handlers = '  handlers:\n    - name: later\n      shell: { cmd: "touch {{ dir }}/handled" }\n';
  const own = on('h2', '- name: notify\n  shell: { cmd: "true" }\n  notify: later\n- fail: { msg: x }\n', handlers);
  await project.run(own);
  expect(existsSync(project.on('h2', 'handled'))).toBe(false);
  const first = on('h1', '- shell: { cmd: "true" }\n  delegate_to: h2\n');
  const run = await project.run(first + on('h2', '- debug: { msg: x }\n', handlers));
  expect(run.status).toBe('ok');
  expect(existsSync(project.on('h2', 'handled'))).toBe(true);
});

test('hostvars has the inventory’s hosts, whoever is delegated to', async () => {
  const run = await project.run(
    on(
      'h1',
      '- shell: { cmd: "true" }\n  delegate_to: localhost\n- name: say\n  debug: { msg: !expr "has(hostvars.localhost)" }\n',
    ),
  );
  expect(run.task('say').message).toBe('false');
});

test('a dry run’s pending changes are the delegate’s, and make checks of either host unknown', async () => {
  const tasks = `- name: directory
  file: { path: "{{ dir }}/new", state: directory }
  delegate_to: h2
- name: there
  copy: { dest: "{{ dir }}/new/a", content: a, directory_mode: "0755" }
  delegate_to: h2
- name: check
  command: { argv: [test, -d, "{{ dir }}/new"] }
  read_only: true
  failed_when: false
- name: assertion
  shell: { cmd: 'test -d "{{ dir }}/new"' }
  read_only: true
`;
  const dry = await project.run(on('h1', tasks), { check: true });
  expect(dry.statuses().slice(0, 2)).toEqual(['directory changed', 'there changed']);
  expect(dry.task('assertion').status).not.toBe('failed');
  expect(dry.status).toBe('ok');
  expect(existsSync(project.on('h1', 'new'))).toBe(false);
  expect(readdirSync(project.on('h2', 'lock'))).toEqual([]);
});

describe('who is not reached', () => {
  test('is a failure of the task, which a rescue may see to', async () => {
    const run = await project.run(
      on(
        'h1',
        `- block:
    - name: there
      shell: { cmd: "true" }
      delegate_to: db
  rescue:
    - name: rescued
      debug: { msg: "{{ failed_result.msg }}" }
`,
      ),
      { unreachable: ['db'] },
    );
    expect(run.statuses()).toEqual(['there failed', 'rescued ok']);
    expect(run.task('there').failure).toMatchObject({
      code: 'unreachable',
      detail: expect.stringContaining('delegated to ‹db›'),
    });
    expect(run.status).toBe('ok');
    expect(run.totals().unreachable).toBe(false);
  });

  test('is tried again by the next task', async () => {
    let tries = 0;
    const run = await project.run(
      on('h1', '- name: a\n  shell: { cmd: "true" }\n  delegate_to: db\n  retries: 2\n  delay: 0\n'),
      { unreachable: ['db'], onDial: (host) => (tries += host === 'db' ? 1 : 0) },
    );
    expect(run.task('a')).toMatchObject({ status: 'failed', attempts: 3 });
    expect(tries).toBe(3);
  });

  test('is locked by another run', async () => {
    const start = readFileSync(`/proc/${process.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[19];
    mkdirSync(project.on('db', 'lock/vrun'), { recursive: true });
    project.write('db/lock/vrun/holder', `${process.pid}\n${start}\nother-run\nanna@x\nlaptop\nnow\n`);
    const run = await project.run(on('h1', '- name: a\n  shell: { cmd: "true" }\n  delegate_to: db\n'));
    expect(run.task('a').failure).toMatchObject({ code: 'locked' });
    expect(
      (await project.run(on('h1', '- name: a\n  shell: { cmd: "true" }\n  delegate_to: db\n'), { check: true })).status,
    ).toBe('ok');
    const reads = '- name: a\n  shell: { cmd: "true" }\n  read_only: true\n  delegate_to: db\n';
    expect((await project.run(on('h1', reads))).status).toBe('ok');
    expect(
      (await project.run(on('h1', `${reads}- name: b\n  shell: { cmd: "true" }\n  delegate_to: db\n`))).status,
    ).toBe('failed');
  });

  test('breaks its connection once: made anew', async () => {
    const tasks = '- name: a\n  file: { path: "{{ dir }}/a", state: directory }\n  delegate_to: h2\n';
    const run = await project.run(on('h1', tasks), {
      faults: (host, message) => (host === 'h2' && message === 1 ? 'lost-before' : undefined),
    });
    expect(run.statuses()).toEqual(['a changed']);
    expect(existsSync(project.on('h1', 'a'))).toBe(true);
    const lost = await project.run(on('h1', tasks.replace('/a"', '/b"')), {
      faults: (host) => (host === 'h2' ? 'lost-before' : undefined),
    });
    expect(lost.statuses()).toEqual(['a failed']);
    expect(lost.totals().unreachable).toBe(false);
  });
});

describe('with other keywords', () => {
  test('a loop over delegates, with the item’s in its event', async () => {
    const run = await project.run(
      on(
        'h1',
        '- name: all\n  shell: { cmd: "touch {{ dir }}/{{ item }}" }\n  delegate_to: "{{ item }}"\n  loop: [h2, h3, h1]\n',
      ),
    );
    expect(sent(run)).toEqual(['h2 login', 'h3 login', 'h1 login']);
    const items = run.events.flatMap((event) =>
      event.type === 'task.finished' ? [`${event.item}: ${event.delegate}`] : [],
    );
    expect(items).toEqual(['h2: h2', 'h3: h3', 'h1: undefined', 'undefined: undefined']);
  });

  test('run_once, and a name that a task before found out', async () => {
    const run = await project.run(
      on(
        'all',
        '- shell: { cmd: echo h3 }\n  read_only: true\n  register: who\n- name: once\n  shell: { cmd: "echo x >>{{ dir }}/once" }\n  delegate_to: "{{ who.stdout }}"\n  run_once: true\n',
      ),
    );
    expect(run.status).toBe('ok');
    expect(readFileSync(project.on('h1', 'once'), 'utf8')).toBe('x\n');
    expect(run.task('once', 'h1').delegate).toBe('h3');
  });

  test('handlers: they run for the host, delegated or not, and its notes lie with it', async () => {
    const handlers = `  handlers:
    - name: there
      shell: { cmd: "echo {{ inventory_hostname }} >>{{ dir }}/handled" }
      delegate_to: h3
`;
    const book = on(
      'h1',
      '- name: change\n  shell: { cmd: "true" }\n  delegate_to: h2\n  notify: there\n- fail: { msg: x }\n  when: broken\n',
      handlers,
    );
    const broken = await project.run(book, { extra: { broken: true } });
    expect(broken.statuses()).toEqual(['change changed', 'fail x failed']);
    const notes = (host: string) => {
      const directory = project.on(host, 'state-login/handlers');
      return existsSync(directory) ? readdirSync(directory).length : 0;
    };
    expect(['h1', 'h2', 'h3'].map(notes)).toEqual([1, 0, 0]);
    const run = await project.run(on('h1', '- debug: { msg: x }\n', handlers));
    expect(run.task('there')).toMatchObject({
      type: 'handler.finished',
      host: 'h1',
      delegate: 'h3',
      status: 'changed',
    });
    expect(['h1', 'h2', 'h3'].map(notes)).toEqual([0, 0, 0]);
    expect(readFileSync(project.on('h1', 'handled'), 'utf8')).toBe('h1\n');
  });

  test('localhost takes become from nobody but the task; another delegate from the play', async () => {
    const run = await project.run(
      `- name: Play
  hosts: h1
  become: true
  tasks:
    - shell: { cmd: "true" }
      delegate_to: localhost
    - shell: { cmd: "true" }
      delegate_to: localhost
      become: true
    - shell: { cmd: "true" }
      delegate_to: h2
    - delegate_to: localhost
      block:
        - shell: { cmd: "true" }
        - shell: { cmd: "true" }
          become: true
    - become: true
      block:
        - shell: { cmd: "true" }
          delegate_to: localhost
`,
      { user: 'root' },
    );
    expect(run.status).toBe('ok');
    expect(sent(run)).toEqual([
      'localhost login',
      'localhost root',
      'h2 root',
      'localhost login',
      'localhost root',
      'localhost login',
    ]);
  });

  test('environment and timeout go with the task', async () => {
    const run = await project.run(
      on(
        'h1',
        '- name: a\n  shell: { cmd: "echo $A; sleep 9" }\n  delegate_to: h2\n  environment: { A: x }\n  timeout: 1\n',
      ),
    );
    expect(run.task('a').failure).toMatchObject({ code: 'timed-out' });
  });

  test('to the host itself it is as if nothing were said', async () => {
    const run = await project.run(
      on('h1', '- name: a\n  shell: { cmd: "true" }\n  delegate_to: "{{ inventory_hostname }}"\n'),
    );
    expect(sent(run)).toEqual(['h1 login']);
    expect(run.task('a')).not.toHaveProperty('delegate');
  });

  test('in a dry run it may depend on a pending change: unknown', async () => {
    const run = await project.run(
      on(
        'h1',
        '- shell: { cmd: echo h2 }\n  register: who\n- name: a\n  shell: { cmd: "true" }\n  delegate_to: "{{ who.stdout }}"\n',
      ),
      { check: true },
    );
    expect(run.task('a').status).toBe('unknown');
  });
});

test('names that can’t be hosts, groups, and meta are Problems before the first connection', async () => {
  const tasks = [
    '- debug: { msg: x }\n  delegate_to: -oProxyCommand=x\n',
    '- debug: { msg: x }\n  delegate_to: "a b"\n',
    '- debug: { msg: x }\n  delegate_to: all\n',
    '- debug: { msg: x }\n  delegate_to: "{{ typo }}"\n',
    '- meta: barrier\n  delegate_to: h2\n',
  ];
  const problems = await project.run(on('h1', tasks.join(''))).then(
    () => [],
    (error: unknown) => (error instanceof ProblemError ? error.problems : []),
  );
  expect(problems.map(({ at, code }) => `${at?.line}:${at?.column} ${code}`).sort()).toEqual([
    '11:24 undefined-variable',
    '13:7 bad-value',
    '5:20 bad-value',
    '7:20 bad-value',
    '9:20 bad-value',
  ]);
  const run = await project.run(on('h1', '- name: a\n  shell: { cmd: "true" }\n  delegate_to: "{{ bad }}"\n'), {
    extra: { bad: '-x' },
  });
  expect(run.task('a').failure).toMatchObject({ code: 'bad-value', summary: 'Not the name of a host' });
});
