// Tasks that wait: for their host, for time, for a person; and one that would take this machine away.
import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 2 });
});
afterEach(() => project.remove());

const READS = (names: readonly string[]) =>
  names.map((name) => `- name: ${name}\n  stat: { path: "{{ dir }}/${name}" }\n  register: ${name}\n`).join('');

describe('pause', () => {
  test('waits for the time, for all hosts at once, and then looks anew', async () => {
    const started = performance.now();
    const ran = await project.play(
      `${READS(['a'])}- name: Pause\n  pause: { seconds: 1 }\n${READS(['b'])}- name: There\n  assert: { that: b.stat.exists }\n`,
      {
        forks: 1,
        onEvent: (event) => {
          if (event.type !== 'task.started' || event.task.name !== 'Pause') return;
          writeFileSync(project.on(event.host, 'b'), '');
        },
      },
    );
    expect(ran.status).toBe('ok');
    expect(ran.statuses()).toEqual(['a ok', 'Pause ok', 'b ok', 'There ok']);
    expect(ran.totals().messages).toBe(2);
    const spent = performance.now() - started;
    expect(spent).toBeGreaterThan(1000);
  });

  test('a dry run does not wait, and says so', async () => {
    const ran = await project.play(`${READS(['a'])}- name: Pause\n  pause: { seconds: 600 }\n${READS(['b'])}`, {
      check: true,
    });
    expect(ran.task('Pause')).toMatchObject({ status: 'ok', message: 'a dry run does not wait' });
    expect(ran.totals().messages).toBe(1);
  });

  test('Ctrl-C ends it', async () => {
    const ran = await project.play(`- name: Pause\n  pause: { seconds: 600 }\n${READS(['b'])}`, {
      onEvent: (event, stop) => {
        if (event.type === 'task.started') stop.abort();
      },
    });
    expect(ran.status).toBe('interrupted');
    expect(ran.statuses()).toEqual([]);
  });

  test('the task’s own time limit holds for it', async () => {
    const ran = await project.play('- name: Pause\n  pause: { seconds: 600 }\n  timeout: 1\n');
    expect(ran.task('Pause')).toMatchObject({ status: 'failed', failure: { code: 'timed-out' } });
  });

  test('a person is asked once, when all hosts have come there', async () => {
    const asked: string[] = [];
    const before: string[] = [];
    const ran = await project.play(
      `- name: Slow\n  command: { argv: [sleep, "0.3"] }\n  when: inventory_hostname == 'h2'\n- name: Ask\n  pause: { prompt: "Well, {{ run.id }}?" }\n`,
      {
        forks: 1,
        ask: async (prompt) => {
          asked.push(prompt);
          return true;
        },
        onEvent: (event) => {
          if (asked.length === 0 && event.type === 'task.finished') before.push(`${event.host} ${event.task.name}`);
        },
      },
    );
    expect(ran.status).toBe('ok');
    expect(asked).toEqual(['Well, run-1?']);
    expect(before.toSorted()).toEqual(['h1 Slow', 'h2 Slow']);
    expect([ran.statuses('h1').at(-1), ran.statuses('h2').at(-1)]).toEqual(['Ask ok', 'Ask ok']);
  });

  test('a terminal that closes is a failure, and so is none', async () => {
    const tasks = '- name: Ask\n  pause: { prompt: "Well?" }\n- name: Never\n  debug: { msg: x }\n';
    const closed = await project.play(tasks, { ask: async () => false });
    expect(closed.statuses()).toEqual(['Ask failed']);
    expect(closed.task('Ask').failure?.summary).toBe('nobody said to go on');
    const none = await project.play(tasks);
    expect(none.task('Ask').failure?.summary).toBe('there is no terminal to ask at');
    expect((await project.play(tasks, { check: true })).statuses()).toEqual(['Ask ok', 'Never ok']);
  });
});

describe('wait-for', () => {
  const WAIT = (timeout: number) =>
    `${READS(['a'])}- name: Wait\n  wait-for: { path: "{{ dir }}/there", timeout: ${timeout} }\n  register: waited\n${READS(['b'])}`;

  test('what is there costs nothing', async () => {
    for (const host of project.hosts) writeFileSync(project.on(host, 'there'), '');
    const ran = await project.play(WAIT(300));
    expect(ran.statuses()).toEqual(['a ok', 'Wait ok', 'b ok']);
    expect(ran.totals().messages).toBe(1);
  });

  test('what comes is waited for in one message, and what was read before is read anew', async () => {
    const ran = await project.play(`${WAIT(60)}- name: Now\n  assert: { that: b.stat.exists }\n`, {
      onEvent: (event) => {
        if (event.type !== 'task.started' || event.task.name !== 'Wait') return;
        setTimeout(() => {
          writeFileSync(project.on(event.host, 'b'), '');
          writeFileSync(project.on(event.host, 'there'), '');
        }, 300);
      },
    });
    expect(ran.statuses()).toEqual(['a ok', 'Wait ok', 'b ok', 'Now ok']);
    expect(ran.totals().messages).toBe(2);
    expect(existsSync(project.on('h1', 'b'))).toBe(true);
  });

  test('what never comes is a failure, after its time', async () => {
    const ran = await project.play(WAIT(1));
    expect(ran.task('Wait')).toMatchObject({ status: 'failed' });
    expect(ran.task('Wait').failure?.summary).toMatch(/there is not there, after 1 s$/);
  });

  test('a dry run looks once: a failure, and unknown after pending changes', async () => {
    const started = performance.now();
    expect((await project.play(WAIT(300), { check: true })).task('Wait')).toMatchObject({ status: 'failed' });
    const file = '- name: File\n  copy: { dest: "{{ dir }}/new", content: x }\n';
    expect((await project.play(file + WAIT(300), { check: true })).statuses()).toEqual([
      'File changed',
      'a ok',
      'Wait unknown',
      'b ok',
    ]);
    expect(performance.now() - started).toBeLessThan(60_000);
  });

  test('the task’s own time limit holds for it', async () => {
    const ran = await project.play(`${WAIT(300)}`.replace('register: waited', 'timeout: 1'));
    expect(ran.task('Wait')).toMatchObject({ status: 'failed', failure: { code: 'timed-out' } });
  });
});

test('reboot takes nobody’s own machine away, and a dry run knows', async () => {
  for (const check of [true, false]) {
    const ran = await project.play('- name: Boot\n  reboot:\n', { check });
    expect(ran.statuses()).toEqual(['Boot failed']);
    expect(ran.task('Boot').failure?.summary).toBe('this is the machine that vrun itself runs on');
  }
});
