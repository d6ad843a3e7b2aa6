// What is known of a run so far, gathered event by event. The screen and the report both read it.
import type {
  ChangeData,
  Effect,
  FailureData,
  HostTotals,
  PlayStopped,
  RunFinished,
  RunResumed,
  Status,
  TaskReference,
  Transferred,
  Transferring,
} from '../../event/event.ts';
import type { GivenOptions } from '../../event/given.ts';
import type { HostAccount, TaskCounts } from '../../event/host-account.ts';
import type { ChecklistSummary } from './checklist.ts';

/** A task's (or one item's, or a handler's) outcome on a host. */
export interface TaskOutcome {
  readonly play: string;
  readonly task: TaskReference;
  readonly handler: boolean;
  readonly item?: string;
  /** Who acted in the host's place. */
  readonly delegate?: string;
  readonly status: Status;
  /** Failed, and the runbook's `rescue` took care of it. */
  readonly rescued?: boolean;
  /** The task whose failure this one raises again: the reason was told with that. */
  readonly raises?: TaskReference;
  readonly changes: readonly ChangeData[];
  /** Of a failure: what it has left all the same. */
  readonly effect?: Effect;
  /** The task's own `check_mode`, where it isn't the run's. */
  readonly checkMode?: boolean;
  readonly failure?: FailureData;
  readonly reason?: string;
  readonly message?: string;
  readonly attempts?: number;
  /** What the host took to answer what was read for it. */
  readonly readMs?: number;
  /** What was sent or brought in pieces. */
  readonly transferred?: Transferred;
  readonly ms: number;
}

/** What a host is doing now. `since` is in milliseconds since the epoch. */
export interface Activity {
  readonly task: TaskReference;
  readonly applying: boolean;
  readonly since: number;
  /** What is on its way. */
  readonly transfer?: Transferring;
}

export interface HostSummary {
  readonly host: string;
  /** `stopped`: in the middle of a play that was stopped because of others. `untouched`: the play never began there. */
  phase: 'waiting' | 'running' | 'finished' | 'failed' | 'unreachable' | 'stopped' | 'interrupted' | 'untouched';
  address?: string;
  user?: string;
  hostKey?: { readonly type: string; readonly fingerprint: string };
  play?: string;
  current?: Activity;
  /** Tasks finished in the current play, and its tasks, handlers apart. */
  tasksDone: number;
  tasks: number;
  /** What its events say so far. */
  readonly account: HostAccount;
  /** The run's own totals, which come with its end. */
  final?: HostTotals;
  /** The same, or what is counted so far; `messages` is null until then. */
  readonly totals: TaskCounts & { readonly messages: number | null };
  /** Milliseconds since the epoch of the host's first and last sign; the first includes its login. */
  first?: number;
  last?: number;
  /** Everything but what was `ok` or skipped, and what `debug` said, in order. */
  readonly outcomes: TaskOutcome[];
  /** The status of every finished task, item and handler, by its name and place: the same in a dry run and a run. */
  readonly statuses: Map<string, Status>;
  /** Their keys, by the place of their play among the run's plays; and the place of the play that the host is in. */
  readonly played: Map<number, string[]>;
  number: number;
  /** Those of tasks that have changed something before their play began again: what comes of them now is no news. */
  readonly again: Set<string>;
  /** The loop whose items are coming in: their statuses so far. */
  readonly loop: Set<Status>;
  /** Why the host left the run, where no task's failure says it. */
  failure?: FailureData;
  recovered?: { readonly handlers: readonly string[]; readonly staleLock: string | null };
}

export interface PlaySummary {
  readonly play: string;
  readonly hosts: readonly string[];
  readonly tasks: number;
}

export interface RunSummary {
  run: string;
  check: boolean;
  operator: string;
  version: string;
  runbooks: readonly string[];
  inventory: readonly string[];
  /** What the command line said. */
  given: GivenOptions;
  /** Who has gone on with it after it had died, and when, in milliseconds since the epoch. */
  readonly resumed: (Pick<RunResumed, 'operator' | 'version' | 'inFlight'> & { readonly at: number })[];
  status: 'running' | 'ok' | 'failed' | 'interrupted';
  started?: number;
  ms?: number;
  checklist: ChecklistSummary;
  readonly plays: PlaySummary[];
  /** Who acted only because tasks were delegated there, with the messages sent. */
  delegates: RunFinished['delegates'];
  /** In the order of the inventory. */
  readonly hosts: Map<string, HostSummary>;
  /** Plays that were stopped because too many hosts had failed. */
  readonly stops: PlayStopped[];
  readonly warnings: { readonly host: string | null; readonly problem: FailureData }[];
}

/** A summary of nothing yet. */
export function newSummary(): RunSummary {
  return {
    run: '',
    check: false,
    operator: '',
    version: '',
    runbooks: [],
    inventory: [],
    given: {},
    resumed: [],
    status: 'running',
    checklist: [],
    plays: [],
    delegates: undefined,
    hosts: new Map(),
    stops: [],
    warnings: [],
  };
}
