// From a task's outcome to its events: what may be shown of it, and nothing else.
import { isList, isMap, mapMembers } from '../../base/plain-data.ts';
import type {
  ChangeData,
  FailureData,
  Happening,
  Json,
  Made,
  Status,
  TaskReference,
  Transferring,
} from '../../event/event.ts';
import { bearingOf, type Problem } from '../../language/problem/problem.ts';
import { Float } from '../../language/value/float.ts';
import { Secret } from '../../language/value/secret.ts';
import { Unknown, type Value, type ValueMap } from '../../language/value/value.ts';
import type { Change } from '../../module/index.ts';
import type { HostState } from '../host/state.ts';
import type { Failed } from '../list/block.ts';
import type { BoundTask, Instance } from '../list/bound.ts';
import { describeSteps } from '../message/steps.ts';
import type { Outcome } from './outcome.ts';
import type { ItemChanges } from './parts.ts';
import { recorded } from './recorded.ts';

/** What of a task every event about it says. */
export interface TaskContext {
  readonly kind: 'task' | 'handler';
  readonly host: string;
  readonly play: string;
  /** Whether whole texts are wanted in changes. */
  readonly diff: boolean;
  /** Whether it is a dry run. */
  readonly check: boolean;
}

/** What is told of a task, even of one that couldn't be bound. */
export type Reported = Pick<BoundTask, 'instance' | 'name' | 'noLog'>;

/** What stands for a text of a task that says `no_log`. */
const HIDDEN = '(hidden by no_log)';
const hiddenProblem: Pick<Problem, 'summary' | 'detail' | 'hint'> = {
  summary: 'the task failed',
  detail: 'What it said is hidden, since the task says no_log.',
};

/** The label of a loop's item as it may be shown. */
export function itemLabel(label: string, noLog: boolean): string {
  return noLog ? HIDDEN : label;
}

/** Name, module and place of a task. */
export function referenceOf(instance: Instance, name: string): TaskReference {
  const { module, at } = instance.task;
  return { name, module, file: at.file, line: at.line };
}

/** Who acted instead of the host, where it was one for all items. */
export function delegateOf({ items }: BoundTask): string | undefined {
  const delegates = new Set(items.flatMap(({ place, condition }) => (condition === false ? [] : [place.delegate])));
  return delegates.size === 1 ? [...delegates][0] : undefined;
}

/** A failure as a rescue may look at it. */
export function failedOf(task: Reported, failure: Problem, result: ValueMap): Failed {
  return {
    task: referenceOf(task.instance, task.name),
    result: { ...result, msg: failure.summary },
    problem: { ...failureOf(failure, task.noLog) },
  };
}

/** Which item of which task an event is about. */
function aboutOf({ task, item }: Pick<ItemChanges, 'task' | 'item'>, { host, play }: TaskContext) {
  return {
    host,
    play,
    task: referenceOf(task.instance, task.name),
    ...(item.item ? { item: itemLabel(item.item.label, task.noLog) } : {}),
  };
}

/** The event of changes that are about to be made: on disk before they are sent. */
export function applyingEvent(one: ItemChanges, target: HostState, context: TaskContext): Happening {
  const { task, item } = one;
  const { changes } = one.plan;
  return {
    type: `${context.kind}.applying`,
    ...aboutOf(one, context),
    ...(target.name === context.host ? {} : { delegate: target.name }),
    changes: changesOf(changes, { diff: context.diff, noLog: task.noLog, task }),
    steps: task.noLog ? [] : changes.flatMap((change) => describeSteps(change, item.exports)),
  };
}

/** The event of bytes that are on their way. */
export function transferringEvent(
  one: Pick<ItemChanges, 'task' | 'item'>,
  so: Transferring,
  context: TaskContext,
): Happening {
  return { type: 'task.transferring', ...aboutOf(one, context), ...so };
}

/** The event of changes that were to be made, and of which none was begun: a step before them failed. */
export function withdrawnEvent(one: ItemChanges, context: TaskContext): Happening {
  return { type: 'task.withdrawn', ...aboutOf(one, context) };
}

