// One host's way through one play: its tasks, where it meets the others, and its handlers.
import type { Directive } from '../../module/index.ts';
import type { HostState } from '../host/state.ts';
import type { Exit, Failed } from '../list/block.ts';
import type { Instance } from '../list/bound.ts';
import { Interrupted } from '../session/interrupted.ts';
import { type Finished, TaskLoop } from '../task/loop.ts';
import { goesOn } from '../task/report.ts';
import { isAsked, isWanted } from '../task/step-mode.ts';
import type { Leaving, Progress } from '../together/progress.ts';
import type { PlayServices } from '../together/services.ts';
import { DueHandlers } from './handlers.ts';
import { Coordinator } from './turn.ts';

/** The place of the handlers at the end of a play. */
const BEHIND_ALL = [Number.MAX_SAFE_INTEGER];

/** How a host came to the end of a play, unless it went through all of it. */
export type End = 'failed' | 'unreachable' | 'stopped';

/** What follows a task, unless it is the next one. `stopped`: the task itself didn't come any more. */
type Next = 'end-host' | 'end-play' | 'unreachable' | 'stopped' | Failed | undefined;

export class HostPlay {
  readonly #host: HostState;
  readonly #services: PlayServices;
  readonly #reconnect: () => Promise<void>;
  readonly #turns: Coordinator;
  readonly #handlers: DueHandlers;
  #line: string | undefined;
  /** True once the host is on its way out of a play that was stopped. */
  #leaving = false;
  #left: Leaving = 'through';

  constructor(host: HostState, services: PlayServices, reconnect: () => Promise<void>) {
    this.#host = host;
    this.#services = services;
    this.#reconnect = reconnect;
    this.#turns = new Coordinator(host, services);
    this.#handlers = new DueHandlers(host, services, { turns: this.#turns, reconnect });
  }

  /** Runs tasks and handlers; returns why it ended early, if it did. */
  async run(): Promise<End | undefined> {
    const end = await this.#tasks();
    if (end === 'failed' || end === 'unreachable') this.#services.playEnd.failed(this.#host.name);
    if (end === 'unreachable') return end;
    const early = end === 'failed' || end === 'stopped';
    if (early && !this.#services.play.forceHandlers) return end;
    const flushed = await this.#handlers.flush(false, BEHIND_ALL);
    if (flushed) {
      this.#services.playEnd.failed(this.#host.name);
      return flushed === 'unreachable' ? flushed : 'failed';
    }
    if (early) return end;
    await this.#handlers.end();
    this.#tell({ of: 'play left', how: this.#left });
    return undefined;
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
    let due: Next;
    for (let instance = await this.#next(loop); instance; instance = await this.#next(loop)) {
      const next = await this.#turn(loop, instance);
      due ??= next;
      // All that was done in one message is told before anything follows from a part of it.
      if (loop.hasMade) {
        loop.list.advance();
        continue;
      }
      const turn = due;
      due = undefined;
      if (turn === 'unreachable') return turn;
      if (turn === 'end-play') services.playEnd.end(host.name);
      if (turn === 'end-host' || services.playEnd.isEnded()) {
        this.#left = 'ended';
        this.#tell({ of: 'tasks left', how: 'ended' });
        return undefined;
      }
      if (typeof turn === 'object') this.#leave(loop, { kind: 'failed', failed: turn });
      else if (this.#stops) this.#stop(loop, turn !== 'stopped');
      else loop.list.advance();
    }
    const end = loop.list.left?.kind;
    if (end === undefined) this.#tell({ of: 'tasks left', how: 'through' });
    return end;
  }

  /** What stood between the task in hand and what comes instead isn't done. */
  #leave(loop: TaskLoop, left: Exit): void {
    loop.list.leave(left);
    this.#tell({ of: 'lines missed', lines: [...loop.list.missed] });
  }

  async #next(loop: TaskLoop): Promise<Instance | undefined> {
    for (let place = loop.list.waiting(); place; place = loop.list.waiting()) {
      await this.#turns.meet(place);
      loop.list.settle();
    }
    return loop.list.next();
  }

  /** True when the play is stopped for all, and the host hasn't drawn its conclusions from it yet. */
  get #stops(): boolean {
    return this.#services.playEnd.isStopped() && !this.#leaving;
  }

  #stop(loop: TaskLoop, ran: boolean): void {
    this.#leaving = true;
    this.#leave(loop, { kind: 'stopped', ran });
  }

  async #turn(loop: TaskLoop, instance: Instance): Promise<Next> {
    if (!(await this.#isWanted(instance))) {
      if (this.#stops) return 'stopped';
      await loop.leaveOut(instance);
      if (instance.checklist !== undefined) this.#decline(loop, instance.checklist);
      return undefined;
    }
    this.#begin(instance);
    const turn = { place: instance.order, key: instance.order.join('.'), stops: () => this.#stops && !loop.hasMade };
    const finished = await this.#turns.take(loop, instance, turn).catch((error: unknown) => {
      if (error instanceof Interrupted && error.atWork) this.#cameTo(instance);
      throw error;
    });
    return finished === 'stopped' ? finished : this.#after(loop, instance, finished);
  }

  /** The person who is asked has seen how the task before ended on every host. */
  async #isWanted(instance: Instance): Promise<boolean> {
    if (!isAsked(instance.task, this.#services)) return true;
    await this.#turns.meet(instance.order);
    return this.#stops || isWanted(instance.task, instance.order.join('.'), this.#host, this.#services);
  }

  async #after(loop: TaskLoop, instance: Instance, finished: Finished): Promise<Next> {
    this.#note(loop, instance, finished);
    if (finished.status === 'unreachable') return 'unreachable';
    if (finished.failed) return finished.failed;
    for (const directive of finished.directives) {
      const turn = await this.#direct(directive, loop, instance);
      if (turn) return turn;
    }
    return undefined;
  }

  async #direct(directive: Directive, loop: TaskLoop, instance: Instance): Promise<Next> {
    switch (directive.kind) {
      case 'flush-handlers':
        return this.#handlers.flush(loop.list.rescued, instance.order);
      case 'barrier':
        await this.#turns.meet(instance.order);
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

  #begin(instance: Instance): void {
    const line = instance.checklist;
    if (line === undefined || line === this.#line) return;
    this.#line = line;
    this.#tell({ of: 'line begun', line });
  }

  /** The run ended while the host was at work on the task. */
  #cameTo({ checklist }: Instance): void {
    if (checklist !== undefined) this.#tell({ of: 'line reached', line: checklist });
  }

  /** Keeps handlers and the checklist up to date after a task. */
  #note(loop: TaskLoop, instance: Instance, finished: Finished): void {
    this.#handlers.notify(finished);
    const line = instance.checklist;
    if (line === undefined) return;
    const foreseen = finished.task?.check ?? this.#services.run.check;
    this.#tell({ of: 'line noted', line, status: finished.status, foreseen });
    if (goesOn(finished.status)) this.#pass(loop, line);
  }

  /** A person didn't want the task under the line. */
  #decline(loop: TaskLoop, line: string): void {
    this.#tell({ of: 'lines missed', lines: [line] });
    this.#pass(loop, line);
  }

  #pass(loop: TaskLoop, line: string): void {
    if (loop.list.continues(line)) return;
    this.#tell({ of: 'line passed', line });
    this.#line = undefined;
  }

  #tell(progress: Progress): void {
    this.#services.events.note(this.#services.play, this.#host.name, progress);
  }
}
