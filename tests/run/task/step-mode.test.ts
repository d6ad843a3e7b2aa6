// `--step`: before each task a person says whether it is to be done.
import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 2 });
});
afterEach(() => project.remove());

const tasks = `
- name: one
  shell: { cmd: "sleep 0.1; echo >{{ dir }}/one" }
  register: first
- meta: barrier
- name: two
  shell: { cmd: "echo >{{ dir }}/two" }
  register: second
  notify: Handler
- name: three
  shell: { cmd: "echo >{{ dir }}/three" }
  when: '!second.skipped'
handlers:
- name: Handler
  shell: { cmd: "echo >{{ dir }}/handled" }
`;

const stepper = (answers: Readonly<Record<string, boolean>>) => {
  const asked: string[] = [];
  const step = async (title: string) => {
    asked.push(title);
    return answers[title] ?? true;
  };
  return { asked, step };
};

test('each task is asked for once for all hosts, handlers too; what is not wanted is skipped', async () => {
  const { asked, step } = stepper({ two: false });
  const run = await project.play(tasks, { step });
  expect(asked).toEqual(['one', 'two', 'three']);
  for (const host of project.hosts) {
    expect(run.statuses(host)).toEqual(['one changed', 'meta barrier ok', 'two skipped', 'three skipped']);
    expect(run.task('two', host).reason).toBe('it was not wanted');
    expect(readdirSync(project.on(host, '')).filter((name) => ['one', 'two', 'three'].includes(name))).toEqual(['one']);
  }
});

test('the next one is asked for when every host is done with the one before', async () => {
  const done: string[] = [];
  let before: readonly string[] = [];
  await project.play(tasks, {
    step: async (title) => {
      if (title === 'two') before = [...done];
      return true;
    },
    onEvent: (event) => {
      if (event.type === 'task.finished') done.push(`${event.host} ${event.task.name}`);
    },
  });
  expect(before.toSorted()).toEqual(['h1 meta barrier', 'h1 one', 'h2 meta barrier', 'h2 one']);
});

test('a handler that is not wanted is owed: the next run comes to it', async () => {
  const { asked, step } = stepper({ Handler: false });
  const run = await project.play(tasks, { step });
  expect(asked).toEqual(['one', 'two', 'three', 'Handler']);
  expect(run.statuses('h1').at(-1)).toBe('Handler skipped');
  expect(existsSync(project.on('h1', 'handled'))).toBe(false);
  const next = await project.play(tasks.replace('  notify: Handler\n', ''));
  expect(next.events.filter((event) => event.type === 'host.recovered')).toMatchObject([
    { handlers: ['Handler'] },
    { handlers: ['Handler'] },
  ]);
  expect(next.statuses('h1').at(-1)).toBe('Handler changed');
});

test('a line of the checklist that nobody wanted is still to do', async () => {
  const { step } = stepper({ left: false });
  const run = await project.play('- { name: left, debug: { msg: x }, checklist: Line }\n', { step });
  expect(run.events.filter((event) => event.type === 'checklist.changed')).toEqual([]);
});

test('an interrupt at the question ends the run', async () => {
  let stopNow = () => {};
  const run = await project.play(tasks, {
    onEvent: (_, stop) => {
      stopNow = () => stop.abort();
    },
    step: async () => {
      stopNow();
      return false;
    },
  });
  expect(run.status).toBe('interrupted');
  expect(run.statuses('h1')).toEqual([]);
});
