import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { defineModule, sh, Type } from '../../../engine/module/index.ts';
import { FakeProject } from '../harness.ts';

/** Sleeps before each of its steps, and in its probe. */
const slow = defineModule({
  name: 'slow',
  summary: 'Take a while',
  params: Type.Object({
    path: Type.String({ description: 'What is made' }),
    probe: Type.Number({ default: 0, description: 'Seconds of reading' }),
    steps: Type.Array(Type.Number(), { default: [], description: 'Seconds of each step' }),
    controller: Type.Boolean({ default: false, description: 'Whether it runs on the controller' }),
  }),
  where: ({ controller }) => (controller ? 'controller' : 'host'),
  probe: ({ path, probe }) => sh`sleep ${probe}; [ -e ${path} ] && echo yes; :`,
  parse: (out) => out.stdout !== '',
  plan: (there: boolean, { path, steps }) => ({
    changes: there
      ? []
      : [
          {
            op: '+' as const,
            what: path,
            steps: [
              ...steps.map((seconds) => ({
                run: sh`sleep ${seconds}; echo ${seconds} >>${`${path}.log`}`,
                revert: sh`echo back >>${`${path}.log`}`,
              })),
              { run: sh`touch ${path}` },
            ],
          },
        ],
  }),
});

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ modules: [slow] });
});
afterEach(() => project.remove());

const log = () => readFileSync(project.on('h1', 'x.log'), 'utf8').split('\n');

test('a command that takes longer is stopped, and the task has failed', async () => {
  const started = performance.now();
  const run = await project.play(
    '- name: act\n  shell: { cmd: "sleep 30; touch {{ dir }}/done" }\n  timeout: 1\n- name: after\n  debug: { msg: x }\n',
  );
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(run.statuses()).toEqual(['act failed']);
  expect(run.task('act').failure).toMatchObject({
    code: 'timed-out',
    detail: expect.stringContaining('‹timeout› of 1 s'),
  });
  expect(existsSync(project.on('h1', 'done'))).toBe(false);
});

test('what only reads is stopped too, and other tasks’ probes beside it are not', async () => {
  const run = await project.play(
    '- name: read\n  command: { argv: [sleep, "30"] }\n  read_only: true\n  timeout: 1\n  ignore_errors: true\n- name: other\n  slow: { path: "{{ dir }}", probe: 1.5 }\n',
  );
  expect(run.statuses()).toEqual(['read ignored', 'other ok']);
  expect(run.task('read').failure).toMatchObject({ code: 'timed-out' });
});

test('all steps of an attempt share the time, what was done is put back, and the shell lives on', async () => {
  const run = await project.play(
    '- name: steps\n  slow: { path: "{{ dir }}/x", steps: [0.7, 0.9] }\n  timeout: 1\n  ignore_errors: true\n- name: next\n  shell: { cmd: echo hi }\n',
  );
  expect(run.statuses()).toEqual(['steps ignored', 'next changed']);
  expect(run.task('steps').failure).toMatchObject({ code: 'timed-out' });
  expect(log()).toEqual(['0.7', 'back', '']);
});

test('each attempt has its own', async () => {
  const run = await project.play(
    '- name: steps\n  slow: { path: "{{ dir }}/x", steps: [0.7] }\n  timeout: 1\n  retries: 1\n  delay: 0\n',
  );
  expect(run.statuses()).toEqual(['steps changed']);
  const again = await project.play(
    '- name: never\n  shell: { cmd: sleep 9 }\n  timeout: 1\n  retries: 1\n  delay: 0\n',
  );
  expect(again.task('never')).toMatchObject({ status: 'failed', attempts: 2, failure: { code: 'timed-out' } });
});

test('on the controller as on the host', async () => {
  const run = await project.play(
    '- name: there\n  slow: { path: "{{ dir }}/x", controller: true, steps: [9] }\n  timeout: 1\n',
  );
  expect(run.task('there').failure).toMatchObject({ code: 'timed-out' });
});

test('it gives more time where a command has less by itself, and a template may say it', async () => {
  const run = await project.play(
    '- name: read\n  command: { argv: [sleep, "0.1"] }\n  read_only: true\n  timeout: "{{ t }}"\n  vars: { t: 500 }\n',
  );
  const [frame] = run.sent[0]?.frames ?? [];
  expect(run.statuses()).toEqual(['read ok']);
  expect(frame?.timeout).toBe(500);
});

test('what is no whole number of seconds is a Problem', async () => {
  const tasks = ['0', '-1', '1.5', 'soon', 'true']
    .map((value) => `- debug: { msg: x }\n  timeout: ${value}\n`)
    .join('');
  const problems = await project.play(tasks).then(
    () => [],
    (error: unknown) => (error instanceof ProblemError ? error.problems : []),
  );
  expect(problems.map(({ at, code }) => `${at?.line} ${code}`)).toEqual(
    ['5', '7', '9', '11', '13'].map((line) => `${line} bad-value`),
  );
  const run = await project.play('- name: bound\n  debug: { msg: x }\n  timeout: "{{ t }}"\n  vars: { t: 0 }\n');
  expect(run.task('bound').failure).toMatchObject({ code: 'bad-value' });
});
