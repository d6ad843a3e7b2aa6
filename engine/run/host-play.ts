// One host's way through one play: its tasks, where it meets the others, and its handlers.
import type { Directive } from '../module/index.ts';
import type { Failed } from './block-run.ts';
import type { Instance } from './bound.ts';
import { DueHandlers } from './due-handlers.ts';
import type { HostState } from './host-state.ts';
import type { SharedOutcome } from './once.ts';
import { Interrupted, type PlayServices } from './play-services.ts';
import { goesOn } from './report-task.ts';
import { isAsked, isWanted } from './stepping.ts';
import { type Finished, TaskLoop } from './task-loop.ts';

/** How a host came to the end of a play, unless it went through all of it. */
export type End = 'failed' | 'unreachable' | 'stopped';

/** What follows a task, unless it is the next one. `stopped`: the task itself didn't come any more. */
type Turn = 'end-host' | 'end-play' | 'unreachable' | 'stopped' | Failed | undefined;

export class HostPlay {
  readonly #host: HostState;
  readonly #services: PlayServices;
  readonly #reconnect: () => Promise<void>;
  readonly #handlers: DueHandlers;
  #line: string | undefined;
  /** True once the host is on its way out of a play that was stopped. */
  #leaving = false;
  /** How often other hosts had changed something when this one last met them. */
  #othersChanges: number;

  constructor(host: HostState, services: PlayServices, reconnect: () => Promise<void>) {
    this.#host = host;
    this.#services = services;
    this.#reconnect = reconnect;
    this.#handlers = new DueHandlers(host, services, reconnect);
    this.#othersChanges = services.changes.total - host.changes;
  }

  /** Runs tasks and handlers; returns why it ended early, if it did. */
  async run(): Promise<End | undefined> {
    const end = await this.#tasks();
    if (end === 'failed' || end === 'unreachable') this.#services.failed(this.#host.name);
    if (end === 'unreachable') return end;
    const early = end === 'failed' || end === 'stopped';
    if (early && !this.#services.play.forceHandlers) return end;
    const flushed = await this.#handlers.flush(false);
    if (flushed) {
      this.#services.failed(this.#host.name);
      return flushed === 'unreachable' ? flushed : 'failed';
    }
    if (!early) await this.#handlers.end();
    return end;
  }

  async #tasks(): Promise<End | undefined> {
    const { host, services, reconnect } = { host: this.#host, services: this.#services, reconnect: this.#reconnect };
    const loop = new TaskLoop({
      host,
      services,
      kind: 'task',
      nodes: services.play.tasks,
      unsure: new Set(),
      reconnect,
    });
    for (let instance = await this.#next(loop); instance; instance = await this.#next(loop)) {
      const turn = await this.#turn(loop, instance);
      if (turn === 'unreachable') return turn;
      if (turn === 'end-play') services.endPlay();
      if (turn === 'end-host' || services.ended()) return undefined;
      if (typeof turn === 'object') loop.list.leave({ kind: 'failed', failed: turn });
      else if (this.#stops) this.#stop(loop, turn !== 'stopped');
      else loop.list.advance();
    }
    return loop.list.left?.kind;
  }

  async #next(loop: TaskLoop): Promise<Instance | undefined> {
    for (let place = loop.list.waiting(); place; place = loop.list.waiting()) {
      await this.#meet(place);
      loop.list.settle();
    }
    return loop.list.next();
  }

  /** True when the play is stopped for all, and the host hasn't drawn its conclusions from it yet. */
  get #stops(): boolean {
    return this.#services.stopped() && !this.#leaving;
  }

