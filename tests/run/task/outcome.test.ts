import { expect, test } from 'vitest';
import { lastLines } from '../../../engine/base/last-lines.ts';
import type { Status } from '../../../engine/event/event.ts';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { Unknown } from '../../../engine/language/value/value.ts';
import type { Change, Output } from '../../../engine/module/index.ts';
import {
  combined,
  type Outcome,
  problemOf,
  registered,
  registeredLoop,
  stepProblem,
} from '../../../engine/run/task/outcome.ts';

const at = { file: 'site.yml', line: 1, column: 1, length: 1, text: 'x' };
const change: Change = { op: '~', what: 'a thing', steps: [] };
const outcome = (status: Status, rest: Partial<Outcome> = {}): Outcome => ({
  status,
  changes: [],
  result: {},
  attempts: 1,
  ...rest,
});
const output = (rest: Partial<Output>): Output => ({
  status: 0,
  stdout: '',
  stderr: '',
  stdoutBytes: new Uint8Array(),
  truncated: false,
  timedOut: false,
  ...rest,
});

test.each<[readonly Status[], Status]>([
  [[], 'skipped'],
  [['ok', 'skipped'], 'ok'],
  [['ok', 'changed', 'ok'], 'changed'],
  [['unknown', 'ok'], 'unknown'],
  [['changed', 'unknown'], 'changed'],
  [['changed', 'failed', 'ok'], 'failed'],
  [['failed', 'unreachable'], 'unreachable'],
])('a loop of %j is %s', (statuses, expected) => {
  expect(combined(statuses.map((status) => outcome(status)))).toBe(expected);
});

test('what register sees', () => {
  expect(registered(outcome('changed', { result: { rc: 3, uid: 7 } }))).toEqual({
    rc: 3,
    stdout: '',
    stderr: '',
    truncated: false,
    uid: 7,
    changed: true,
    failed: false,
    skipped: false,
  });
  const failure = { code: 'check-failed' as const, summary: 'no' };
  expect(registered(outcome('ignored', { failure }))).toMatchObject({ failed: true, changed: false, msg: 'no' });
  expect(registered(outcome('skipped'))).toMatchObject({ skipped: true, changed: false });
  expect(registered(outcome('unknown')).changed).toBeInstanceOf(Unknown);
});

test('what register sees of a loop', () => {
  const loop = registeredLoop([outcome('changed'), outcome('skipped')], ['a', 'b']);
  expect(loop).toMatchObject({ changed: true, failed: false, skipped: false });
  expect(loop.results).toMatchObject([
    { item: 'a', changed: true },
    { item: 'b', skipped: true },
  ]);
  expect(registeredLoop([outcome('skipped')], ['a']).skipped).toBe(true);
  expect(registeredLoop([], []).skipped).toBe(true);
});

test('a failed step tells its status and its last lines, from standard error first', () => {
  expect(stepProblem(change, output({ status: 5, stdout: 'out', stderr: 'err\n' }), at)).toMatchObject({
    code: 'step-failed',
    summary: 'a thing: a step failed',
    detail: 'It ended with status 5:\n  err',
  });
  expect(stepProblem(change, output({ status: 1, stdout: 'out' }), at).detail).toContain('  out');
  expect(stepProblem(change, output({ status: 1 }), at).detail).toContain('said nothing');
  expect(stepProblem(change, output({ timedOut: true }), at)).toMatchObject({ code: 'timed-out' });
});

test.each([
  [{}, 'took too long'],
  [{ seconds: 5 }, 'took longer than 5 s'],
  [{ seconds: 5, timeout: 3 }, "took longer than the task's ‹timeout› of 3 s"],
])('a step that was stopped tells its limit, and what to do: %j', (terms, words) => {
  const problem = stepProblem(change, output({ timedOut: true }), at, { ...terms, hint: 'Wait.' });
  expect([problem.detail, problem.hint]).toEqual([`It ${words} and was stopped and said nothing.`, 'Wait.']);
});

test('of many lines the last are shown, and how many there were before', () => {
  const text = Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n');
  expect(lastLines(text, 2)).toBe('  … (18 lines before)\n  line 18\n  line 19');
  expect(lastLines(' \n')).toBe('');
});

test('anything thrown becomes a Problem: a module’s bug names the module, a Problem keeps its own place', () => {
  expect(problemOf(new TypeError('boom'), at, 'file')).toMatchObject({ code: 'module-bug', detail: 'boom', at });
  const other = { ...at, line: 9 };
  const thrown = new ProblemError([{ code: 'bad-value', summary: 's', at: other }]);
  expect(problemOf(thrown, at, 'file')).toMatchObject({ code: 'bad-value', at: other });
});
