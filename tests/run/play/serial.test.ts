import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PlayStopped } from '../../../engine/event/event.ts';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { batchesOf, Failures } from '../../../engine/run/plan/pace.ts';
import { FakeProject, type Ran, type RunOptions } from '../harness.ts';

describe('batches', () => {
  const hosts = (count: number) => Array.from({ length: count }, (_, index) => index);
  const sizes = (count: number, ...serial: readonly (number | string)[]) =>
    batchesOf(
      hosts(count),
      serial.map((entry) =>
        typeof entry === 'number'
          ? ({ unit: 'hosts', number: entry } as const)
          : ({ unit: 'percent', number: Number.parseFloat(entry) } as const),
      ),
    ).map((batch) => batch.length);

  test.each<[string, number, readonly (number | string)[], readonly number[]]>([
    ['none: all at once', 5, [], [5]],
    ['a number, and what is left', 5, [2], [2, 2, 1]],
    ['the last entry repeats', 10, [1, 3], [1, 3, 3, 3]],
    ['a canary, then all', 7, [1, '100%'], [1, 6]],
    ['a percentage of all hosts, rounded down', 10, ['25%'], [2, 2, 2, 2, 2]],
    ['at least one host', 3, ['10%'], [1, 1, 1]],
    ['more than there are', 2, [10], [2]],
    ['of nobody', 0, [3], [0]],
  ])('%s', (_, count, serial, expected) => {
    expect(sizes(count, ...serial)).toEqual(expected);
  });

  test.each<[number, number | undefined, number, boolean]>([
    [4, undefined, 4, false],
    [4, 0, 0, false],
    [4, 0, 1, true],
    [4, 25, 1, false],
    [4, 25, 2, true],
    [3, 33, 1, true],
    [4, 100, 4, false],
  ])('of %i hosts %s percent may fail: %i failures are too many? %s', (count, allowed, failed, expected) => {
    const failures = new Failures(count, allowed);
    for (const host of hosts(failed)) {
      failures.add(`h${host}`);
      failures.add(`h${host}`);
    }
    expect(failures.tooMany).toBe(expected);
  });
});

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 4 });
});
afterEach(() => project.remove());

const shared = () => readFileSync(`${project.directory}/log`, 'utf8').trim().split('\n');
const log = (what: string) => `shell: { cmd: "echo ${what}-{{ inventory_hostname }} >>${project.directory}/log" }`;

function play(keywords: string, tasks: string, options: RunOptions = {}): Promise<Ran> {
  const indent = (text: string) =>
    text
      .trim()
      .replaceAll(/^(?=.)/gm, '    ')
      .replace(/^ {4}handlers:/m, '  handlers:');
  return project.run(`- name: Play\n  hosts: all\n  ${keywords}\n  tasks:\n${indent(tasks)}\n`, options);
}

const stopOf = (run: Ran) =>
  run.events.find((event): event is Extract<typeof event, PlayStopped> => event.type === 'play.stopped');

test('one batch after the other, handlers at the end of each', async () => {
  const run = await play(
    'serial: [1, 2]',
    `
- { name: a, ${log('a')}, notify: H }
- { name: b, ${log('b')} }
handlers:
- { name: H, ${log('h')} }
`,
  );
  expect(run.status).toBe('ok');
  const lines = shared();
  expect(lines.slice(0, 3)).toEqual(['a-h1', 'b-h1', 'h-h1']);
  expect(new Set(lines.slice(3, 9).map((line) => line.slice(2)))).toEqual(new Set(['h2', 'h3']));
  expect(lines.slice(9)).toEqual(['a-h4', 'b-h4', 'h-h4']);
  expect(run.events.flatMap((event) => (event.type === 'batch.started' ? [event.hosts] : []))).toEqual([
    ['h1'],
    ['h2', 'h3'],
    ['h4'],
  ]);
  expect(run.events.filter((event) => event.type === 'play.started')).toHaveLength(1);
});

test('nothing is even read on the hosts of a batch before its turn', async () => {
  const run = await play(
    'serial: 50%',
    `
- { name: read, stat: { path: "${project.directory}/flag" }, register: flag }
- name: later sees what an earlier batch did
  assert: { that: "flag.stat.exists == (inventory_hostname in ['h3', 'h4'])" }
- meta: barrier
- { name: make, file: { path: "${project.directory}/flag", state: directory }, when: inventory_hostname == 'h1' }
`,
  );
  expect(run.status).toBe('ok');
  expect(run.totals('h3')).toMatchObject({ changed: 0, messages: 1 });
});

test('a failure in a batch stops the run: the batches after it are untouched, and so are the plays', async () => {
  const run = await project.run(`
- name: Rolling
  hosts: all
  serial: [1, 100%]
  tasks:
    - { name: fails, shell: { cmd: "exit 1" } }
- name: Later
  hosts: all
  tasks:
    - { name: not begun, shell: { cmd: "touch {{ dir }}/later" } }
`);
  expect(run.status).toBe('failed');
  expect(stopOf(run)).toMatchObject({
    play: 'Rolling',
    allowed: 0,
    failed: ['h1'],
    stopped: [],
    untouched: ['h2', 'h3', 'h4'],
  });
  for (const host of ['h2', 'h3', 'h4']) {
    expect(run.statuses(host)).toEqual([]);
    expect(run.totals(host)).toMatchObject({ failed: 0, messages: 0 });
    expect(existsSync(project.on(host, 'later'))).toBe(false);
  }
});

