// The handlers that are due on one host: notified by its tasks, or by an earlier run that left notes of them.
import type { Play, Task } from '../../language/runbook/runbook.ts';
import { allTasks } from '../../language/runbook/task-tree.ts';
import type { HostState } from '../host/state.ts';
import type { Failed } from '../list/block.ts';
import type { Instance } from '../list/bound.ts';
import { type HeldNote, removeNote } from '../session/notes.ts';
import { type Finished, TaskLoop } from '../task/loop.ts';
import { isWanted } from '../task/step-mode.ts';
import { type PlayServices, proceed, type TurnOrder } from '../together/services.ts';
import type { Coordinator } from './turn.ts';

/** `maybe` when only an unknown task of a dry run would notify it. */
type Sureness = 'yes' | 'maybe';

export class DueHandlers {
  readonly #host: HostState;
  readonly #services: PlayServices;
  readonly #turns: Coordinator;
  readonly #reconnect: () => Promise<void>;
  readonly #notified = new Map<string, Sureness>();
  /** Handlers that have failed, and that nobody wanted with --step: their notes stay, for the next run. */
  readonly #failed = new Set<string>();
  readonly #unwanted = new Set<string>();

  constructor(
    host: HostState,
    services: PlayServices,
    { turns, reconnect }: { readonly turns: Coordinator; readonly reconnect: () => Promise<void> },
  ) {
    this.#host = host;
    this.#services = services;
    this.#turns = turns;
    this.#reconnect = reconnect;
    for (const { runbook, handler } of host.notes) {
      const ours = runbook === services.runbookKey && services.play.handlers.some(({ title }) => title === handler);
      if (ours) this.#notified.set(handler, 'yes');
    }
  }

  /** Takes the notifications of a task that came out so. */
  notify({ task, status }: Pick<Finished, 'task' | 'status'>): void {
    for (const handler of task?.notify ?? []) {
      if (status === 'changed') this.#notified.set(handler, 'yes');
      else if (status === 'unknown' && !this.#notified.has(handler)) this.#notified.set(handler, 'maybe');
    }
  }

  /**
   * Runs the notified handlers in the order of the file, and those that they notify. `rescued`: whether the block
   * around the place where they are flushed has a rescue.
   */
  async flush(rescued: boolean, place: TurnOrder): Promise<Failed | 'unreachable' | undefined> {
    for (let round = 0; this.#notified.size > 0; round += 1) {
      const wanted = new Map(this.#notified);
      this.#notified.clear();
      const end = await this.#run(wanted, rescued, [...place, round]);
      if (end) return end;
    }
    return undefined;
  }

  async #run(
    wanted: ReadonlyMap<string, Sureness>,
    rescued: boolean,
    place: TurnOrder,
  ): Promise<Failed | 'unreachable' | undefined> {
    const handlers = this.#services.play.handlers.filter(({ title }) => wanted.has(title));
    const unsure = new Set(allTasks(handlers.filter(({ title }) => wanted.get(title) === 'maybe')));
    const loop = this.#loop(handlers, unsure, rescued);
    const came = new Set<string>();
    for (const { title } of handlers) this.#unwanted.delete(title);
    let title = '';
    for (let instance = loop.list.next(); instance; instance = loop.list.next()) {
      title = handlers[instance.order[0] ?? 0]?.title ?? '';
      came.add(title);
      const finished = await this.#take(loop, instance, title, place);
      if (finished === 'unwanted') this.#unwanted.add(title);
      else {
        if (finished.status === 'unreachable') return 'unreachable';
        this.notify(finished);
        if (finished.directives.some(({ kind }) => kind === 'reset-connection')) await this.#reconnect();
        if (finished.failed) {
          loop.list.leave({ kind: 'failed', failed: finished.failed });
          continue;
        }
      }
      loop.list.advance();
    }
    const { left } = loop.list;
    const failed = left?.kind === 'failed' ? left.failed : undefined;
    // Where the host goes on after a failure, those that it kept from their turn are still due.
    for (const [name, sureness] of failed ? wanted : []) if (!came.has(name)) this.#notified.set(name, sureness);
    for (const { title: name } of handlers) {
      if (failed && name === title) this.#failed.add(name);
      else if (came.has(name)) this.#failed.delete(name);
    }
    await this.#forget(
      ({ handler }) => (came.has(handler) || (!failed && wanted.has(handler))) && !this.#isOwed(handler),
    );
    return failed;
  }

  /** The turn of a task of a handler, which the hosts may share: all that are due for it take it at the same place. */
  async #take(loop: TaskLoop, instance: Instance, title: string, base: TurnOrder): Promise<Finished | 'unwanted'> {
    const { together, play } = this.#services;
    // The handler's place among all handlers of the play, whichever of them are due here.
    const index = play.handlers.findIndex((handler) => handler.title === title);
    const place = [...base, index, ...instance.order.slice(1)];
    const key = `${together.batch.join()}/${place.join('.')}`;
    if (!(await isWanted(instance.task, key, this.#host, this.#services))) {
      await loop.leaveOut(instance);
      return 'unwanted';
    }
    const finished = await this.#turns.take(loop, instance, { place, key, stops: () => false });
    // Handlers that are due run, though others have failed meanwhile.
    if (finished === 'stopped') throw new Error('a handler does not stop');
    return finished;
  }

  #isOwed(handler: string): boolean {
    return this.#failed.has(handler) || this.#unwanted.has(handler);
  }

  #loop(nodes: Play['handlers'], unsure: ReadonlySet<Task>, rescued: boolean): TaskLoop {
    const [host, services, reconnect] = [this.#host, this.#services, this.#reconnect];
    return new TaskLoop({ host, services, kind: 'handler', nodes, unsure, rescued, reconnect });
  }

  /** At the end of the play: takes away the notes of handlers that a task left and in the end didn't notify. */
  async end(): Promise<void> {
    await this.#forget(({ run, handler }) => run === this.#services.run.id && !this.#isOwed(handler));
  }

  /**
   * Takes away the notes that didn't go with a handler's own message: it had nothing to do, is a command that is
   * judged afterwards, or was noted in another shell.
   */
  async #forget(which: (note: HeldNote) => boolean): Promise<void> {
    const { run, runbookKey } = this.#services;
    if (run.check) return;
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
}
