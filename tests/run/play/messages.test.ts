import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

/** `count` tasks of one module, each a file of its own. */
function files(count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `- name: file ${index}\n  copy: { dest: "{{ dir }}/f${index}", content: "x" }\n`,
  ).join('');
}

/** Tasks of many modules, by turns, so that none can share its script with a neighbour. */
function mixture(count: number): string {
  const kinds = [
    (index: number) => `- name: t${index}\n  copy: { dest: "{{ dir }}/c${index}", content: "x" }\n`,
    (index: number) => `- name: t${index}\n  file: { path: "{{ dir }}/d${index}", state: directory }\n`,
    (index: number) => `- name: t${index}\n  stat: { path: "{{ dir }}" }\n`,
    (index: number) =>
      `- name: t${index}\n  command: { argv: [touch, "{{ dir }}/k${index}"], creates: "{{ dir }}/k${index}" }\n`,
    (index: number) => `- name: t${index}\n  debug: { msg: ${index} }\n`,
    (index: number) => `- name: t${index}\n  set-fact: { f${index}: 1 }\n`,
    (index: number) => `- name: t${index}\n  file: { path: "{{ dir }}/no${index}", state: absent }\n  when: 1 > 2\n`,
  ];
  return Array.from({ length: count }, (_, index) => kinds[index % kinds.length]?.(index) ?? '').join('');
}

/** The state that `files(count)` and `mixture(count)` want: making it by vrun takes longer than reading it. */
function converged(count: number): void {
  for (let index = 0; index < count; index += 1) {
    for (const kind of ['f', 'c', 'k']) writeFileSync(project.on('h1', `${kind}${index}`), 'x');
    mkdirSync(project.on('h1', `d${index}`), { recursive: true });
  }
}

const disturb = (...indexes: readonly number[]) => {
  for (const index of indexes) writeFileSync(project.on('h1', `f${index}`), 'other');
};

describe('messages', () => {
  test('a first run makes one message a change and one to read; what only the engine does costs none', async () => {
    const tasks = mixture(28);
    const first = await project.play(tasks);
    // Of each seven tasks three change something, and each is read with the change of the one before it.
    expect(first.totals()).toMatchObject({ changed: 12, failed: 0, messages: 1 + 12 });
    expect((await project.play(tasks)).totals()).toMatchObject({ changed: 0, messages: 1 });
  });

  test('300 tasks of one kind, converged, are one message with one script', async () => {
    converged(300);
    const tasks = files(300);
    const run = await project.play(tasks);
    expect(run.totals()).toMatchObject({ changed: 0, ok: 300, messages: 1 });
    expect(run.sent[0]?.frames).toHaveLength(1);

    const dry = await project.play(tasks, { check: true });
    expect(dry.totals()).toMatchObject({ changed: 0, ok: 300, messages: 1 });
  });

  test('one change in the middle of 300 costs two messages, at either end too', async () => {
    converged(300);
    const tasks = files(300);
    for (const index of [150, 0, 299]) {
      disturb(index);
      const run = await project.play(tasks);
      expect(run.totals()).toMatchObject({ changed: 1, ok: 299, messages: 2 });
      expect(run.task(`file ${index}`).status).toBe('changed');
    }
  });

  test('a mixture of 300 tasks, converged, is one message', async () => {
    converged(300);
    const tasks = mixture(300);
    const run = await project.play(tasks);
    expect(run.totals()).toMatchObject({ changed: 0, failed: 0, unknown: 0, messages: 1 });
    expect(run.totals().ok + run.totals().skipped).toBe(300);
  });

  test.each([2, 3, 7, 20])(
    '%i changes of one module in a row are one message, however many tasks are behind them',
    async (count) => {
      converged(300);
      disturb(...Array.from({ length: count }, (_, index) => 5 + index));
      const run = await project.play(files(300));
      expect(run.totals()).toMatchObject({ changed: count, ok: 300 - count, messages: 2 });
    },
  );

  test.each([1, 5, 50, 250])(
    'changes that are far apart cost a message each: what is between them isn’t read in vain (%i)',
    async (count) => {
      converged(count + 4);
      disturb(0, count + 1, count + 3);
      const run = await project.play(files(count + 4));
      expect(run.totals()).toMatchObject({ changed: 3, ok: count + 1, messages: 1 + 3 });
      const reads = run.sent.map(({ frames }) => frames.length);
      expect(Math.max(...reads)).toBeLessThan(12);
    },
  );

  test.each([1, 2, 3, 6, 7, 14, 30, 100])(
    'behind a second change that nobody expected %i unchanged tasks cost about their log₂',
    async (count) => {
      converged(count + 2);
      // What the command does to the next task's file was not to be seen when that was read.
      const spoils = `- name: spoil\n  shell: { cmd: "echo other >{{ dir }}/f0" }\n`;
      const run = await project.play(spoils + files(count + 2));
      expect(run.totals()).toMatchObject({ changed: 2, ok: count + 1 });
      expect(run.totals().messages).toBe(2 + stretch(count + 1));
      expect(stretch(count + 1)).toBeLessThanOrEqual(Math.ceil(Math.log2(count + 2)));
    },
  );

  test('a file that is gone in the middle of a mixture costs two messages', async () => {
    converged(70);
    const tasks = mixture(70);
    rmSync(project.on('h1', 'c35'));
    expect((await project.play(tasks)).totals()).toMatchObject({ changed: 1, messages: 2 });
  });

  test('nothing that only the engine does costs a message', async () => {
    const run = await project.play('- debug: { msg: hello }\n- set-fact: { a: 1 }\n- assert: { that: [a == 1] }\n');
    expect(run.totals()).toMatchObject({ ok: 3, messages: 0 });
  });
});

/** Messages that read `count` unchanged tasks after a second change that wasn't expected: one with it, then one and two ahead, one and four … */
function stretch(count: number): number {
  let left = count - 1;
  let messages = 0;
  for (let ahead = 2; left > 0; ahead *= 2) {
    left -= 1 + ahead;
    messages += 1;
  }
  return messages;
}
