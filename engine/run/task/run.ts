// One item of a task on one host, from what was read to what became of it. Dry run and run are this one path: a dry
// run stops before the first write.
import type { Transferred } from '../../event/event.ts';
import type { Position } from '../../language/problem/position.ts';
import { bearingOf, type Problem } from '../../language/problem/problem.ts';
import { cutFields } from '../../language/value/truncated.ts';
import { Unknown, type ValueMap } from '../../language/value/value.ts';
import { type Change, type Failure, Missing, type Output, type Plan, type Wait } from '../../module/index.ts';
import type { BoundItem, BoundTask, ReadyItem } from '../list/bound.ts';
import { type ProbeReading, stateOf } from '../message/probes.ts';
import type { Foresight } from '../predict/prediction.ts';
import type { Things } from '../predict/things.ts';
import { Interrupted } from '../session/interrupted.ts';
import { isInterruption } from './broken-off.ts';
import { madeBut, type Progress } from './made.ts';
import { failureProblem, type Outcome, problemOf } from './outcome.ts';
import { doubtOf, type Planned, planOf } from './planned.ts';

/** What running an item asks of its host. */
export interface Executor {
  /** The pending changes where the item acts. */
  prediction(item: BoundItem): Foresight;
  /** What the item is about. */
  things(task: BoundTask, item: BoundItem): Things;
  /** What the probe of the item says, from the look-ahead or a new message; undefined when it reads nothing. */
  read(task: BoundTask, item: ReadyItem): Promise<ProbeReading | undefined>;
  /**
   * Sends the steps and the item's probe as one message, and the changes of its neighbours with it. With `rejoin` they end
   * the connection, which is made again.
   */
  apply(planned: Planned): Promise<Applied>;
  /** What was made of the item's changes in the message of another one, once. */
  takeMade(item: BoundItem): Made | undefined;
  /** Waits, and reads again what the wait was for; undefined where it wasn't for anything on the host. */
  wait(task: BoundTask, item: ReadyItem, wait: Wait): Promise<ProbeReading | undefined>;
  /** Why a connection to where the item acts can't end and be made again. */
  cannotRejoin(item: BoundItem): Failure | undefined;
}

/** What came back from a message with steps. */
export interface Applied {
  readonly outputs: readonly Output[];
  readonly failure: Problem | undefined;
  readonly reading: ProbeReading | undefined;
  /** How far the changes came, where that is as the steps' answers say. */
  readonly progress: Progress;
  readonly transferred?: Transferred | undefined;
  /** The connection broke in the middle and was made again: nobody knows how far the message came. */
  readonly lost?: Problem;
}

/** What was planned for an item and came back, in a message that was sent for a neighbour before it. */
export interface Made {
  readonly plan: Plan;
  readonly applied: Applied;
}

/** An item that is to be done, and who does it. */
interface Work {
  readonly task: BoundTask;
  readonly item: ReadyItem;
  readonly executor: Executor;
  readonly at: Position;
}

/** Runs one item once. Never throws for what the host or the module does: that is a failure. */
export async function runItem(task: BoundTask, item: BoundItem, executor: Executor): Promise<Outcome> {
  const { at } = task.instance.task;
  if (item.condition === false) return outcome('skipped', { reason: 'its condition is false' });
  if (item.condition instanceof Unknown) return unknownOutcome(item.condition.reason);
  if (!item.ready) throw new Error('what is to be done is bound');
  let reading: ProbeReading | undefined;
  try {
    const made = executor.takeMade(item);
    if (made) return judged(item, made.plan, made.applied, at);
    reading = await executor.read(task, item);
    return { ...(await planAndApply({ task, item, executor, at }, reading)), ...timeOf(reading) };
  } catch (error) {
    if (isInterruption(error)) throw new Interrupted();
    return failed(item, problemOf(error, at, item.module.name), timeOf(reading));
  }
}

/** Of neighbours that share a script the first tells how long it took. */
function timeOf(reading: ProbeReading | undefined): Pick<Outcome, 'reading'> {
  return reading?.index === 0 ? { reading: reading.seconds } : {};
}

