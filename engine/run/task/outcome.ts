// What became of one item of a task: judged by the task's own words, and turned into what `register` sees.

import { lastLines } from '../../base/last-lines.ts';
import type { Effect, Status, Transferred } from '../../event/event.ts';
import { evaluateCondition } from '../../language/expression/expression.ts';
import type { Position } from '../../language/problem/position.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Task } from '../../language/runbook/runbook.ts';
import { type Scope, Unknown, type Value, type ValueMap } from '../../language/value/value.ts';
import type { Change, Directive, Failure, Output } from '../../module/index.ts';
import type { BoundItem, BoundTask } from '../list/bound.ts';
import { allHold } from '../list/conditions.ts';
import { effectOfLoop, type Progress, progressOf } from './made.ts';

/** The outcome of one item, before and after it is judged. */
export interface Outcome {
  readonly status: Status;
  readonly changes: readonly Change[];
  /** How far they came, once their steps were sent. */
  readonly progress?: Progress;
  /** Of a loop that failed, which has no changes of its own. */
  readonly effect?: Effect;
  readonly failure?: Problem;
  /** Why it was skipped or is unknown. */
  readonly reason?: string;
  readonly message?: string;
  readonly directive?: Directive;
  readonly result: ValueMap;
  readonly attempts: number;
  /** Seconds that the host took to answer its probe. */
  readonly reading?: number;
  /** What went to the host or came from it in pieces. */
  readonly transferred?: Transferred;
}

/** Of a task that did nothing. */
export const emptyOutcome: Outcome = { status: 'skipped', changes: [], result: {}, attempts: 1 };

/** What a scope adds for `changed_when`, `failed_when` and `until`: the result under its registered name. */
export type WithResult = (result: Value) => Scope;

/** Applies `failed_when` and `changed_when`: they only label what has happened, or would. */
export function judge(task: Task, outcome: Outcome, withResult: WithResult): Outcome {
  if (task.failedWhen.length === 0 && task.changedWhen.length === 0) return outcome;
  if (outcome.status === 'skipped' || outcome.status === 'unknown') return outcome;
  if (outcome.status === 'unreachable') return neverChanges(task) ? withoutEffect(outcome) : outcome;
  const scope = withResult(registered(outcome));
  let judged = outcome;
  if (task.failedWhen.length > 0) {
    // All of them together make it a failure, as in Ansible; without them the module's own verdict stands.
    const failed = allHold(task.failedWhen, scope);
    if (failed === true) judged = { ...judged, status: 'failed', failure: judged.failure ?? labelled(task) };
    else if (failed === false && judged.status === 'failed') judged = succeeded(judged);
    else if (failed instanceof Unknown) return { ...judged, status: 'unknown', reason: failed.reason };
  }
  if (task.changedWhen.length > 0 && (judged.status === 'ok' || judged.status === 'changed')) {
    const changed = allHold(task.changedWhen, scope);
    if (changed instanceof Unknown) return { ...judged, status: 'unknown', reason: changed.reason };
    judged = { ...judged, status: changed ? 'changed' : 'ok' };
  } else if (judged.progress && (neverChanges(task) || saysUnchanged(task, scope))) {
    return withoutEffect(judged);
  }
  return judged;
}

/** What the task says of a failure too: that it has changed nothing. */
function saysUnchanged({ changedWhen }: Task, scope: Scope): boolean {
  try {
    return changedWhen.length > 0 && allHold(changedWhen, scope) === false;
  } catch {
    return false; // of what failed there may be nothing to judge by
  }
}

function neverChanges({ changedWhen }: Task): boolean {
  return changedWhen.some(({ source }) => source.trim() === 'false');
}

function withoutEffect({ progress: _, ...outcome }: Outcome): Outcome {
  return outcome;
}

/**
 * Whether the attempts are over: `until` holds, or without one the task hasn't failed. A Problem where `until` can't be
 * evaluated.
 */
export function isDone(task: Task, outcome: Outcome, withResult: WithResult): boolean | Unknown | Problem {
  const { until, at, module } = task;
  if (!until || outcome.status === 'skipped') return outcome.status !== 'failed' && outcome.status !== 'unreachable';
  try {
    return evaluateCondition(until, withResult(registered(outcome)));
  } catch (error) {
    return problemOf(error, at, module);
  }
}