  #stop(loop: TaskLoop, ran: boolean): void {
    this.#leaving = true;
    loop.list.leave({ kind: 'stopped', ran });
  }

  async #turn(loop: TaskLoop, instance: Instance): Promise<Turn> {
    const { meeting } = this.#services;
    meeting.advance(this.#host.name, instance.order);
    if (!(await this.#isWanted(instance))) {
      if (this.#stops) return 'stopped';
      await loop.leaveOut(instance);
      return undefined;
    }
    this.#begin(instance);
    if (loop.list.needsOthers(instance) || this.#isTogether(instance)) await this.#meet(instance.order);
    if (this.#stops) return 'stopped';
    if (instance.task.runOnce) return this.#once(loop, instance);
    const finished = await this.#throttled(loop, instance);
    return finished === 'stopped' ? finished : this.#after(loop, instance, finished);
  }

  /** Whoever is asked has seen what became of the task before, on every host. */
  async #isWanted(instance: Instance): Promise<boolean> {
    if (!isAsked(instance.task, this.#services)) return true;
    await this.#meet(instance.order);
    return this.#stops || isWanted(instance.task, instance.order.join('.'), this.#services);
  }

  /** True for a task before which all hosts meet, as its module says. */
  #isTogether({ task }: Instance): boolean {
    const { together } = this.#services.registry.module(task.module);
    return task.args.entries.some(({ key }) => together.includes(key));
  }

  /** `stopped`: the play was, while the host waited for its turn. */
  async #throttled(loop: TaskLoop, instance: Instance): Promise<Finished | 'stopped'> {
    const places = placesOf(loop, instance);
    if (places === undefined) return loop.run(instance);
    const throttle = this.#services.throttle(instance.task.id, places);
    const changes = throttle.changes;
    await throttle.turnstile.enter();
    try {
      if (this.#stops) return 'stopped';
      // What another host has done in this task meanwhile may have changed what was read here.
      if (throttle.changes !== changes || changes > 0) loop.forget(instance);
      const finished = await loop.run(instance);
      if (finished.status === 'changed') throttle.changes += 1;
      return finished;
    } finally {
      throttle.turnstile.leave();
    }
  }

  async #after(loop: TaskLoop, instance: Instance, finished: Finished): Promise<Turn> {
    this.#note(loop, instance, finished);
    if (finished.status === 'unreachable') return 'unreachable';
    if (finished.failed) return finished.failed;
    for (const directive of finished.directives) {
      const turn = await this.#direct(directive, loop, instance);
      if (turn) return turn;
    }
    return undefined;
  }

  async #direct(directive: Directive, loop: TaskLoop, instance: Instance): Promise<Turn> {
    switch (directive.kind) {
      case 'flush-handlers':
        return this.#handlers.flush(loop.list.rescued);
      case 'barrier':
        await this.#meet(instance.order);
        return undefined;
      case 'reset-connection':
        await this.#reconnect();
        return undefined;
      case 'end-host':
      case 'end-play':
        return directive.kind;
      case 'set-facts':
        return undefined; // the loop has learned them
    }
  }

  async #meet(order: Instance['order']): Promise<void> {
    // A host that waits lets another one run in its place.
    const { forks, meeting } = this.#services;
    forks.leave();
    await meeting.arrive(this.#host.name, order);
    await forks.enter();
    this.#forgetStale();
  }

  /** Where hosts meet, what one has changed is what another has waited for: what it read before is worth nothing. */
  #forgetStale(): void {
    const { changes } = this.#services;
    const others = changes.total - this.#host.changes;
    if (others > this.#othersChanges) this.#host.reader.forgetAll();
    this.#othersChanges = others;
  }

  async #once(loop: TaskLoop, instance: Instance): Promise<Turn> {
    const { once, meeting, batch } = this.#services;
    const key = instance.order.join('.');
    const settled = once.settled(key);
    if (settled) return this.#learn(loop, instance, await settled);
    await this.#meet(instance.order);
    const voters = meeting.at(instance.order, batch);
    const chosen = await this.#outside(once.vote(key, this.#host.name, holds(loop, instance), voters));
    if (chosen !== undefined && chosen !== this.#host.name) {
      return this.#learn(loop, instance, await this.#outside(once.outcome(key)));
    }
    // The chosen one runs it; where no condition holds, each reports that it skipped, or why it can't tell.
    const finished = await loop.run(instance).catch((error: unknown) => {
      if (chosen) once.settle(key, 'interrupted');
      throw error;
    });
    if (chosen) once.settle(key, { failed: finished.failed, learned: loop.learnedBy(instance) });
    return this.#after(loop, instance, finished);
  }

  async #outside<T>(promise: Promise<T>): Promise<T> {
    this.#services.forks.leave();
    const value = await promise;
    await this.#services.forks.enter();
    return value;
  }

  async #learn(loop: TaskLoop, instance: Instance, outcome: SharedOutcome | 'interrupted'): Promise<Turn> {
    if (outcome === 'interrupted') throw new Interrupted();
    this.#forgetStale();
    for (const [name, value] of outcome.learned) this.#host.variables.learned.set(name, value);
    const { failed } = outcome;
    if (failed) await loop.share(instance, failed);
    this.#note(loop, instance, { task: undefined, status: failed ? 'failed' : 'ok', directives: [], failed });
    return failed;
  }

  #begin(instance: Instance): void {
    const line = instance.checklist;
    if (line === undefined || line === this.#line) return;
    this.#line = line;
    this.#services.checklist.begin(line, this.#host.name);
  }

  /** Keeps handlers and the checklist up to date after a task. */
  #note(loop: TaskLoop, instance: Instance, finished: Finished): void {
    this.#handlers.notify(finished);
    const { checklist, check } = this.#services;
    const line = instance.checklist;
    if (line === undefined) return;
    checklist.note(line, this.#host.name, finished.status);
    if (check && finished.status === 'changed') checklist.pending(line, this.#host.name);
    if (goesOn(finished.status) && !loop.list.continues(line)) {
      checklist.end(line, this.#host.name);
      this.#line = undefined;
    }
  }
}

function placesOf(loop: TaskLoop, instance: Instance): number | undefined {
  try {
    return loop.throttleOf(instance);
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