/** A delegate that isn't reached is a failure of the task: the host itself is there. */
function failed({ place }: BoundItem, failure: Problem, rest: Partial<Outcome> = {}): Outcome {
  const unreachable = bearingOf(failure).away === true && place.delegate === undefined;
  return outcome(unreachable ? 'unreachable' : 'failed', { ...rest, failure });
}

async function planAndApply(work: Work, reading: ProbeReading | undefined): Promise<Outcome> {
  const { task, item, executor, at } = work;
  const prediction = executor.prediction(item);
  const plan = planOf(item, reading, prediction);
  if (plan instanceof Missing) {
    const { pending } = prediction;
    return pending ? unknownOutcome(lacks(plan)) : outcome('failed', { failure: missingProblem(plan, at) });
  }
  const refusal = plan.rejoin && executor.cannotRejoin(item);
  if (refusal) return outcome('failed', { ...fields(plan), failure: failureProblem(refusal, at) });
  if (plan.wait && !task.check && !(plan.failure && prediction.pending)) return waited(plan, plan.wait, work);
  if (plan.failure) return failedPlan(plan, plan.failure, work);
  if (plan.changes.length === 0 && plan.doubt !== undefined && prediction.pending) return unknownOutcome(plan.doubt);
  const doubt = prediction.pending ? whyUnsure(plan, work) : undefined;
  if (doubt !== undefined) return unknownOutcome(doubt);
  if (plan.wait) return outcome('ok', { ...fields(plan), message: 'a dry run does not wait' });
  if (plan.changes.length === 0) return outcome('ok', fields(plan));
  if (task.check && plan.foretold?.failure && !prediction.pending)
    return failedPlan(plan.foretold, plan.foretold.failure, work);
  if (task.check) return pendingOutcome(plan, work);
  return judged(item, plan, await executor.apply({ task, item, plan }), at);
}

/** Waits for what the plan says, and judges by what is there then. */
async function waited(plan: Plan, wait: Wait, { task, item, executor, at }: Work): Promise<Outcome> {
  const reading = await executor.wait(task, item, wait);
  if (wait.kind !== 'host') return outcome('ok', fields(plan));
  const have = stateOf(item, reading);
  if (have instanceof Missing) return outcome('failed', { failure: missingProblem(have, at) });
  const now = item.module.plan(have, item.want);
  if (now.failure) return outcome('failed', { ...fields(now), failure: failureProblem(wait.otherwise, at) });
  return outcome('ok', fields(now));
}

/** Acts, which need no reason; a file is fetched only where it differs. */
function actsAnyway(changes: readonly Change[]): boolean {
  return changes.length > 0 && changes.every(({ op, steps }) => op === '!' && !steps.some((step) => 'receive' in step));
}

/** Why pending changes, or what nobody can tell, may make the plan another one. What acts each time does so anyway. */
function whyUnsure(plan: Plan, { task, item, executor }: Work): string | undefined {
  if (!item.module.command && actsAnyway(plan.changes)) return undefined;
  return doubtOf({ task, item, plan }, executor.things(task, item), executor.prediction(item));
}

/** What can't be, as the host is now, may well be after the changes that are pending: whatever is in the way may go. */
function failedPlan(
  plan: Partial<Plan>,
  failure: NonNullable<Plan['failure']>,
  { task, item, executor, at }: Work,
): Outcome {
  const isRead = item.module.check || task.instance.task.readOnly || item.module.reads(item.want);
  if (isRead && executor.prediction(item).pending) return unknownOutcome(`${failure.summary}, but changes are pending`);
  return outcome('failed', { ...fields(plan), failure: failureProblem(failure, at) });
}

/** A dry run's change: nothing is sent; what it would make is remembered. */
function pendingOutcome(plan: Plan, { task, item, executor }: Work): Outcome {
  // With ‹check_mode: true› a run leaves it undone, too.
  if (task.instance.task.checkMode !== true) {
    const { changes: about } = executor.things(task, item);
    const prediction = executor.prediction(item);
    prediction.add(plan.changes, task.provides, { about, foresees: item.module.foresees });
    if (item.module.command) prediction.doubt(about, `‹${task.name}› may change it`);
  }
  const acts = plan.after !== undefined;
  const after = new Unknown('apply', `the outcome of ‹${task.name}›`);
  const given = fields(plan);
  const result: ValueMap = { ...given.result, ...(acts ? { rc: after, stdout: after, stderr: after } : {}) };
  return outcome('changed', { ...given, changes: plan.changes, result });
}