function succeeded(outcome: Outcome): Outcome {
  const { failure: _, ...rest } = outcome;
  return { ...rest, status: outcome.changes.length > 0 ? 'changed' : 'ok' };
}

function labelled(task: Task): Problem {
  return {
    code: 'check-failed',
    summary: 'failed_when holds',
    detail: `What the task calls a failure has come about: ${task.failedWhen.map(({ source }) => source).join(', and ')}.`,
    at: task.failedWhen[0]?.at ?? task.at,
  };
}

/** The outcome of an attempt with what the attempts before it have done, even if they failed. */
export function afterAttempts(before: Outcome | undefined, outcome: Outcome): Outcome {
  const done = before === undefined ? [] : changesMade(before);
  if (done.length === 0) return outcome;
  const same = (one: Change, other: Change) => one.op === other.op && one.what === other.what && one.to === other.to;
  const earlier = done.filter((change) => !outcome.changes.some((later) => same(change, later)));
  const changes = [...earlier, ...outcome.changes];
  if (outcome.status === 'ok' || outcome.status === 'changed') return { ...outcome, status: 'changed', changes };
  const made = outcome.progress?.made ?? outcome.changes.map(() => 'not begun' as const);
  return { ...outcome, changes, progress: progressOf([...earlier.map(() => 'done' as const), ...made], 'half-way') };
}

function changesMade({ status, changes, progress }: Outcome): readonly Change[] {
  if (!progress || status === 'ok') return [];
  return changes.filter((_, index) => ['done', 'partly'].includes(progress.made[index] ?? ''));
}

/** What `register` sees of one item. */
export function registered(outcome: Outcome): ValueMap {
  const { status } = outcome;
  return {
    rc: 0,
    stdout: '',
    stderr: '',
    truncated: false,
    ...outcome.result,
    changed: status === 'unknown' ? new Unknown('apply', outcome.reason ?? 'a pending change') : status === 'changed',
    failed: status === 'failed' || status === 'ignored',
    skipped: status === 'skipped',
    ...(outcome.failure ? { msg: outcome.failure.summary } : {}),
  };
}

/** What `register` sees of a loop. */
export function registeredLoop(outcomes: readonly Outcome[], items: readonly Value[]): ValueMap {
  const has = (status: Status) => outcomes.some((outcome) => outcome.status === status);
  const reason = outcomes.find(({ status }) => status === 'unknown')?.reason ?? 'a pending change';
  /** What an item of which nothing is known may yet make true. */
  const orUnknown = (known: boolean) => known || (has('unknown') && new Unknown('apply', reason));
  const none = outcomes.every(({ status }) => status === 'skipped' || status === 'unknown');
  return {
    results: outcomes.map((outcome, index) =>
      outcome.status === 'unknown'
        ? new Unknown('apply', outcome.reason ?? reason)
        : { ...registered(outcome), item: items[index] ?? null },
    ),
    changed: orUnknown(has('changed')),
    failed: orUnknown(has('failed') || has('ignored')),
    skipped: none && has('unknown') ? new Unknown('apply', reason) : none,
  };
}

const WORST_FIRST = ['unreachable', 'failed', 'ignored', 'changed', 'unknown', 'ok', 'skipped'] as const;

/** The status of a task with a loop: the first of these that an item has. An empty loop is skipped. */
export function combined(outcomes: readonly Outcome[]): Status {
  return WORST_FIRST.find((status) => outcomes.some((outcome) => outcome.status === status)) ?? 'skipped';
}

/** What is told of a whole task: of a loop no more than its items have in common, since each of them told of itself. */
export function wholeOf({ looped }: Pick<BoundTask, 'looped'>, outcomes: readonly Outcome[], status: Status): Outcome {
  if (!looped) return { ...(outcomes[0] ?? emptyOutcome), status };
  const failure = outcomes.find((outcome) => outcome.failure)?.failure;
  const failed = failure ? { failure } : {};
  return { ...emptyOutcome, ...effectOfLoop(outcomes), ...reasonOf(outcomes, status), ...failed, status };
}