/** The event of a finished task, or of one item of its loop. */
export function finishedEvent(
  context: TaskContext,
  task: Reported,
  outcome: Omit<Outcome, 'directive'>,
  more: {
    readonly ms: number;
    readonly item?: string;
    readonly result?: Value;
    readonly rescued?: boolean;
    readonly delegate?: string | undefined;
  },
): Happening {
  const { noLog, instance } = task;
  const { checkMode } = instance.task;
  const result = noLog ? undefined : recorded(jsonOf(more.result ?? outcome.result));
  const failed = !goesOn(outcome.status) || outcome.status === 'ignored';
  const effect = failed ? (outcome.effect ?? outcome.progress?.effect) : undefined;
  return {
    type: `${context.kind}.finished`,
    host: context.host,
    play: context.play,
    task: referenceOf(task.instance, task.name),
    status: outcome.status,
    ...(more.delegate === undefined ? {} : { delegate: more.delegate }),
    ...(more.rescued ? { rescued: true } : {}),
    ...(checkMode === undefined || checkMode === context.check ? {} : { checkMode }),
    changes: changesOf(outcome.changes, { ...context, noLog, task, made: failed ? outcome.progress?.made : undefined }),
    ...(effect === undefined ? {} : { effect }),
    ...(outcome.failure ? { failure: failureOf(outcome.failure, noLog) } : {}),
    ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
    ...(outcome.message === undefined || noLog ? {} : { message: outcome.message }),
    ...(isMap(result) ? { result } : {}),
    ...(more.item === undefined ? {} : { item: itemLabel(more.item, noLog) }),
    ...(outcome.attempts > 1 ? { attempts: outcome.attempts } : {}),
    ...(outcome.reading === undefined ? {} : { readMs: Math.round(outcome.reading * 1000) }),
    ...(outcome.transferred ? { transferred: outcome.transferred } : {}),
    ms: Math.round(more.ms),
  };
}

/**
 * Changes as data. With `no_log` only that there is one; whole texts only where a diff is wanted, and values of settings
 * only where the task itself wants one.
 */
export function changesOf(
  changes: readonly Change[],
  how: {
    readonly diff: boolean;
    readonly noLog: boolean;
    readonly task: Pick<BoundTask, 'instance'>;
    readonly made?: readonly Made[] | undefined;
  },
): readonly ChangeData[] {
  const asked = how.task.instance.task.diff;
  const wanted = asked ?? how.diff;
  const shown = changes.map((change) => (asked === true ? { ...change, to: change.value ?? change.to } : change));
  return shown.map(({ op, what, from, to, diff }, index) => ({
    op,
    what: how.noLog ? HIDDEN : what,
    ...(from === undefined || how.noLog ? {} : { from }),
    ...(to === undefined || how.noLog ? {} : { to }),
    ...(diff === undefined || !wanted || how.noLog ? {} : { diff }),
    ...madeAt(how.made, index),
  }));
}

function madeAt(made: readonly Made[] | undefined, index: number): Pick<ChangeData, 'made'> {
  const one = made?.[index];
  return one === undefined ? {} : { made: one };
}

/** A Problem as it stands in events. */
export function failureOf(problem: Problem, noLog = false): FailureData {
  const { code, at } = problem;
  const quiet = noLog && !bearingOf(problem).plain;
  const { summary, detail, hint } = quiet ? hiddenProblem : problem;
  return {
    code,
    summary,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
  };
}

/** A value as plain JSON: secrets as their masks, what isn't known as its reason. */
export function jsonOf(value: Value): Json {
  if (value instanceof Secret) return value.toString();
  if (value instanceof Unknown) return `(known after apply: ${value.reason})`;
  if (value instanceof Float) return value.number;
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(jsonOf);
  return mapMembers(value, jsonOf);
}

/** The statuses after which a host goes on. */
export function goesOn(status: Status): boolean {
  return status !== 'failed' && status !== 'unreachable';
}