test('max_fail_percentage: that many may fail, and those sit out what follows', async () => {
  const tasks = `
- { name: some fail, shell: { cmd: "exit 1" }, when: "inventory_hostname in ['h1', 'h3']" }
- { name: after, debug: { msg: x } }
`;
  const run = await play('serial: 2\n  max_fail_percentage: 50', tasks);
  expect(stopOf(run)).toBeUndefined();
  for (const host of ['h2', 'h4']) expect(run.statuses(host)).toContain('after ok');
  expect(run.status).toBe('failed');

  const stopped = await play('serial: 2\n  max_fail_percentage: 49', tasks);
  // h2 is of the same batch: whether it had begun by then is a matter of time.
  expect(stopOf(stopped)).toMatchObject({
    allowed: 49,
    failed: ['h1'],
    untouched: expect.arrayContaining(['h3', 'h4']),
  });
});

describe('a stop in the middle of a batch', () => {
  const KEYWORDS = ['any_errors_fatal: true', 'max_fail_percentage: 0'];

  test.each(KEYWORDS)('%s: the others finish the task in hand, and read it again', async (keywords) => {
    const run = await play(
      keywords,
      `
- name: fails
  shell: { cmd: "sleep 0.2; exit 1" }
  when: inventory_hostname == 'h1'
- name: in hand
  shell: { cmd: "sleep 0.8" }
  when: inventory_hostname != 'h1'
- name: not come to
  shell: { cmd: "touch {{ dir }}/x" }
`,
    );
    expect(run.status).toBe('failed');
    for (const host of ['h2', 'h3', 'h4']) {
      expect(run.statuses(host)).toEqual(['fails skipped', 'in hand changed']);
      expect(existsSync(project.on(host, 'x'))).toBe(false);
    }
    expect(stopOf(run)).toMatchObject({ failed: ['h1'], stopped: ['h2', 'h3', 'h4'], untouched: [] });
  });

  test('who waits for the others, for a turn or for a place to run doesn’t begin anything', async () => {
    for (const task of [
      'meta: barrier',
      'run_once: true\n  shell: { cmd: "echo x" }',
      'throttle: 1\n  shell: { cmd: "sleep 0.3" }',
    ]) {
      const run = await play(
        'any_errors_fatal: true',
        `
- name: fails
  shell: { cmd: "sleep 0.2; exit 1" }
  when: inventory_hostname == 'h1'
- name: waits
  ${task}
- name: not come to
  shell: { cmd: "touch {{ dir }}/x" }
`,
      );
      expect(run.status).toBe('failed');
      for (const host of project.hosts) expect(existsSync(project.on(host, 'x'))).toBe(false);
    }
    const one = await play('any_errors_fatal: true', '- { name: fails, shell: { cmd: "exit 1" } }', { forks: 1 });
    expect(stopOf(one)).toMatchObject({ failed: ['h1'], untouched: ['h2', 'h3', 'h4'] });
    expect(one.statuses('h2')).toEqual([]);
  });

  test('always runs, a rescue that has begun goes on to its end, and no rescue begins', async () => {
    const run = await play(
      'any_errors_fatal: true',
      `
- name: fails
  shell: { cmd: "sleep 0.4; exit 1" }
  when: inventory_hostname == 'h1'
- block:
    - name: breaks on h2
      shell: { cmd: "exit 1" }
      when: inventory_hostname == 'h2'
    - name: in hand
      shell: { cmd: "sleep 0.8" }
    - name: not come to
      debug: { msg: x }
  rescue:
    - name: rescue
      shell: { cmd: "sleep 0.8" }
    - name: to its end
      debug: { msg: x }
  always:
    - name: always
      debug: { msg: x }
- name: nor this
  debug: { msg: x }
`,
    );
    expect(run.statuses('h2')).toEqual([
      'fails skipped',
      'breaks on h2 failed',
      'rescue changed',
      'to its end ok',
      'always ok',
    ]);
    expect(run.statuses('h3')).toEqual(['fails skipped', 'breaks on h2 skipped', 'in hand changed', 'always ok']);
    expect(stopOf(run)).toMatchObject({ failed: ['h1'], stopped: ['h2', 'h3', 'h4'] });
  });
});

test('a rescued failure counts for nobody', async () => {
  const run = await play(
    'serial: 1\n  any_errors_fatal: true',
    `
- block:
    - { name: fails, shell: { cmd: "exit 1" } }
  rescue:
    - { name: rescue, debug: { msg: x } }
`,
  );
  expect(run.status).toBe('ok');
  for (const host of project.hosts) expect(run.totals(host)).toMatchObject({ failed: 0, rescued: 1 });
});

