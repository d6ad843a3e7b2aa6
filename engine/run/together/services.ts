// What the hosts of a play share, by what it is for.
import type { Play, Task } from '../../language/runbook/runbook.ts';
import type { Registry } from '../../module/registry.ts';
import type { Sources } from '../controller/sources.ts';
import type { HostStates } from '../host/hosts.ts';
import { Interrupted } from '../session/interrupted.ts';
import type { Semaphore } from '../session/semaphore.ts';
import type { Barrier } from './barrier.ts';
import type { RunEvents } from './events.ts';
import type { RunOnce } from './run-once.ts';

/** Which run it is, and of what kind. */
export interface RunIdentity {
  readonly id: string;
  readonly check: boolean;
  readonly diff: boolean;
  /** Facts that the run asks of its hosts. */
  readonly facts: ReadonlySet<string>;
  /** Every runbook's part in the identity of its handlers. */
  readonly runbookKeys: ReadonlySet<string>;
  /** The line by which the hosts witness this run's entry in the record; undefined in a dry run. */
  readonly witness: string | undefined;
}

/** The person at the terminal, where there is one. */
export interface Person {
  /** False: the run is to end. */
  readonly ask?: ((prompt: string) => Promise<boolean>) | undefined;
  /** With --step: whether to perform the task of this title. */
  readonly step?: ((title: string) => Promise<boolean>) | undefined;
}

/** Of the whole run. */
export interface RunServices {
  readonly run: RunIdentity;
  readonly events: RunEvents;
  readonly person: Person;
  readonly registry: Registry;
  readonly sources: Sources;
  /** How many hosts are at work at a time. */
  readonly forks: Semaphore;
  /** Whoever tasks are delegated to. */
  readonly delegates: HostStates;
  /** Whether nothing is left to do on a host once this play has ended there. */
  readonly isLast: (play: Play, host: string) => boolean;
  /** Aborted by the first Ctrl-C, or with a ProblemError for a reason: the message in flight finishes, no new one is sent. */
  readonly stop: AbortSignal;
}

/** What the hosts of a batch do together. */
export interface Together {
  /** Hosts of the batch, in the play's order. */
  readonly batch: readonly string[];
  /** How many hosts the play is for, over all its batches. */
  readonly hosts: number;
  readonly barrier: Barrier;
  readonly once: RunOnce;
  /** How often the hosts have changed something, all together. */
  readonly changes: { total: number };
  /** What the person was asked on behalf of all hosts of the batch. */
  readonly asked: Map<string, Promise<boolean>>;
  /** The places of a throttled task. */
  throttle(task: number, places: number): Throttle;
}

/** Why the play may end for all before its last task. */
export interface PlayEnd {
  /** `meta: end_play`: no host begins another task of the play. */
  end(): void;
  readonly isEnded: () => boolean;
  /** The host has failed or is unreachable: one more, and the play may be stopped. */
  failed(host: string): void;
  /** More hosts have failed than may: the others finish what they have in hand. */
  readonly isStopped: () => boolean;
}

/** Of one play. */
export interface PlayServices extends RunServices {
  readonly play: Play;
  /** The runbook's part in a handler's identity. */
  readonly runbookKey: string;
  /** What tasks want that say the same on every host: bound once for all of them. */
  readonly wants: Map<Task, unknown>;
  readonly together: Together;
  readonly playEnd: PlayEnd;
}

/** A throttled task: who is in it, and whether anyone has changed anything in it. */
export interface Throttle {
  readonly semaphore: Semaphore;
  /** How many hosts have changed something in this task: what was read before the last of them is stale. */
  changes: number;
}

/** Called before every new message. @throws Interrupted once the run is to stop */
export function proceed({ stop }: Pick<RunServices, 'stop'>): void {
  if (stop.aborted) throw new Interrupted();
}
