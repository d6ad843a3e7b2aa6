// Everything that happens in a run, as data. Emitted once, redacted once, then journaled, shown and reported.
import type { Problem } from '../language/problem/problem.ts';
import type { GivenOptions } from './given.ts';
import type { HostTotals } from './totals.ts';

export type { HostOutcome, HostTotals } from './totals.ts';

/** The outcome of a task on a host; the same words in a dry run. */
export type Status = 'ok' | 'changed' | 'unknown' | 'skipped' | 'failed' | 'unreachable' | 'ignored';

/** Plain JSON: what an event may hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Of every event: the run's id and whether it is a dry run. The journal adds number, time and digest. */
interface Common {
  readonly run: string;
  readonly check: boolean;
}

export interface TaskReference {
  readonly name: string;
  readonly module: string;
  readonly file: string;
  readonly line: number;
}

/** A failure as it stands in events: a Problem whose position is file, line, column and the source line. */
export type FailureData = Pick<Problem, 'code' | 'summary' | 'detail' | 'hint' | 'at'>;

/**
 * How far one change of a task that failed came. `done`: all its steps were. `partly`: some were. `put back`: some were,
 * and what they had done was taken back. `failed`: its first step failed, whatever that did. `not begun`. `not known`: it
 * was under way when the connection broke or its time was over.
 */
export type Made = 'done' | 'partly' | 'put back' | 'failed' | 'not begun' | 'not known';

export interface ChangeData {
  readonly op: '+' | '~' | '-' | '!';
  readonly what: string;
  readonly from?: string;
  readonly to?: string;
  /** Whole texts, only with `--diff` and never of secret content. */
  readonly diff?: { readonly before: string; readonly after: string };
  /** Only of a task that failed once its steps were sent. */
  readonly made?: Made;
}

/**
 * What a task that failed has left on the host: `half-way`, something it changed is there; `in flight`, it was sent or
 * under way, and nobody knows whether it changed something.
 */
export type Effect = 'half-way' | 'in flight';

/**
 * A step about to be sent: a script's text, a file's path with the digest of its content (none when secret), or a file
 * that comes from the host.
 */
export type StepData =
  | { readonly run: string }
  | { readonly write: string; readonly sha256: string | null; readonly size: number; readonly mode: string | null }
  | { readonly receive: string; readonly to: string; readonly sha256: string; readonly size: number };

export type ChecklistMark = ' ' | '-' | 'x' | '!';

