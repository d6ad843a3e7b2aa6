// Behind what a dry run can't tell: tasks that are about the same things are unknown, and say why; all others are as sure
// as before.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 2 });
  project.write('files/tree/x', 'x\n');
  project.write('templates/t.hbs', 'x\n');
});
afterEach(() => project.remove());

/** A register that only a run knows: whether what hangs on it is done nobody can tell. */
const ASK = '- { name: ask, shell: "echo 1", register: q }\n';
const IF = `when: q.stdout == '1'`;

async function dry(tasks: string): Promise<readonly string[]> {
  const run = await project.play(tasks, { check: true });
  return run.statuses();
}

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA3dYmCVcxfRlI9bfWVy2QM63YvjpXkfZ8ZrNKEKmHn0 a';

/** Two tasks each: the second is as the first would leave things, or takes them away. */
const TWICE: Readonly<Record<string, readonly [first: string, second: string]>> = {
  group: ['group: { name: vrun-none }', 'group: { name: vrun-none }'],
  user: ['user: { name: vrun-none }', 'user: { name: vrun-none, comment: x }'],
  lineinfile: [
    'lineinfile: { path: "{{ dir }}/f", line: a, create: true }',
    'lineinfile: { path: "{{ dir }}/f", line: a, create: true }',
  ],
  blockinfile: [
    'blockinfile: { path: "{{ dir }}/f", block: a, create: true }',
    'lineinfile: { path: "{{ dir }}/f", line: a, create: true }',
  ],
  copy: ['copy: { dest: "{{ dir }}/f", content: a }', 'copy: { dest: "{{ dir }}/f", content: a }'],
  'copy of a file': ['copy: { dest: "{{ dir }}/", src: tree/x }', 'file: { path: "{{ dir }}/x", state: absent }'],
  template: ['template: { dest: "{{ dir }}/f", src: t.hbs }', 'copy: { dest: "{{ dir }}/f", content: "x\\n" }'],
  file: ['file: { path: "{{ dir }}/d/e", state: directory }', 'file: { path: "{{ dir }}/d", state: directory }'],
  'a file that goes': ['file: { path: "{{ dir }}/f", state: touch }', 'file: { path: "{{ dir }}/f", state: absent }'],
  'authorized-key': [
    `authorized-key: { user: root, key: "${KEY}", path: "{{ dir }}/k" }`,
    `authorized-key: { user: root, key: "${KEY}", path: "{{ dir }}/k" }`,
  ],
  'env-file': [
    'env-file: { path: "{{ dir }}/e", values: { A: "1" } }',
    'env-file: { path: "{{ dir }}/e", values: { A: "1" } }',
  ],
  hostname: ['hostname: { name: vrun-none }', 'hostname: { name: vrun-none }'],
  timezone: ['timezone: { name: Etc/GMT+7 }', 'timezone: { name: Etc/GMT+7 }'],
  systemd: [
    'systemd: { unit: vrun-none.service, content: "[Service]\\nExecStart=/bin/true\\n" }',
    'systemd: { unit: vrun-none.service, state: stopped }',
  ],
  'a unit that was copied': [
    'copy: { dest: /etc/systemd/system/vrun-none.service, content: "[Service]\\nExecStart=/bin/true\\n" }',
    'systemd: { unit: vrun-none.service, enabled: false }',
  ],
  cron: [
    'cron: { name: vrun-none, job: /bin/true, cron_file: vrun-none }',
    'cron: { name: vrun-none, job: /bin/true, cron_file: vrun-none }',
  ],
  'a file of jobs': [
    'cron: { name: vrun-none, job: /bin/true, cron_file: vrun-none }',
    'file: { path: /etc/cron.d/vrun-none, state: absent }',
  ],
  sync: ['sync: { src: tree/, dest: "{{ dir }}/s" }', 'copy: { dest: "{{ dir }}/s/x", content: "x\\n" }'],
  'a tree that is synced': [
    'copy: { dest: "{{ dir }}/s/x", content: "x\\n" }',
    'sync: { src: tree/, dest: "{{ dir }}/s" }',
  ],
  command: ['command: { argv: [touch, "{{ dir }}/f"] }', 'file: { path: "{{ dir }}/f", state: absent }'],
  'a guard': ['copy: { dest: "{{ dir }}/f", content: a }', 'shell: { cmd: "echo a", creates: "{{ dir }}/f" }'],
  'a look': ['copy: { dest: "{{ dir }}/f", content: a }', 'stat: { path: "{{ dir }}/f" }'],
  'a command that looks': [
    'copy: { dest: "{{ dir }}/f", content: a }',
    'shell: { cmd: "cat {{ dir }}/f || true" }\n  read_only: true',
  ],
};