test('run_once: once over all batches, on the first host whose condition holds in any of them', async () => {
  const run = await play(
    'serial: 1',
    `
- name: once
  shell: { cmd: "echo {{ inventory_hostname }} >>${project.directory}/log; echo from-{{ inventory_hostname }}" }
  run_once: true
  when: inventory_hostname in ['h2', 'h3']
  register: once
- name: known from then on
  assert: { that: [once.stdout == 'from-h2'] }
  when: inventory_hostname != 'h1'
`,
  );
  expect(run.status).toBe('ok');
  expect(shared()).toEqual(['h2']);
});

test('an unreachable host is a failed one', async () => {
  const run = await play('serial: 1', '- { name: reads, stat: { path: "{{ dir }}" } }', {
    faults: (host) => (host === 'h2' ? 'lost-before' : undefined),
  });
  expect(stopOf(run)).toMatchObject({ failed: ['h2'], untouched: ['h3', 'h4'] });
  expect(run.totals('h2').unreachable).toBe(true);
});

test('a dry run stops where the run would', async () => {
  const run = await play('serial: 1', "- { name: fails, assert: { that: [inventory_hostname != 'h2'] } }", {
    check: true,
  });
  expect(run.statuses('h1')).toEqual(['fails ok']);
  expect(stopOf(run)).toMatchObject({ failed: ['h2'], untouched: ['h3', 'h4'] });
});

test('end_play ends it for the batches after it too', async () => {
  const run = await play('serial: 1', '- meta: end_play\n- { name: no, debug: { msg: x } }');
  expect(run.status).toBe('ok');
  expect(run.statuses('h2')).toEqual([]);
});

test('an interrupt ends with the batch', async () => {
  const run = await play('serial: 1', `- { name: a, ${log('a')} }`, {
    onEvent: (event, stop) => event.type === 'task.applying' && stop.abort(),
  });
  expect(run.status).toBe('interrupted');
  expect(shared()).toEqual(['a-h1']);
});

test('serial and max_fail_percentage may be computed from -e and from the play’s own variables', async () => {
  const run = await play(
    'params: { at_a_time: { type: integer, default: 1 } }\n  vars: { may: 100 }\n  serial: ["{{ at_a_time }}", "{{ at_a_time }}0%"]\n  max_fail_percentage: "{{ may }}"',
    '- { name: fails, shell: { cmd: "exit 1" } }',
    { extra: { at_a_time: 3 } },
  );
  expect(run.events.flatMap((event) => (event.type === 'batch.started' ? [event.hosts.length] : []))).toEqual([3, 1]);
  for (const bad of [0, 'x', [], [1, 'x']]) {
    const wrong = play('serial: "{{ n }}"', '- debug: { msg: x }', { extra: { n: bad } });
    await expect(wrong).rejects.toThrow(ProblemError);
  }
});

test('a computed serial may be a list, and a percentage may have its sign', async () => {
  const run = await play(
    'serial: "{{ steps }}"\n  max_fail_percentage: 100%',
    '- { name: fails, shell: { cmd: "exit 1" } }',
    { extra: { steps: [1, '50%'] } },
  );
  expect(run.events.flatMap((event) => (event.type === 'batch.started' ? [event.hosts.length] : []))).toEqual([
    1, 2, 1,
  ]);
});

describe('force_handlers', () => {
  const tasks = `
- { name: notifies, ${'shell: { cmd: "true" }'}, notify: H }
- { name: fails, shell: { cmd: "exit 1" }, when: inventory_hostname == 'h1' }
handlers:
- { name: H, shell: { cmd: "echo x >>{{ dir }}/handled" } }
`;

  test('after a failure the handlers that were notified run', async () => {
    const run = await play('force_handlers: true', tasks);
    expect(run.statuses('h1')).toEqual(['notifies changed', 'fails failed', 'H changed']);
    expect(run.totals('h1')).toMatchObject({ failed: 1 });
    expect(run.status).toBe('failed');
    const next = await play('force_handlers: true', '- debug: { msg: x }\nhandlers:\n- { name: H, debug: { msg: x } }');
    expect(next.statuses('h1')).toEqual(['debug x ok']);
  });

  test('without it their notes keep them for the next run', async () => {
    const run = await play('any_errors_fatal: false', tasks);
    expect(run.statuses('h1')).toEqual(['notifies changed', 'fails failed']);
    const next = await play('order: inventory', tasks.replace('exit 1', 'true'));
    expect(next.events.find((event) => event.type === 'host.recovered')).toMatchObject({ host: 'h1', handlers: ['H'] });
    expect(next.statuses('h1').filter((line) => line.startsWith('H'))).toEqual(['H changed']);
  });

  test('where the play was stopped because of others too', async () => {
    const run = await play(
      'force_handlers: true\n  any_errors_fatal: true',
      tasks
        .replace('exit 1', 'sleep 0.3; exit 1')
        .replace(
          'handlers:',
          "- { name: in hand, shell: { cmd: 'sleep 0.8' } }\n- { name: no, debug: { msg: x } }\nhandlers:",
        ),
    );
    expect(run.statuses('h2')).toEqual(['notifies changed', 'fails skipped', 'in hand changed', 'H changed']);
  });
});
