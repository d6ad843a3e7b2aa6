// `ignore_unreachable`: a host that can't be logged in to goes on, as far as its tasks say so.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 2 });
});
afterEach(() => project.remove());

const tasks = `
- name: needs nobody
  debug: { msg: x }
- name: asked for
  stat: { path: / }
  ignore_unreachable: true
  register: asked
- name: seen
  debug: { msg: "{{ asked.skipped }}" }
- name: needs it
  stat: { path: /tmp }
`;

test('each task that needs the host tries; the first that doesn’t say so puts it out', async () => {
  const run = await project.play(tasks, { unreachable: ['h2'] });
  expect(run.statuses('h1')).toEqual(['needs nobody ok', 'asked for ok', 'seen ok', 'needs it ok']);
  expect(run.statuses('h2')).toEqual(['needs nobody ok', 'asked for ignored', 'seen ok', 'needs it unreachable']);
  expect(run.totals('h2')).toMatchObject({ unreachable: true, failed: 0, ignored: 1 });
  expect(run.status).toBe('failed');
});

test('where all say so the run is well', async () => {
  const run = await project.play(tasks.slice(0, tasks.indexOf('- name: needs it')), { unreachable: ['h2'] });
  expect(run.totals('h2')).toMatchObject({ unreachable: false, failed: 0, ignored: 1 });
  expect(run.status).toBe('ok');
});

test('a host that comes back in between is logged in to, with its facts and its lock', async () => {
  const unreachable = ['h2'];
  const run = await project.play(`${tasks}- name: fact\n  assert: { that: [facts.hostname != ""] }\n`, {
    unreachable,
    onEvent: (event) => {
      if (event.type === 'task.finished' && event.host === 'h2' && event.task.name === 'seen') unreachable.pop();
    },
  });
  expect(run.statuses('h2').slice(1)).toEqual(['asked for ignored', 'seen ok', 'needs it ok', 'fact ok']);
  expect(run.events.filter((event) => event.type === 'host.connected' && event.host === 'h2')).toHaveLength(1);
  expect(run.status).toBe('ok');
});

test('what needs the facts of a host that was never reached finds it unreachable', async () => {
  const run = await project.play(
    `
- name: guarded
  stat: { path: / }
  when: facts.os.family == 'debian'
  ignore_unreachable: true
- name: other
  debug: { msg: "{{ facts.hostname }}" }
`,
    { unreachable: ['h2'] },
  );
  expect(run.statuses('h2')).toEqual(['guarded ignored', 'other unreachable']);
});

test('the next play tries again; without a word of it there the host is out at its login', async () => {
  const run = await project.run(
    `
- name: One
  hosts: all
  tasks:
    - { name: asked, stat: { path: / }, ignore_unreachable: true }
- name: Two
  hosts: all
  tasks:
    - { name: two, stat: { path: / } }
`,
    { unreachable: ['h2'] },
  );
  expect(run.statuses('h2')).toEqual(['asked ignored']);
  expect(run.events.filter((event) => event.type === 'host.failed')).toMatchObject([{ host: 'h2', unreachable: true }]);
  expect(run.totals('h2').unreachable).toBe(true);
});