/** Why the whole is as it is, not why one of its items isn't. */
function reasonOf(outcomes: readonly Outcome[], status: Outcome['status']): { readonly reason?: string } {
  const alike = outcomes.find((outcome) => outcome.status === status && outcome.reason !== undefined);
  const reason = outcomes.length === 0 ? 'its loop is empty' : alike?.reason;
  return reason === undefined ? {} : { reason };
}

/** The module's failure as a Problem. */
export function failureProblem(failure: Failure, at: Position): Problem {
  const { summary, detail, hint } = failure;
  return {
    code: /lock .* out/.test(summary) ? 'would-lock-out' : 'check-failed',
    summary,
    ...(detail === undefined ? {} : { detail: cutLines(detail) }),
    ...(hint === undefined ? {} : { hint }),
    at,
  };
}

/** Something that only a dry run would know of was to be used. */
export function notThere(at: Position, reason: string): Problem {
  return {
    code: 'undefined-variable',
    summary: 'a value that is not there',
    detail: `The task needs ${reason}, and there is none: with ‹check_mode: true› nothing is done.`,
    at,
  };
}

/** A bare `fail:` in a rescue: the failure that it is for, again. */
export function raisedAgain({ instance }: BoundTask, { condition }: BoundItem): Outcome | undefined {
  const { task, failed } = instance;
  const bare = task.module === 'fail' && task.args.entries.length === 0;
  if (!failed || !bare || condition !== true) return undefined;
  return { ...emptyOutcome, status: 'failed', failure: failed.problem };
}

/** The attempts are used up. */
export function neverHeld(task: Task, outcome: Outcome): Outcome {
  const failure: Problem = {
    code: 'check-failed',
    summary: '‹until› never held',
    detail: `After ${outcome.attempts} attempts it is still false: ${task.until?.source ?? ''}`,
    at: task.until?.at ?? task.at,
  };
  return { ...outcome, status: 'failed', failure };
}

/** What is known of a step beside what it printed. Times are in seconds. */
export interface StepTerms {
  /** The task's own `timeout`. */
  readonly timeout?: number | undefined;
  /** What the step itself may take. */
  readonly seconds?: number | undefined;
  readonly hint?: string | undefined;
}

/** A step that didn't succeed, with what it said last. */
export function stepProblem(change: Change, output: Output, at: Position, terms: StepTerms = {}): Problem {
  const { timeout, seconds, hint } = terms;
  const said = lastLines(output.stderr.trim() === '' ? output.stdout : output.stderr);
  const allowed = timeout === undefined ? `${seconds} s` : `the task's ‹timeout› of ${timeout} s`;
  const limit = timeout === undefined && seconds === undefined ? 'took too long' : `took longer than ${allowed}`;
  const how = output.timedOut ? `${limit} and was stopped` : `ended with status ${output.status}`;
  return {
    code: output.timedOut ? 'timed-out' : 'step-failed',
    summary: `${change.what}: a step failed`,
    detail: said === '' ? `It ${how} and said nothing.` : cutLines(`It ${how}:\n${said}`),
    ...(hint === undefined ? {} : { hint }),
    at,
  };
}

/** What is shown of one line, in UTF-16 code units: a host may print a million without a break. */
const LINE_LIMIT = 500;

/** Redaction knows the ellipsis: what is left of a secret before it is hidden too. */
function cutLines(text: string): string {
  const lines = text.split('\n').map((line) => (line.length > LINE_LIMIT ? `${line.slice(0, LINE_LIMIT)}…` : line));
  return lines.join('\n');
}

/** Anything thrown while a task was bound, planned or parsed, as the Problem that its author needs. */
export function problemOf(error: unknown, at: Position, module: string): Problem {
  if (error instanceof ProblemError && error.problems[0]) return { at, ...error.problems[0] };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'module-bug',
    summary: `the module ‹${module}› can't go on`,
    detail: cutLines(message),
    hint: `Either a tool of the host answers in a way of its own, or this is a bug in the module ‹${module}›: the runbook is not to blame.`,
    at,
  };
}
