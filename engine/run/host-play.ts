// One host's way through one play: its tasks, where it meets the others, and its handlers.
import type { Play, Task } from '../language/runbook.ts';
import type { Directive } from '../module/index.ts';
import type { Instance } from './bound.ts';
import type { HostState } from './host-state.ts';
import { type HeldNote, removeNote } from './notes.ts';
import type { SharedOutcome } from './once.ts';
import { Interrupted, type PlayServices, proceed } from './play-services.ts';
import { goesOn } from './report-task.ts';
import { type Finished, TaskLoop } from './task-loop.ts';

/** Why a host stops before the end of its play. */
type End = 'end-host' | 'end-play' | 'failed' | 'unreachable';

export class HostPlay {
  readonly #host: HostState;
  readonly #services: PlayServices;
  readonly #reconnect: () => Promise<void>;
  /** Handlers to run: `maybe` when only an unknown task of a dry run would notify them. */
  readonly #notified = new Map<string, 'yes' | 'maybe'>();
  #line: string | undefined;
  /** How often other hosts had changed something when this one last met them. */
  #othersChanges: number;

  constructor(host: HostState, services: PlayServices, reconnect: () => Promise<void>) {
    this.#host = host;
    this.#services = services;
    this.#reconnect = reconnect;
    this.#othersChanges = services.changes.total - host.changes;
    for (const { runbook, handler } of host.notes) {
      const ours = runbook === services.runbookKey && services.play.handlers.some(({ title }) => title === handler);
      if (ours) this.#notified.set(handler, 'yes');
    }
  }

  /** Runs tasks and handlers; returns why it ended early, if it did. */
  async run(): Promise<End | undefined> {
    const loop = this.#loop('task', this.#services.play.tasks);
    for (;;) {
      const place = loop.list.waiting();
      if (place) await this.#meet(place);
      const instance = loop.list.next();
      if (!instance) break;
      const end = await this.#turn(loop, instance);
      if (end === 'failed' || end === 'unreachable') return end;
      if (end === 'end-play') this.#services.endPlay();
      if (end !== undefined || this.#services.ended()) break;
      loop.list.advance();
    }
    const end = await this.#flush();
    if (end === undefined) await this.#forgetNotes(({ run }) => run === this.#services.run);
    return end;
  }

  #loop(kind: 'task' | 'handler', nodes: Play['tasks'], unsure: ReadonlySet<Task> = new Set()): TaskLoop {
    return new TaskLoop({
      host: this.#host,
      services: this.#services,
      kind,
      nodes,
      unsure,
      reconnect: this.#reconnect,
    });
  }

  async #turn(loop: TaskLoop, instance: Instance): Promise<End | undefined> {
    const { meeting } = this.#services;
    meeting.advance(this.#host.name, instance.order);
    this.#begin(instance);
    if (loop.list.needsOthers(instance)) await this.#meet(instance.order);
    if (instance.task.runOnce) return this.#once(loop, instance);
    const finished = await this.#throttled(loop, instance);
    return this.#after(loop, instance, finished);
  }