describe('a task that may be done or not makes a later one about the same unknown', () => {
  test.each(Object.entries(TWICE))('%s', async (_, [first, second]) => {
    const parts = {
      when: `- name: first\n  ${first}\n  ${IF}\n`,
      block: `- ${IF}\n  block:\n    - { name: first, ${first} }\n`,
    };
    for (const part of Object.values(parts)) {
      expect(await dry(`${ASK}${part}- name: second\n  ${second}\n`)).toEqual([
        'ask changed',
        'first unknown',
        'second unknown',
      ]);
    }
    const alone = await dry(`- name: second\n  ${second}\n`);
    expect(alone).not.toEqual(['second unknown']);
  });

  test('one that needs what it may make', async () => {
    const tasks = `
- name: owner
  user: { name: vrun-none }
  ${IF}
- name: hers
  copy: { dest: "{{ dir }}/f", content: a, owner: vrun-none }
`;
    expect(await dry(ASK + tasks)).toEqual(['ask changed', 'owner unknown', 'hers unknown']);
  });

  test('the reason names the task', async () => {
    const run = await project.play(
      `${ASK}- { name: first, copy: { dest: "{{ dir }}/f", content: a }, ${IF} }\n- { name: second, copy: { dest: "{{ dir }}/f", content: a } }\n`,
      { check: true },
    );
    expect(run.task('second').reason).toBe('whether ‹first› changes it is unknown');
  });
});

/** What a task of which not all is known is about is known all the same, as far as its parameters are. */
test.each([
  ['its content', 'copy: { dest: "{{ dir }}/f", content: "{{ q.stdout }}" }', ['unknown', 'changed']],
  ['its place', 'copy: { dest: "{{ dir }}/{{ q.stdout }}", content: a }', ['unknown', 'unknown']],
  [
    'its loop',
    'copy: { dest: "{{ dir }}/{{ item }}", content: a }\n  loop: !expr "[q.stdout]"',
    ['unknown', 'unknown'],
  ],
])('unknown in %s', async (_, task, [same, other]) => {
  const tasks = `${ASK}- name: first\n  ${task}\n- { name: f, copy: { dest: "{{ dir }}/f", content: a } }\n- { name: g, copy: { dest: "{{ dir }}/g", content: a } }\n`;
  expect(await dry(tasks)).toEqual(['ask changed', 'first unknown', `f ${same}`, `g ${other}`]);
});

test('no module is asked about a task of which it is not known what it wants', async () => {
  const modules = [
    'file: { path: "{{ q.stdout }}", state: directory }',
    'user: { name: "{{ q.stdout }}" }',
    'systemd: { unit: "{{ q.stdout }}", state: started }',
    'stat: { path: "{{ q.stdout }}" }',
    'cron: { name: "{{ q.stdout }}", job: /bin/true }',
    `authorized-key: { user: "{{ q.stdout }}", key: "${KEY}" }`,
    'env-file: { path: "{{ q.stdout }}", values: {} }',
    'nginx: { domain: "{{ q.stdout }}", root: /srv }',
    'apt: { name: "{{ q.stdout }}" }',
    'http: { url: "http://{{ q.stdout }}/" }',
  ];
  for (const task of modules) {
    for (const more of [`\n  ${IF}`, '']) {
      const tasks = `${ASK}- { name: copy, copy: { dest: "{{ dir }}/f", content: a } }\n- name: it\n  ${task}${more}\n`;
      expect(await dry(tasks), task).toEqual(['ask changed', 'copy changed', 'it unknown']);
    }
  }
});

