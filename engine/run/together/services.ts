// What the hosts of a play share, by what it is for.
import type { Happening } from '../../event/event.ts';
import type { Play, Task } from '../../language/runbook/runbook.ts';
import type { Registry } from '../../module/registry.ts';
import type { Sources } from '../controller/sources.ts';
import type { HostStates } from '../host/hosts.ts';
import { Interrupted } from '../session/interrupted.ts';
import type { Semaphore } from '../session/semaphore.ts';
import type { Progress } from './progress.ts';
import type { SharedOutcome } from './run-once.ts';

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

/** What a person can be asked here: to go on (`ask`), and whether to perform a task (`step`). */
export type Attended = { readonly [of in keyof Person]-?: boolean };

/** What a person is asked on behalf of all hosts of a batch. */
export interface Question {
  readonly of: keyof Person;
  readonly text: string;
}

/** Who is told what happens. */
export interface Events {
  /** Resolves once the event is kept. */
  happen(happening: Happening): Promise<void>;
  /** Of how a host gets on with a play, besides events. */
  note(play: Play, host: string, progress: Progress): void;
}

/** Of the whole run. */
export interface RunServices {
  readonly run: RunIdentity;
  readonly events: Events;
  readonly person: Attended;
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
  /** Whether others may be at work on the hosts by now, by the clock of this moment; a signal may come later. */
  readonly isFenced?: () => boolean;
}

/** Where a turn is among all turns of a play: the hosts wait for each other by it. */
export type TurnOrder = readonly number[];

/** What the hosts of a batch do together, as each of them asks for it. Whoever waits here lets others run meanwhile. */
export interface Together {
  /** Hosts of the batch, in the play's order. */
  readonly batch: readonly string[];
  /** How many hosts the play is for, over all its batches. */
  readonly hosts: number;
  /** How often the hosts have changed something, all together: at least what those had whom a host has met. */
  readonly changes: number;
  changed(host: string, count: number): void;
  /** The host has come to the turn at `place`. */
  advance(host: string, place: TurnOrder): void;
  /** Resolves when every host that still runs has come as far. */
  meet(host: string, place: TurnOrder): Promise<void>;
  /** The host runs no more tasks: nobody waits for it. */
  leave(host: string): void;
  /** The outcome of a run_once task that was run already, in an earlier batch perhaps; undefined when it is still to run. */
  settled(host: string, key: string): Promise<SharedOutcome | undefined>;
  /** Says whether its condition holds, of hosts that have met at `place`; resolves with the one that runs it, if any does. */
  vote(host: string, key: string, place: TurnOrder, holds: boolean): Promise<string | undefined>;
  /** Called by the host that ran it. */
  settle(host: string, key: string, outcome: SharedOutcome): void;
  outcome(host: string, key: string): Promise<SharedOutcome>;
  /** Takes one of the places of a throttled task; true where somebody has changed something in it before. */
  enter(host: string, task: number, places: number): Promise<boolean>;
  exit(host: string, task: number, changed: boolean): void;
  /** Has a person asked, once for all hosts of the batch. */
  ask(host: string, key: string, question: Question): Promise<boolean>;
}

/** Why the play may end for all before its last task. */
export interface PlayEnd {
  /** `meta: end_play`: no host begins another task of the play. */
  end(host: string): void;
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

/** Called before every new message. @throws Interrupted once the run is to stop */
export function proceed({ stop, isFenced }: Pick<RunServices, 'stop' | 'isFenced'>): void {
  if (stop.aborted || isFenced?.()) throw new Interrupted();
}