  async #throttled(loop: TaskLoop, instance: Instance): Promise<Finished> {
    const places = placesOf(loop, instance);
    if (places === undefined) return loop.run(instance);
    const throttle = this.#services.throttle(instance.task.id, places);
    const changes = throttle.changes;
    await throttle.turnstile.enter();
    try {
      // What another host has done in this task meanwhile may have changed what was read here.
      if (throttle.changes !== changes || changes > 0) loop.forget(instance);
      const finished = await loop.run(instance);
      if (finished.status === 'changed') throttle.changes += 1;
      return finished;
    } finally {
      throttle.turnstile.leave();
    }
  }

  async #after(loop: TaskLoop, instance: Instance, finished: Finished): Promise<End | undefined> {
    this.#note(loop, instance, finished);
    if (finished.status === 'failed') return 'failed';
    if (finished.status === 'unreachable') return 'unreachable';
    for (const directive of finished.directives) {
      const end = await this.#direct(directive, instance);
      if (end) return end;
    }
    return undefined;
  }

  async #direct(directive: Directive, instance: Instance): Promise<End | undefined> {
    switch (directive.kind) {
      case 'flush-handlers':
        return this.#flush();
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

  /** Runs the notified handlers in the order of the file, and those that they notify. */
  async #flush(): Promise<End | undefined> {
    while (this.#notified.size > 0) {
      const wanted = new Map(this.#notified);
      this.#notified.clear();
      const handlers = this.#services.play.handlers.filter(({ title }) => wanted.has(title));
      const end = await this.#runHandlers(handlers, wanted);
      if (end) return end;
    }
    return undefined;
  }

  async #runHandlers(
    handlers: readonly Task[],
    wanted: ReadonlyMap<string, 'yes' | 'maybe'>,
  ): Promise<End | undefined> {
    const unsure = new Set(handlers.filter(({ title }) => wanted.get(title) === 'maybe'));
    const loop = this.#loop('handler', handlers, unsure);
    const ran = new Set<string>();
    for (let instance = loop.list.next(); instance; instance = loop.list.next()) {
      const finished = await loop.run(instance);
      if (finished.status === 'unreachable') return 'unreachable';
      if (finished.status === 'failed') {
        await this.#forgetNotes(({ handler }) => ran.has(handler));
        return 'failed';
      }
      for (const name of finished.task?.notify ?? []) this.#notify(name, finished.status);
      ran.add(instance.task.title);
      loop.list.advance();
    }
    await this.#forgetNotes(({ handler }) => ran.has(handler));
    return undefined;
  }

  /**
   * Takes away the notes that didn't go with a handler's own message: it had nothing to do, is a command that is
   * judged afterwards, or was noted in another shell. At the end of the play also those of handlers that a task left a
   * note for and in the end didn't notify.
   */
  async #forgetNotes(which: (note: HeldNote) => boolean): Promise<void> {
    const { check, runbookKey } = this.#services;
    if (check) return;
    const notes = this.#host.notes.filter((note) => note.runbook === runbookKey && which(note));
    if (notes.length > 0) proceed(this.#services);
    for (const shell of new Set(notes.map((note) => note.shell))) {
      const handlers = new Set(notes.filter((note) => note.shell === shell).map(({ handler }) => handler));
      const frames = [...handlers].map((handler) => ({
        script: removeNote(runbookKey, handler).text,
        timeout: 60,
        step: { accept: 'any' as const },
      }));
      await this.#host.session.send(shell, frames);
    }
    this.#host.notes = this.#host.notes.filter((note) => !notes.includes(note));
  }

  #notify(handler: string, status: Finished['status']): void {
    if (status === 'changed') this.#notified.set(handler, 'yes');
    else if (status === 'unknown' && !this.#notified.has(handler)) this.#notified.set(handler, 'maybe');
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

  async #once(loop: TaskLoop, instance: Instance): Promise<End | undefined> {
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
    if (chosen) once.settle(key, { failure: finished.failure, learned: loop.learnedBy(instance) });
    return this.#after(loop, instance, finished);
  }

  async #outside<T>(promise: Promise<T>): Promise<T> {
    this.#services.forks.leave();
    const value = await promise;
    await this.#services.forks.enter();
    return value;
  }

  async #learn(loop: TaskLoop, instance: Instance, outcome: SharedOutcome | 'interrupted'): Promise<End | undefined> {
    if (outcome === 'interrupted') throw new Interrupted();
    this.#forgetStale();
    for (const [name, value] of outcome.learned) this.#host.variables.learned.set(name, value);
    if (outcome.failure) {
      await loop.share(instance, outcome.failure);
      this.#note(loop, instance, { task: undefined, status: 'failed', directives: [], failure: outcome.failure });
      return 'failed';
    }
    this.#note(loop, instance, { task: undefined, status: 'ok', directives: [], failure: undefined });
    return undefined;
  }

  #begin(instance: Instance): void {
    const line = instance.checklist;
    if (line === undefined || line === this.#line) return;
    this.#line = line;
    this.#services.checklist.begin(line, this.#host.name);
  }

  /** Keeps handlers and the checklist up to date after a task. */
  #note(loop: TaskLoop, instance: Instance, finished: Finished): void {
    for (const name of finished.task?.notify ?? []) this.#notify(name, finished.status);
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
