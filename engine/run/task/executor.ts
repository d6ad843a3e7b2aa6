// Acts on one host, or on the one that a task is delegated to: logs in when it is needed, reads ahead, waits, and has changes
// performed.

import { ProblemError } from '../../language/problem/problem.ts';
import type { Failure, Wait } from '../../module/index.ts';
import { isWorthRetrying } from '../../transport/connect.ts';
import type { HostState } from '../host/state.ts';
import type { BoundItem, BoundTask, ReadyItem } from '../list/bound.ts';
import type { ProbeReading } from '../message/probes.ts';
import type { Upcoming } from '../message/reader.ts';
import { readTooLong } from '../message/time-limit.ts';
import { DelegatedPrediction, type Foresight } from '../predict/prediction.ts';
import type { Things } from '../predict/things.ts';
import { type PlayServices, proceed } from '../together/services.ts';
import { logInAtLast, logInToDelegate } from './login.ts';
import { Performer } from './perform.ts';
import type { Planned } from './planned.ts';
import { referenceOf, type TaskContext } from './report.ts';
import type { Applied, Executor, Made } from './run.ts';
import { OWN_MACHINE, waitForPerson, waitOnHost, waitSeconds } from './waits.ts';

export interface ExecutorOptions {
  readonly host: HostState;
  readonly services: PlayServices;
  readonly context: TaskContext;
  /** Bound tasks after the one in hand. */
  readonly upcoming: () => Upcoming;
  readonly things: (task: BoundTask, item: BoundItem) => Things;
  /** Makes the connection again after it was lost. */
  readonly reconnect: () => Promise<void>;
}

export class HostExecutor implements Executor {
  readonly #options: ExecutorOptions;

  readonly #performer: Performer;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    const { host, services, context, things } = options;
    this.#performer = new Performer({
      host,
      services,
      context,
      things,
      after: (task, item) => this.#ahead(task, item),
      secondChance: (error, target, resets) => this.#secondChance(error, target, resets),
    });
  }

  prediction(item: BoundItem): Foresight {
    const { host } = this.#options;
    const target = this.#targetOf(item);
    return target === host ? host.prediction : new DelegatedPrediction(target.prediction, host.prediction);
  }

  /** Runs what reads and changes for an item: on the host where it acts nobody else does so meanwhile. */
  exclusively<T>(item: BoundItem, work: () => Promise<T>): Promise<T> {
    return this.#targetOf(item).site.exclusively(work);
  }

  things(task: BoundTask, item: BoundItem): Things {
    return this.#options.things(task, item);
  }

  async read(task: BoundTask, item: ReadyItem): Promise<ProbeReading | undefined> {
    const { host, services } = this.#options;
    const known = host.reader.known(item);
    if (known) return known;
    if (!item.module.reads(item.want)) return undefined;
    proceed(services);
    await this.#started(task);
    const target = await this.#reach(item);
    const { resets } = target.session;
    try {
      await host.reader.read([item], this.#ahead(task, item));
    } catch (error) {
      await this.#secondChance(error, target, resets);
      await host.reader.read([item], this.#ahead(task, item));
    }
    const reading = host.reader.known(item);
    if (reading === undefined) proceed(services);
    if (reading === undefined) throw new ProblemError([readTooLong(item, task.instance.task.at)]);
    return reading;
  }

  async #started(task: BoundTask): Promise<void> {
    const { host, services, context } = this.#options;
    await services.events.happen({
      type: 'task.started',
      host: host.name,
      play: context.play,
      task: referenceOf(task.instance, task.name),
    });
  }

  async wait(task: BoundTask, item: ReadyItem, wait: Wait): Promise<ProbeReading | undefined> {
    const { host, services } = this.#options;
    const { at } = task.instance.task;
    proceed(services);
    await this.#started(task);
    if (wait.kind === 'seconds') await waitSeconds(wait.seconds, item, { host, at }, services);
    else if (wait.kind === 'prompt') await waitForPerson(wait.prompt, { task, item, host }, services);
    else {
      const target = await this.#reach(item);
      return waitOnHost(wait, item, { host, target, upcoming: this.#ahead(task, item), at }, services);
    }
    return undefined;
  }

  cannotRejoin(item: BoundItem): Failure | undefined {
    return this.#targetOf(item).session.target.transport === 'local' ? OWN_MACHINE : undefined;
  }

  async apply(planned: Planned): Promise<Applied> {
    proceed(this.#options.services);
    return this.#performer.apply(planned, await this.#reach(planned.item));
  }

  takeMade(item: BoundItem): Made | undefined {
    return this.#performer.takeMade(item);
  }

  /** True while a neighbour's message has made something that isn't told yet. */
  get hasMade(): boolean {
    return this.#performer.hasMade;
  }

  /** The host where the item acts. */
  #targetOf({ place: { delegate } }: BoundItem): HostState {
    const { host, services } = this.#options;
    // Its name was found good when the task was bound.
    return delegate === undefined ? host : services.delegates.delegate(delegate, services.play, services.play.at);
  }

  /** The same, logged in. */
  async #reach(item: BoundItem): Promise<HostState> {
    const { host, services } = this.#options;
    const target = this.#targetOf(item);
    if (target === host) await logInAtLast(host, services);
    else await logInToDelegate(target, services, item.place);
    return target;
  }

  /** What comes after `item`: the items of its loop, each as a task, then the other tasks. */
  *#ahead(task: BoundTask, item: BoundItem): Upcoming {
    for (const other of task.items.slice(task.items.indexOf(item) + 1)) yield { ...task, items: [other] };
    yield* this.#options.upcoming();
  }

  /**
   * A lost connection is made again once a run; anything else, and the second time, is thrown. `resets`: how often that
   * had been done before; where somebody else has done it since, there is nothing left to do.
   */
  async #secondChance(error: unknown, target: HostState, resets: number): Promise<void> {
    const { host, services, reconnect } = this.#options;
    const lost = isWorthRetrying(error, 1);
    if (lost && target.session.resets > resets) return host.reader.forgetAll();
    if (!lost || services.stop.aborted || !target.life.takeSecondChance()) throw error;
    if (target === host) return reconnect();
    host.reader.forgetAll();
    await target.session.reset();
    await target.session.start();
  }
}