/** With what went over the wire for it, however it ended. */
function judged(item: ReadyItem, plan: Plan, done: Applied, at: Position): Outcome {
  const { transferred } = done;
  return { ...applied(item, plan, done, at), ...(transferred ? { transferred } : {}) };
}

/** Judges a change by what its steps said and by what the host says now. */
function applied(item: ReadyItem, plan: Plan, done: Applied, at: Position): Outcome {
  const { changes } = plan;
  const { outputs, progress } = done;
  const last = outputs.at(-1);
  const printed: ValueMap = last
    ? { rc: last.status, stdout: last.stdout, stderr: last.stderr, ...cutFields(last.cut) }
    : {};
  if (done.failure) return failed(item, done.failure, { changes, progress, result: printed });
  const verdict = plan.after?.(outputs);
  const read = stateOf(item, done.reading);
  const have = read instanceof Missing && read.without ? read.without.state : read;
  // What has said how it went may have taken away what it needed: a directory that a command removes with itself.
  const isJudged = done.reading === undefined || (have instanceof Missing && verdict !== undefined);
  if (have instanceof Missing && !isJudged) return failed(item, missingProblem(have, at), { changes, progress });
  const now = isJudged ? plan : item.module.plan(have, item.want);
  const result = { ...(plan.after ? printed : {}), ...now.result, ...plan.past, ...verdict?.result };
  const failure = verdict?.failure ?? now.failure;
  if (failure) return failed(item, failureProblem(failure, at), { changes, progress, result });
  const left = isJudged ? [] : now.changes.filter(({ op }) => op !== '!');
  if (left.length > 0 && done.lost) {
    return failed(item, done.lost, { changes, result, progress: madeBut(changes, left, 'not begun') });
  }
  if (left.length > 0) {
    const problem = notConverged(left, item.module.name, at);
    return failed(item, problem, { changes, result, progress: madeBut(changes, left, 'failed') });
  }
  return outcome('changed', { ...fields(plan), changes, result, progress: madeBut(changes, [], 'failed') });
}

function outcome(status: Outcome['status'], rest: Partial<Outcome>): Outcome {
  return { changes: [], result: {}, attempts: 1, ...rest, status };
}

function unknownOutcome(reason: string): Outcome {
  return outcome('unknown', { reason });
}

function fields(plan: Partial<Plan>): Partial<Outcome> {
  return {
    result: { ...plan.result, ...plan.past },
    ...(plan.message === undefined ? {} : { message: plan.message }),
    ...(plan.directive === undefined ? {} : { directive: plan.directive }),
  };
}

const lacks = (missing: Missing<unknown>) => {
  const needs = missing.needs.map((need) => need.replace(':', ' ')).join(' and ');
  return `${missing.without ? 'it depends on' : 'it needs'} ${needs}, which a pending change may make`;
};

function missingProblem(missing: Missing<unknown>, at: Position): Problem {
  if (missing.failure) return failureProblem(missing.failure, at);
  const names = missing.needs.map((need) => need.replace(':', ' '));
  return {
    code: 'missing-resource',
    summary: `the host has no ${names.join(' and no ')}`,
    detail: `The task needs ${names.join(' and ')}, and no task before it makes ${names.length > 1 ? 'them' : 'it'}.`,
    hint: `Make it in an earlier task; where a package or a command makes it by itself, say so there, so that a dry run knows:\n  provides: [${missing.needs.join(', ')}]`,
    at,
  };
}

function notConverged(left: readonly Change[], module: string, at: Position): Problem {
  const lines = left.map(({ op, what, from, to }) => {
    const difference = from === undefined && to === undefined ? '' : ` (${from ?? '–'} → ${to ?? '–'})`;
    return `  ${op} ${what}${difference}`;
  });
  return {
    code: 'not-converged',
    summary: 'the change was made, and yet the host is not as it should be',
    detail: `Read again after its steps, the host still lacks:\n${lines.join('\n')}`,
    hint: `Something else on the host may undo it; otherwise this is a bug in the module ‹${module}›.`,
    at,
  };
}
