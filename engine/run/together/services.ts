// What the hosts of a play share: how they meet, what they may know of each other, where their events go.
import type { Emit, Event, Happening } from '../../event/event.ts';
import type { Play } from '../../language/runbook/runbook.ts';
import type { Registry } from '../../module/registry.ts';
import type { Sources } from '../controller/sources.ts';
import type { HostStates } from '../host/hosts.ts';
import { Interrupted } from '../session/interrupted.ts';
import type { Semaphore } from '../session/semaphore.ts';
import type { Account } from './account.ts';
import type { Meeting } from './barrier.ts';
import type { Once } from './run-once.ts';

/** Of the whole run. */
export interface RunServices {
  readonly run: string;
  readonly check: boolean;
  readonly diff: boolean;
  readonly registry: Registry;
  readonly sources: Sources;
  readonly emit: Emit;
  readonly forks: Semaphore;
  /** What became of every host's tasks. */
  readonly account: Account;
  /** Whoever tasks are delegated to. */
  readonly delegates: HostStates;
  /** Facts that the run asks of its hosts. */
  readonly facts: ReadonlySet<string>;
  /** Every runbook's part in the identity of its handlers. */
  readonly runbookKeys: ReadonlySet<string>;
  /** The line by which the hosts witness this run's entry in the record; undefined in a dry run. */
  readonly witness: string | undefined;
  /** Asks the person at the terminal; false: the run is to end. Undefined where there is no terminal. */
  readonly ask?: ((prompt: string) => Promise<boolean>) | undefined;
  /** With --step: asks the person whether to perform the task of this title. */
  readonly step?: ((title: string) => Promise<boolean>) | undefined;
  /** Aborted by the first Ctrl-C, or with a ProblemError for a reason: the message in flight finishes, no new one is sent. */
  readonly stop: AbortSignal;
}

/** Of one play. */
export interface PlayServices extends RunServices {
  readonly play: Play;
  /** The runbook's part in a handler's identity. */
  readonly runbookKey: string;
  readonly meeting: Meeting;
  readonly once: Once;
  /** How often the hosts have changed something, all together. */
  readonly changes: { total: number };
  /** How many hosts the play is for, over all its batches. */
  readonly hosts: number;
  /** Hosts of the batch, in the play's order. */
  readonly batch: readonly string[];
  /** What the person was asked on behalf of all hosts of the batch. */
  readonly asked: Map<string, Promise<boolean>>;
  /** `meta: end_play`: no host begins another task of the play. */
  endPlay(): void;
  readonly ended: () => boolean;
  /** The host has failed or is unreachable: one more, and the play may be stopped. */
  failed(host: string): void;
  /** More hosts have failed than may: the others finish what they have in hand. */
  readonly stopped: () => boolean;
  /** The semaphore of a throttled task. */
  throttle(task: number, places: number): Throttle;
}

/** A throttled task: who is in it, and whether anyone has changed anything in it. */
export interface Throttle {
  readonly semaphore: Semaphore;
  /** How many hosts have changed something in this task: what was read before the last of them is stale. */
  changes: number;
}

/** Emits with the run's own fields filled in. */
export function happen(services: RunServices, happening: Happening): Promise<void> {
  // Steps aren't sent unless the event that names them is kept; what was done was done, be it that nobody can write it down.
  if (happening.type.endsWith('.applying'))
    return emitted(services, happening).then(() => services.account.see(happening));
  services.account.see(happening);
  return emitted(services, happening);
}

function emitted(services: RunServices, happening: Happening): Promise<void> {
  // A Happening is an Event less these two fields; TypeScript can't join them again member by member.
  return services.emit({ ...happening, run: services.run, check: services.check } as Event);
}

/** Called before every new message. */
export function proceed(services: RunServices): void {
  if (services.stop.aborted) throw new Interrupted();
}