describe('a command that acts', () => {
  test.each([
    [
      'makes what a guard looks at',
      'command: { argv: [touch, "{{ dir }}/f"] }',
      'shell: { cmd: "echo 1", creates: "{{ dir }}/f" }',
    ],
    [
      'removes what a guard looks at',
      'command: { argv: [rm, -rf, "{{ dir }}"] }',
      'shell: { cmd: "echo 1", removes: "{{ dir }}/old" }',
    ],
    [
      'is a program that may make anything',
      'command: { argv: [make, all] }',
      'shell: { cmd: "echo 1", creates: "{{ dir }}/f" }',
    ],
    [
      'runs in the directory',
      'shell: { cmd: "./build", chdir: "{{ dir }}" }',
      'copy: { dest: "{{ dir }}/f", content: a }',
    ],
    ['writes a file', 'shell: { cmd: "echo a > {{ dir }}/f" }', 'copy: { dest: "{{ dir }}/f", content: a }'],
    ['names it after cd', 'shell: { cmd: "cd {{ dir }} && touch f" }', 'file: { path: "{{ dir }}/f", state: absent }'],
    ['names a pattern', 'shell: { cmd: "rm -f {{ dir }}/*.old" }', 'file: { path: "{{ dir }}/f", state: absent }'],
    ['makes an account', 'command: { argv: [useradd, vrun-none] }', 'user: { name: vrun-none }'],
    ['handles a unit', 'command: { argv: [systemctl, stop, nap] }', 'systemd: { unit: nap.service, state: stopped }'],
  ])('that %s', async (_, first, second) => {
    expect(await dry(`- name: first\n  ${first}\n- name: second\n  ${second}\n`)).toEqual([
      'first changed',
      'second unknown',
    ]);
  });

  test.each([
    ['names another file', 'shell: { cmd: "echo a > {{ dir }}/g" }', 'copy: { dest: "{{ dir }}/f", content: a }'],
    [
      'says what it makes',
      'command: { argv: [make, all], creates: "{{ dir }}/g" }',
      'shell: { cmd: "echo 1", creates: "{{ dir }}/f" }',
    ],
    [
      'is a simple program on another file',
      'command: { argv: [touch, "{{ dir }}/g"] }',
      'shell: { cmd: "echo 1", creates: "{{ dir }}/f" }',
    ],
    ['comes before what acts anyway', 'command: { argv: [make, all] }', 'command: { argv: [make, install] }'],
  ])('that %s casts no doubt', async (_, first, second) => {
    expect(await dry(`- name: first\n  ${first}\n- name: second\n  ${second}\n`)).toEqual([
      'first changed',
      'second changed',
    ]);
  });
});

describe('a rescue that may come', () => {
  const failing = `- { name: change, copy: { dest: "{{ dir }}/f", content: a } }
- block:
    - { name: check, command: { argv: [test, -e, "{{ dir }}/g"] }, read_only: true }
    - { name: behind, copy: { dest: "{{ dir }}/h", content: a } }
  rescue:
    - { name: rescue, copy: { dest: "{{ dir }}/r", content: "{{ failed_task.name }}" } }
  always:
    - { name: always, copy: { dest: "{{ dir }}/a", content: a } }
- { name: as rescued, copy: { dest: "{{ dir }}/r", content: x } }
- { name: as behind, copy: { dest: "{{ dir }}/h", content: a } }
- { name: elsewhere, copy: { dest: "{{ dir }}/e", content: a } }
`;
  test('is unknown, and what it or the tasks that it would replace are about', async () => {
    expect(await dry(failing)).toEqual([
      'change changed',
      'check unknown',
      'behind changed',
      'rescue unknown',
      'always changed',
      'as rescued unknown',
      'as behind unknown',
      'elsewhere changed',
    ]);
    const run = await project.play(failing, { check: true });
    expect(run.task('rescue').reason).toBe('it is for a failure: ‹check› may fail');
  });

  test('the run does what the dry run left open', async () => {
    const run = await project.play(failing);
    expect(run.statuses()).toEqual([
      'change changed',
      'check failed',
      'rescue changed',
      'always changed',
      'as rescued changed',
      'as behind changed',
      'elsewhere changed',
    ]);
  });

  test('does not where nothing may fail', async () => {
    const sure = `- block:
    - { name: change, copy: { dest: "{{ dir }}/f", content: a } }
    - { name: say, debug: { msg: "{{ run.id }}" } }
  rescue:
    - { name: rescue, copy: { dest: "{{ dir }}/r", content: a } }
`;
    expect(await dry(sure)).toEqual(['change changed', 'say ok']);
  });
});

