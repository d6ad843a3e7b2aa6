// A task's turn on one host, and what it has to wait for: barriers, run_once, throttle.

import type { Task } from '../../language/runbook/runbook.ts';
import type { Registry } from '../../module/registry.ts';
import type { HostState } from '../host/state.ts';
import type { Instance } from '../list/bound.ts';
import { Interrupted } from '../session/interrupted.ts';
import { learnedOf } from '../task/learn.ts';
import type { Finished, TaskLoop } from '../task/loop.ts';
import type { SharedOutcome } from '../together/run-once.ts';
import type { PlayServices, TurnOrder } from '../together/services.ts';

export interface Turn {
  readonly place: TurnOrder;
  /** Names the turn where it is taken only once: the same on all hosts that share it. */
  readonly key: string;
  /** True when the play is stopped, and the turn is not to be taken any more. */
  readonly stops: () => boolean;
}

/** Lets one host wait for the others of its batch: at barriers, for run_once, at a throttle. */
export class Coordinator {
  readonly #host: HostState;
  readonly #services: PlayServices;
  /** How often other hosts had changed something when this one last met them. */
  #othersChanges: number;

  constructor(host: HostState, services: PlayServices) {
    this.#host = host;
    this.#services = services;
    this.#othersChanges = services.together.changes - host.changes;
  }

  /** Waits until every host that still runs has come as far. */
  async meet(place: TurnOrder): Promise<void> {
    await this.#outside(() => this.#services.together.meet(this.#host.name, place));
    this.#forgetStale();
  }

  /** Runs the instance; `stopped`: the play was, while the host waited for its turn. */
  async take(loop: TaskLoop, instance: Instance, turn: Turn): Promise<Finished | 'stopped'> {
    this.#services.together.advance(this.#host.name, turn.place);
    if (loop.list.needsOthers(instance) || isTogether(instance.task, this.#services.registry))
      await this.meet(turn.place);
    if (turn.stops()) return 'stopped';
    return instance.task.runOnce ? this.#once(loop, instance, turn) : this.#throttled(loop, instance, turn);
  }

  async #throttled(loop: TaskLoop, instance: Instance, { stops }: Turn): Promise<Finished | 'stopped'> {
    const places = placesOf(loop, instance);
    if (places === undefined) return loop.run(instance);
    const { together } = this.#services;
    const { name, reader } = this.#host;
    const isStale = await together.enter(name, instance.task.id, places);
    let changed = false;
    try {
      if (stops()) return 'stopped';
      // What another host has done in this task meanwhile may have changed what was read here.
      if (isStale) for (const item of loop.list.bound(instance)?.items ?? []) reader.forget(item);
      const finished = await loop.run(instance);
      changed = finished.status === 'changed';
      return finished;
    } finally {
      together.exit(name, instance.task.id, changed);
    }
  }

  async #once(loop: TaskLoop, instance: Instance, { place, key }: Turn): Promise<Finished> {
    const { together } = this.#services;
    const { name } = this.#host;
    const settled = await together.settled(name, key);
    if (settled) return this.#learn(loop, instance, settled);
    await this.meet(place);
    const chosen = await this.#outside(() => together.vote(name, key, place, holds(loop, instance)));
    if (chosen !== undefined && chosen !== name) {
      return this.#learn(loop, instance, await this.#outside(() => together.outcome(name, key)));
    }
    // The chosen one runs it; where no condition holds, each reports that it skipped, or why it can't tell.
    const finished = await loop.run(instance).catch((error: unknown) => {
      if (chosen) together.settle(name, key, 'interrupted');
      throw error;
    });
    if (chosen) {
      const learned = learnedOf(this.#host.variables.learned, instance.task);
      together.settle(name, key, { failed: finished.failed, status: finished.status, learned });
    }
    return finished;
  }

  async #learn(loop: TaskLoop, instance: Instance, outcome: SharedOutcome): Promise<Finished> {
    if (outcome === 'interrupted') throw new Interrupted();
    this.#forgetStale();
    for (const [name, value] of outcome.learned) this.#host.variables.learned.set(name, value);
    const { failed, status } = outcome;
    // Then another host may be the one that runs it: this one, too.
    if (status === 'unknown' && holds(loop, instance)) loop.castDoubt(instance);
    if (failed) await loop.share(instance, failed);
    return { task: undefined, status: failed ? 'failed' : status, directives: [], failed };
  }

  /** Where hosts meet, what one has changed is what another has waited for: what it read before is worth nothing. */
  #forgetStale(): void {
    const others = this.#services.together.changes - this.#host.changes;
    if (others > this.#othersChanges) this.#host.reader.forgetAll();
    this.#othersChanges = others;
  }

  /** A host that waits lets another one run in its place. */
  async #outside<T>(wait: () => Promise<T>): Promise<T> {
    const { forks } = this.#services;
    forks.leave();
    const value = await wait();
    await forks.enter();
    return value;
  }
}

/** True for a task before which all hosts meet, as its module says. */
export function isTogether({ module, args }: Task, registry: Registry): boolean {
  const { together } = registry.module(module);
  return args.entries.some(({ key }) => together.includes(key));
}

/** The number of hosts that may be in the task at once. */
function placesOf(loop: TaskLoop, instance: Instance): number | undefined {
  if (instance.task.throttle === undefined) return undefined;
  try {
    return loop.list.bind(instance).throttle || undefined; // 0 means no limit, as in Ansible
  } catch {
    return undefined; // what is wrong with the task is reported when it is run
  }
}

function holds(loop: TaskLoop, instance: Instance): boolean {
  try {
    return loop.holds(instance);
  } catch {
    return true; // so that the failure comes about, and is everybody's
  }
}
