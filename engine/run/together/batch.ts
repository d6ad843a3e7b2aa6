// The hosts of a batch that run in this process: where they meet, vote, take their places and have a person asked.
import { Semaphore } from '../session/semaphore.ts';
import { Barrier } from './barrier.ts';
import { RunOnce, type SharedOutcome } from './run-once.ts';
import type { Person, Question, Together, TurnOrder } from './services.ts';

/** A throttled task: who is in it, and whether anyone has changed anything in it. */
interface Throttle {
  readonly semaphore: Semaphore;
  changed: boolean;
}

/** What the batches of one play have in common. */
export class PlayTogether {
  /** How many hosts the play is for, over all its batches. */
  readonly hosts: number;
  readonly once: RunOnce;
  readonly throttles = new Map<number, Throttle>();
  readonly person: Person;
  /** How often the hosts have changed something, all together. */
  changes: number;

  constructor(hosts: number, person: Person, changes: number, done?: ReadonlyMap<string, SharedOutcome>) {
    this.once = new RunOnce(done);
    this.hosts = hosts;
    this.person = person;
    this.changes = changes;
  }
}

export class Batch implements Together {
  readonly batch: readonly string[];
  readonly #play: PlayTogether;
  readonly #barrier: Barrier;
  readonly #asked = new Map<string, Promise<boolean>>();

  /** `hosts` are those of the batch, in the play's order. */
  constructor(hosts: readonly string[], play: PlayTogether) {
    this.batch = hosts;
    this.#play = play;
    this.#barrier = new Barrier(hosts);
  }

  get hosts(): number {
    return this.#play.hosts;
  }

  get changes(): number {
    return this.#play.changes;
  }

  changed(_host: string, count: number): void {
    this.#play.changes += count;
  }

  advance(host: string, place: TurnOrder): void {
    this.#barrier.advance(host, place);
  }

  meet(host: string, place: TurnOrder): Promise<void> {
    return this.#barrier.arrive(host, place);
  }

  leave(host: string): void {
    this.#barrier.leave(host);
  }

  settled(host: string, key: string): Promise<SharedOutcome | undefined> {
    return this.#play.once.settled(key, host) ?? Promise.resolve(undefined);
  }

  vote(host: string, key: string, place: TurnOrder, holds: boolean): Promise<string | undefined> {
    return this.#play.once.vote(key, host, holds, this.#barrier.at(place, this.batch));
  }

  settle(_host: string, key: string, outcome: SharedOutcome): void {
    this.#play.once.settle(key, outcome);
  }

  outcome(_host: string, key: string): Promise<SharedOutcome> {
    return this.#play.once.outcome(key);
  }

  async enter(_host: string, task: number, places: number): Promise<boolean> {
    const { throttles } = this.#play;
    const throttle = throttles.get(task) ?? { semaphore: new Semaphore(places), changed: false };
    throttles.set(task, throttle);
    await throttle.semaphore.enter();
    return throttle.changed;
  }

  exit(_host: string, task: number, changed: boolean): void {
    const throttle = this.#play.throttles.get(task);
    if (!throttle) return;
    throttle.changed ||= changed;
    throttle.semaphore.leave();
  }

  ask(_host: string, key: string, { of, text }: Question): Promise<boolean> {
    const answer = this.#asked.get(key) ?? this.#play.person[of]?.(text) ?? Promise.resolve(false);
    this.#asked.set(key, answer);
    return answer;
  }
}