test('what a sync removes is gone, and what is below it', async () => {
  project.write('h1/s/x', 'x\n');
  project.write('h1/s/old', 'old\n');
  project.write('h1/s/deep/old', 'old\n');
  const tasks = `
- { name: sync, sync: { src: tree/, dest: "{{ dir }}/s", delete: true } }
- { name: old, copy: { dest: "{{ dir }}/s/old", content: "old\\n" } }
- { name: deep, file: { path: "{{ dir }}/s/deep", state: directory } }
- { name: guard, shell: { cmd: "echo 1", creates: "{{ dir }}/s/deep/old" } }
- { name: again, sync: { src: tree/, dest: "{{ dir }}/s", delete: true } }
`;
  const said = await dry(tasks);
  expect(said).toEqual(['sync changed', 'old changed', 'deep changed', 'guard changed', 'again unknown']);
  const run = await project.play(tasks);
  expect(run.statuses()).toEqual(['sync changed', 'old changed', 'deep changed', 'guard changed', 'again changed']);
});

test('a fact that only an unknown task sets is unknown', async () => {
  const tasks = `- { name: set, set-fact: { x: 1 } }
${ASK}- { name: perhaps, set-fact: { x: 2 }, ${IF} }
- { name: by it, copy: { dest: "{{ dir }}/f", content: a }, when: x == 1 }
`;
  expect(await dry(tasks)).toEqual(['set ok', 'ask changed', 'perhaps unknown', 'by it unknown']);
});

test('of a loop the items that are not known stay so in its result', async () => {
  const tasks = `${ASK}- name: loop
  copy: { dest: "{{ dir }}/{{ item }}", content: a }
  loop: [f, g]
  when: item == 'f' || q.stdout == '1'
  register: made
- { name: known, copy: { dest: "{{ dir }}/k", content: a }, when: "made.results[0].changed" }
- { name: unknown, copy: { dest: "{{ dir }}/u", content: a }, when: "made.results[1].changed" }
`;
  expect(await dry(tasks)).toEqual([
    'ask changed',
    'loop(f) changed',
    'loop(g) unknown',
    'loop changed',
    'known changed',
    'unknown unknown',
  ]);
});

test('what a check finds before pending changes is not counted on behind them', async () => {
  const tasks = `- { name: change, copy: { dest: "{{ dir }}/f", content: a } }
- { name: look, wait-for: { path: "{{ dir }}/f", state: absent, timeout: 0 }, register: look, ignore_errors: true }
- { name: by it, copy: { dest: "{{ dir }}/g", content: a }, when: "!look.failed" }
`;
  expect(await dry(tasks)).toEqual(['change changed', 'look ok', 'by it unknown']);
});

test('behind an end of the play that may come nothing is sure', async () => {
  const tasks = `${ASK}- { name: end, meta: end_host, ${IF} }\n- { name: it, copy: { dest: "{{ dir }}/f", content: a } }\n`;
  expect(await dry(tasks)).toEqual(['ask changed', 'end unknown', 'it unknown']);
});

test('what check_mode: true leaves undone is not counted on', async () => {
  const tasks = `
- { name: only looked at, copy: { dest: "{{ dir }}/f", content: a }, check_mode: true }
- { name: done, copy: { dest: "{{ dir }}/f", content: a } }
`;
  expect(await dry(tasks)).toEqual(['only looked at changed', 'done changed']);
  expect((await project.play(tasks)).statuses()).toEqual(['only looked at changed', 'done changed']);
});

test('a delegated task casts its doubt where it acts', async () => {
  const run = await project.run(
    `- name: Play
  hosts: h1
  vars: { there: ${project.on('h2', 'f')}, here: ${project.on('h1', 'f')} }
  tasks:
    - { name: ask, shell: "echo 1", register: q }
    - { name: first, copy: { dest: "{{ there }}", content: a }, delegate_to: h2, ${IF} }
    - { name: same place, copy: { dest: "{{ there }}", content: a }, delegate_to: h2 }
    - { name: here, copy: { dest: "{{ there }}", content: a } }
`,
    { check: true },
  );
  expect(run.statuses()).toEqual(['ask changed', 'first unknown', 'same place unknown', 'here changed']);
});

test('where nobody can tell which host runs a run_once, each that may is in doubt', async () => {
  const run = await project.run(
    `- name: Play
  hosts: all
  tasks:
    - { name: ask, shell: "echo 1", register: q }
    - { name: once, copy: { dest: "{{ dir }}/f", content: a }, run_once: true, ${IF} }
    - { name: same, copy: { dest: "{{ dir }}/f", content: a } }
`,
    { check: true },
  );
  expect(run.statuses('h1')).toEqual(['ask changed', 'once unknown', 'same unknown']);
  expect(run.statuses('h2')).toEqual(['ask changed', 'same unknown']);
});