export interface RunStarted extends Common, GivenOptions {
  readonly type: 'run.started';
  readonly operator: string;
  readonly version: string;
  readonly runbooks: readonly string[];
  readonly inventory: readonly string[];
  readonly hosts: readonly string[];
  /** The checklist's lines, in the order of the runbook. */
  readonly checklist: readonly string[];
}
/** A run that died goes on, in another process. What hosts weren't through with begins there again. */
export interface RunResumed extends Common {
  readonly type: 'run.resumed';
  readonly operator: string;
  readonly version: string;
  /** What had been sent to hosts when the run died, and has no outcome in its journal; `at` is file:line. */
  readonly inFlight: readonly {
    readonly host: string;
    readonly task: string;
    readonly at: string;
    readonly item?: string;
  }[];
}
export interface PlayStarted extends Common {
  readonly type: 'play.started';
  readonly play: string;
  /** Its place among the run's plays, from 1. */
  readonly number: number;
  /** In their order; of a play that is gone on with, those that still have to come through it. */
  readonly hosts: readonly string[];
  /** Tasks in the play, handlers apart: for a progress figure. */
  readonly tasks: number;
}
export interface HostConnected extends Common {
  readonly type: 'host.connected';
  readonly host: string;
  readonly address: string;
  readonly user: string;
  readonly hostKey: { readonly type: string; readonly fingerprint: string } | null;
  /** What the run before this one left there of its record, whoever ran it. */
  readonly witness: string | null;
  /** No play runs there: tasks are delegated to it. */
  readonly delegate?: true;
  readonly ms: number;
}
/** What an earlier, interrupted run left on the host: handlers that this run will run. */
export interface HostRecovered extends Common {
  readonly type: 'host.recovered';
  readonly host: string;
  readonly handlers: readonly string[];
  /** The run whose lock was found stale and taken over. */
  readonly staleLock: string | null;
}
/** Whoever was at work on the host is gone: another begins the play there again. What was done before counts; what was read is read again. */
export interface HostRestarted extends Common {
  readonly type: 'host.restarted';
  readonly host: string;
  readonly play: string;
}
export interface TaskStarted extends Common {
  readonly type: 'task.started';
  readonly host: string;
  readonly play: string;
  readonly task: TaskReference;
}
/** Emitted and on disk before a message with these steps is sent. */
export interface TaskApplying extends Common {
  readonly type: 'task.applying' | 'handler.applying';
  readonly host: string;
  readonly play: string;
  readonly task: TaskReference;
  readonly item?: string;
  /** The host that acts instead of `host`. */
  readonly delegate?: string;
  readonly changes: readonly ChangeData[];
  readonly steps: readonly StepData[];
}
/** Bytes that went over a channel of their own, to the host or from it, and the time that they took. */
export interface Transferred {
  readonly bytes: number;
  readonly ms: number;
}
/** The same while they are on their way: so much `of` so many bytes. */
export interface Transferring extends Transferred {
  readonly of: number;
}
/** Once a second while a large file or a tree is on its way. */
export interface TaskTransferring extends Common, Transferring {
  readonly type: 'task.transferring';
  readonly host: string;
  readonly play: string;
  readonly task: TaskReference;
  readonly item?: string;
}
/** The steps of an event before were to go behind others in their message, of which one failed: nothing of them was begun. */
export interface TaskWithdrawn extends Common {
  readonly type: 'task.withdrawn';
  readonly host: string;
  readonly play: string;
  readonly task: TaskReference;
  readonly item?: string;
}
export interface TaskFinished extends Common {
  readonly type: 'task.finished' | 'handler.finished';
  readonly host: string;
  readonly play: string;
  readonly task: TaskReference;
  readonly status: Status;
  /** The host that acted instead of `host`; with a loop, where it was one for all items. */
  readonly delegate?: string;
  /** `failed`, and the block around it has a `rescue`: the host goes on. */
  readonly rescued?: boolean;
  readonly changes: readonly ChangeData[];
  readonly effect?: Effect;
  readonly failure?: FailureData;
  /** Why it was skipped, or why it is unknown. */
  readonly reason?: string;
  /** What `debug` says. */
  readonly message?: string;
  /** What `register` sees; left out with `no_log`. */
  readonly result?: { readonly [key: string]: Json };
  /** The label of a loop's item; with a loop there is one event an item and one for the task, without it. */
  readonly item?: string;
  /** The task's own `check_mode`, where it isn't the run's: `false` acted in a dry run, `true` only foresaw in a run. */
  readonly checkMode?: boolean;
  readonly attempts?: number;
  /** What the host took to answer what was read for it, in ms: the last time that it was. Neighbours of one script have it at the first of them. */
  readonly readMs?: number;
  /** What was sent or brought in pieces. */
  readonly transferred?: Transferred;
  readonly ms: number;
}
/** The host has come through the play, handlers included. */
export interface HostThrough extends Common {
  readonly type: 'host.through';
  readonly host: string;
  readonly play: string;
  /** The runbook ended the play there (`meta`). */
  readonly ended?: true;
  /** Lines of the checklist of which tasks were left out there. */
  readonly missed?: readonly string[];
}
export interface HostFailed extends Common {
  readonly type: 'host.failed';
  readonly host: string;
  readonly unreachable: boolean;
  readonly failure: FailureData;
}
export interface ChecklistChanged extends Common {
  readonly type: 'checklist.changed';
  readonly line: string;
  readonly mark: ChecklistMark;
  /** `null` is the run as a whole; else the mark of one host. */
  readonly host: string | null;
  /** With `host` null: the hosts that should do it, as far as is known: those on which nothing of it is wanted left out. */
  readonly of?: number;
}
export interface Warning extends Common {
  readonly type: 'warning';
  readonly host: string | null;
  readonly problem: FailureData;
}
/** With `serial`: the next hosts begin the play. */
export interface BatchStarted extends Common {
  readonly type: 'batch.started';
  readonly play: string;
  /** From 1. */
  readonly batch: number;
  readonly batches: number;
  readonly hosts: readonly string[];
}
/** More hosts failed than may. What was in hand was finished; no later play begins. */
export interface PlayStopped extends Common {
  readonly type: 'play.stopped';
  readonly play: string;
  /** The share of a batch's hosts, in percent, that was allowed to fail. */
  readonly allowed: number;
  readonly failed: readonly string[];
  /** Hosts that stopped behind the task that they had in hand. */
  readonly stopped: readonly string[];
  /** Hosts on which the play never began: nothing was changed there by it. */
  readonly untouched: readonly string[];
}
export interface PlayFinished extends Common {
  readonly type: 'play.finished';
  readonly play: string;
}
export interface RunFinished extends Common {
  readonly type: 'run.finished';
  readonly status: 'ok' | 'failed' | 'interrupted';
  readonly hosts: { readonly [host: string]: HostTotals };
  /** Who acted only because tasks were delegated there, with what was sent, counted as for hosts. */
  readonly delegates?: { readonly [host: string]: { readonly messages: number } };
  readonly ms: number;
}

export type Event =
  | RunStarted
  | RunResumed
  | PlayStarted
  | HostConnected
  | HostRecovered
  | HostRestarted
  | TaskStarted
  | TaskApplying
  | TaskTransferring
  | TaskWithdrawn
  | TaskFinished
  | HostThrough
  | HostFailed
  | ChecklistChanged
  | Warning
  | BatchStarted
  | PlayStopped
  | PlayFinished
  | RunFinished;

/** An event without what all events of a run have in common. */
export type Happening = Event extends infer E ? (E extends Event ? Omit<E, 'run' | 'check'> : never) : never;

/** Resolves once the event is redacted and journaled (with `durable`, synced to disk), and handed to the views. */
export type Emit = (event: Event) => Promise<void>;
