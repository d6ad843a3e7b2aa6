// run_once: the hosts vote with their `when`, the first in order whose condition holds runs the task for all.

import { type PromiseWithResolvers, withResolvers } from '../../base/with-resolvers.ts';
import type { Status } from '../../event/event.ts';
import type { Value } from '../../language/value/value.ts';
import type { Failed } from '../list/block.ts';

/** What the one host's outcome is to the others; `interrupted` where the run ended before it had one. */
export type SharedOutcome =
  | {
      readonly failed: Failed | undefined;
      readonly status: Status;
      /** Names to learn: what was registered, and set-fact's facts. */
      readonly learned: ReadonlyMap<string, Value>;
    }
  | 'interrupted';

interface Ballot {
  readonly votes: Map<string, boolean>;
  readonly decided: PromiseWithResolvers<string | undefined>;
  readonly outcome: PromiseWithResolvers<SharedOutcome>;
  chosen: string | undefined;
  isSettled: boolean;
}

/** The run_once tasks of one play, over all its batches. */
export class RunOnce {
  readonly #ballots = new Map<string, Ballot>();

  /** `done`: what was done already, before the run was resumed. */
  constructor(done: ReadonlyMap<string, SharedOutcome> = new Map()) {
    for (const [key, outcome] of done) {
      this.#ballot(key).votes.set('', true);
      this.settle(key, outcome);
    }
  }

  /**
   * The outcome of a task that an earlier batch has run; undefined when it is still to run: also for the host that was chosen
   * for it, and begins its play again before it came to an end with it.
   */
  settled(key: string, host: string): Promise<SharedOutcome> | undefined {
    const ballot = this.#ballots.get(key);
    if (!ballot || ![...ballot.votes.values()].includes(true)) return undefined;
    return ballot.chosen === host && !ballot.isSettled ? undefined : ballot.outcome.promise;
  }

  /**
   * Votes, waits for the `voters` to have done so, and resolves with the host that runs the task: undefined when no
   * host's condition holds.
   */
  vote(key: string, host: string, holds: boolean, voters: readonly string[]): Promise<string | undefined> {
    const ballot = this.#ballot(key);
    ballot.votes.set(host, holds);
    if (ballot.chosen === undefined && voters.every((voter) => ballot.votes.has(voter))) {
      ballot.chosen = voters.find((voter) => ballot.votes.get(voter));
      ballot.decided.resolve(ballot.chosen);
      // The next batch votes again.
      if (ballot.chosen === undefined) this.#ballots.delete(key);
    }
    return ballot.decided.promise;
  }

  /** Called by the host that ran it. */
  settle(key: string, outcome: SharedOutcome): void {
    const ballot = this.#ballot(key);
    ballot.isSettled = true;
    ballot.outcome.resolve(outcome);
  }

  /** What became of it on the host that runs it. */
  outcome(key: string): Promise<SharedOutcome> {
    return this.#ballot(key).outcome.promise;
  }

  #ballot(key: string): Ballot {
    let ballot = this.#ballots.get(key);
    if (ballot === undefined) {
      const [decided, outcome] = [withResolvers<string | undefined>(), withResolvers<SharedOutcome>()];
      ballot = { votes: new Map(), decided, outcome, chosen: undefined, isSettled: false };
      this.#ballots.set(key, ballot);
    }
    return ballot;
  }
}
