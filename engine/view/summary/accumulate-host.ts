// The events of one host taken into its summary.
import type { Event, FailureData, TaskFinished } from '../../event/event.ts';
import { failureKey } from './failure.ts';
import type { HostSummary, TaskOutcome } from './summary.ts';

export type HostEvent = Extract<Event, { host: string }>;

/** Takes an event of `host` into its summary, in place; `at` is in milliseconds since the epoch. */
export function accumulateHost(host: HostSummary, event: HostEvent, at: number): TaskOutcome | undefined {
  sign(host, event, at);
  host.account.see(event);
  switch (event.type) {
    case 'host.connected':
      host.address = event.address;
      host.user = event.user;
      if (event.hostKey) host.hostKey = event.hostKey;
      return;
    case 'host.recovered':
      host.recovered = { handlers: event.handlers, staleLock: event.staleLock };
      return;
    case 'host.restarted':
      restart(host, event.play);
      return;
    case 'host.failed':
      host.phase = event.unreachable ? 'unreachable' : 'failed';
      if (!saidAlready(host, event.failure)) host.failure = event.failure;
      delete host.current;
      return;
    case 'task.started':
      host.phase = 'running';
      host.current = { task: event.task, applying: false, since: at };
      return;
    case 'task.applying':
    case 'handler.applying':
      host.current = { task: event.task, applying: true, since: host.current?.since ?? at };
      return;
    case 'task.transferring':
      host.current = { ...(host.current ?? { task: event.task, applying: true, since: at }), transfer: event };
      return;
    case 'task.withdrawn':
    case 'host.through':
      return;
    case 'task.finished':
    case 'handler.finished':
      return finished(host, event);
  }
}

/** What was changed in the play stays told; all else of it is told again. */
function restart(host: HostSummary, play: string): void {
  const kept = host.outcomes.filter((outcome) => outcome.play !== play || outcome.changes.length > 0);
  host.outcomes.splice(0, host.outcomes.length, ...kept);
  host.again.clear();
  const keys = host.played.get(host.number) ?? [];
  for (const key of keys) {
    if (host.statuses.get(key) === 'changed') host.again.add(key);
    else host.statuses.delete(key);
  }
  host.played.set(host.number, [...host.again]);
  host.tasksDone = 0;
  host.loop.clear();
  delete host.current;
}

function finished(host: HostSummary, event: TaskFinished): TaskOutcome | undefined {
  note(host, event);
  const looped = event.item === undefined && host.loop.size > 0;
  const outcome = isWorthKeeping(host, event) ? outcomeOf(event, looped, host.outcomes) : undefined;
  if (outcome) host.outcomes.push(outcome);
  if (event.item !== undefined) {
    host.loop.add(event.status);
    return outcome;
  }
  host.loop.clear();
  delete host.current;
  if (event.type === 'task.finished') host.tasksDone++;
  const { rescued = false } = event;
  if ((event.status === 'failed' && !rescued) || event.status === 'unreachable') host.phase = event.status;
  return outcome;
}

/** Whether a reader has to know: not what was ok, not what a loop's items said already. */
function isWorthKeeping(host: HostSummary, event: TaskFinished): boolean {
  if (event.message !== undefined) return true;
  if (event.status === 'ok' || event.status === 'skipped') return false;
  return event.item !== undefined || !host.loop.has(event.status);
}

function outcomeOf(event: TaskFinished, looped: boolean, before: readonly TaskOutcome[]): TaskOutcome {
  const { play, task, status, ms } = event;
  const raises = raisedAgain(event, before);
  return {
    ...{ play, task, status, ms },
    handler: event.type === 'handler.finished',
    changes: looped ? [] : event.changes,
    ...(event.rescued ? { rescued: true } : {}),
    ...(raises === undefined ? {} : { raises }),
    ...(event.item === undefined ? {} : { item: event.item }),
    ...(event.delegate === undefined ? {} : { delegate: event.delegate }),
    ...(event.effect === undefined ? {} : { effect: event.effect }),
    ...(event.checkMode === undefined ? {} : { checkMode: event.checkMode }),
    ...(event.failure === undefined ? {} : { failure: event.failure }),
    ...(event.reason === undefined ? {} : { reason: event.reason }),
    ...(event.message === undefined ? {} : { message: event.message }),
    ...(event.attempts === undefined ? {} : { attempts: event.attempts }),
    ...(event.readMs === undefined ? {} : { readMs: event.readMs }),
    ...(event.transferred === undefined ? {} : { transferred: event.transferred }),
  };
}

/** A bare `fail` in a rescue has the failure of a task before it, place and all. */
function raisedAgain({ task, failure }: TaskFinished, before: readonly TaskOutcome[]): TaskOutcome['raises'] {
  if (failure === undefined) return undefined;
  const key = failureKey(failure);
  const first = before.find((outcome) => outcome.failure !== undefined && failureKey(outcome.failure) === key)?.task;
  return first && (first.file !== task.file || first.line !== task.line) ? first : undefined;
}

/** Name, item and place; a task that comes again (included twice) is told apart by how often it came. */
function note(host: HostSummary, { task, item, status }: TaskFinished): void {
  const key = `${task.name}${item === undefined ? '' : ` (item: ${item})`}, ${task.file}:${task.line}`;
  let fresh = key;
  for (let time = 2; host.statuses.has(fresh); time++) {
    if (host.again.delete(fresh)) return;
    fresh = `${key}, time ${time}`;
  }
  host.statuses.set(fresh, status);
  const keys = host.played.get(host.number) ?? [];
  keys.push(fresh);
  host.played.set(host.number, keys);
}

/** Notes that the host gave a sign. */
function sign(host: HostSummary, event: HostEvent, at: number): void {
  host.first ??= event.type === 'host.connected' ? at - event.ms : at;
  host.last = at;
  if (host.phase === 'waiting' || host.phase === 'finished') host.phase = 'running';
}

/** Whether the host's last task failed with this very failure. */
function saidAlready(host: HostSummary, failure: FailureData): boolean {
  const said = host.outcomes.at(-1)?.failure;
  return said !== undefined && failureKey(said) === failureKey(failure);
}
