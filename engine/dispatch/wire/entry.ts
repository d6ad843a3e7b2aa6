// What passes between the coordinator of a run and its workers, as types: units of work, what hosts' logs hold, questions and
// answers. All of it is data that is packed and encrypted on its way.
import type { Happening } from '../../event/event.ts';
import type { Value } from '../../language/value/value.ts';
import type { HostOutcome } from '../../run/play/run-host.ts';
import type { PredictionInput } from '../../run/predict/prediction.ts';
import type { Progress } from '../../run/together/progress.ts';
import type { SharedOutcome } from '../../run/together/run-once.ts';
import type { Question as Asking, TurnOrder } from '../../run/together/services.ts';

/** What a host carries from play to play, and from worker to worker. */
export interface Carried {
  /** `register` and `set-fact`. */
  readonly learned: ReadonlyMap<string, Value>;
  /** Messages that changed something, or may have. */
  readonly changes: number;
  readonly witnessed: boolean;
  /** What a dry run foresees there. */
  readonly pending: readonly PredictionInput[];
}

/** Some hosts of one batch of a play, for one worker. */
export interface Unit {
  /** The name of the run's bundle among the broker's objects. */
  readonly bundle: string;
  readonly run: string;
  /** Its number in the run, from 1: that of a later unit is higher. */
  readonly id: number;
  /** The play's place among all plays of the run, from 0. */
  readonly play: number;
  /** All hosts of the batch, of which others may be in other units. */
  readonly batch: readonly string[];
  /** How many hosts the play is for, over all its batches. */
  readonly all: number;
  /** How often the play's hosts had changed something by then, all together. */
  readonly changes: number;
  /** The line by which the hosts witness the run's entry in the record; undefined in a dry run. */
  readonly witness: string | undefined;
  readonly hosts: ReadonlyMap<string, Carried>;
}

/** What a worker writes into the log of one host. A question is answered apart, by its number in the attempt. */
export type Entry =
  | { readonly is: 'begun'; readonly unit: number; readonly worker: string }
  | { readonly is: 'event'; readonly event: Happening }
  | { readonly is: 'progress'; readonly progress: Progress }
  | { readonly is: 'changed'; readonly count: number }
  | { readonly is: 'place'; readonly place: TurnOrder }
  | { readonly is: 'failed' }
  | { readonly is: 'play ended' }
  | { readonly is: 'settled'; readonly key: string; readonly outcome: SharedOutcome }
  | { readonly is: 'out'; readonly task: number; readonly changed: boolean }
  | { readonly is: 'question'; readonly number: number; readonly question: Question }
  | {
      readonly is: 'done';
      readonly outcome: HostOutcome;
      /** It takes no part in the plays after. */
      readonly out: boolean;
      /** What was sent to it, as `HostTotals.messages`. */
      readonly messages: number;
      readonly carried: Carried;
    };

/** What other hosts see of one, as `hostvars`, besides the inventory. */
export interface Known {
  readonly learned: ReadonlyMap<string, Value>;
  readonly facts: Value;
}

/** A message of a host's log. */
export interface LogMessage {
  readonly unit: number;
  readonly entries: readonly Entry[];
}

/** The coordinator's word to all workers of a region: how the batch stands; or that its units are to be given up. */
export type Word = { readonly is: 'standing'; readonly standing: Standing } | { readonly is: 'cancel' };

/** What a host has to wait for: see `Together`. */
export type Question =
  | {
      readonly asks: 'meet';
      readonly place: TurnOrder;
      /** Where tasks of the play look at other hosts: what this one knows by now. */
      readonly known: Known | undefined;
    }
  | { readonly asks: 'settled' | 'outcome'; readonly key: string }
  | { readonly asks: 'vote'; readonly key: string; readonly place: TurnOrder; readonly holds: boolean }
  | { readonly asks: 'enter'; readonly task: number; readonly places: number }
  | { readonly asks: 'person'; readonly key: string; readonly question: Asking };

/** What each question is answered by. */
export interface Answers {
  /** What all hosts have told of themselves, where tasks of the play look at that. */
  readonly meet: ReadonlyMap<string, Known> | undefined;
  readonly settled: SharedOutcome | undefined;
  readonly outcome: SharedOutcome;
  readonly vote: string | undefined;
  readonly enter: boolean;
  readonly person: boolean;
}

/** How the batch stands, as every answer and the coordinator's word to all workers tell it. */
export interface Standing {
  readonly changes: number;
  /** No host begins another task: `meta: end_play`. */
  readonly isEnded: boolean;
  /** More hosts have failed than may. */
  readonly isStopped: boolean;
}

/** A worker's call for the answer to a question that stands in the host's log. */
export interface Call {
  readonly run: string;
  readonly host: string;
  readonly epoch: number;
  readonly number: number;
}

/** `wait`: there is none yet, call again. `gone`: the attempt is over, another worker has the host. */
export type Reply =
  | { readonly is: 'answer'; readonly answer: unknown; readonly standing: Standing }
  | { readonly is: 'wait'; readonly standing: Standing }
  | { readonly is: 'gone' };
