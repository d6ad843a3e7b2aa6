// The handlers that are due on one host: notified by its tasks, or by an earlier run that left notes of them.
import type { Play, Task } from '../language/runbook.ts';
import type { Failed } from './block-run.ts';
import type { HostState } from './host-state.ts';
import { type HeldNote, removeNote } from './notes.ts';
import { type PlayServices, proceed } from './play-services.ts';
import { isWanted } from './stepping.ts';
import { type Finished, TaskLoop } from './task-loop.ts';

/** `maybe` when only an unknown task of a dry run would notify it. */
type Sureness = 'yes' | 'maybe';

export class DueHandlers {
  readonly #host: HostState;
  readonly #services: PlayServices;
  readonly #reconnect: () => Promise<void>;
  readonly #notified = new Map<string, Sureness>();
  /** Handlers that have failed or weren't wanted: their notes stay, for the next run. */
  readonly #owed = new Set<string>();
  /** How often each handler's turn has come. */
  readonly #turns = new Map<string, number>();

  constructor(host: HostState, services: PlayServices, reconnect: () => Promise<void>) {
    this.#host = host;
    this.#services = services;
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
  async flush(rescued: boolean): Promise<Failed | 'unreachable' | undefined> {
    while (this.#notified.size > 0) {
      const wanted = new Map(this.#notified);
      this.#notified.clear();
      const end = await this.#run(wanted, rescued);
      if (end) return end;
    }
    return undefined;
  }

  async #run(wanted: ReadonlyMap<string, Sureness>, rescued: boolean): Promise<Failed | 'unreachable' | undefined> {
    const handlers = this.#services.play.handlers.filter(({ title }) => wanted.has(title));
    const unsure = new Set(handlers.filter(({ title }) => wanted.get(title) === 'maybe'));
    const loop = this.#loop(handlers, unsure, rescued);
    const ran = new Set<string>();
    for (let instance = loop.list.next(); instance; instance = loop.list.next()) {
      const { title } = instance.task;
      if (!(await this.#isWanted(instance.task))) {
        await loop.leaveOut(instance);
        this.#owed.add(title);
        loop.list.advance();
        continue;
      }
      const finished = await loop.run(instance);
      if (finished.status === 'unreachable') return 'unreachable';
      ran.add(title);
      if (finished.failed) {
        this.#owed.add(title);
        // Where the host goes on after this, the others are still due.
        for (const [name, sureness] of wanted) if (!ran.has(name)) this.#notified.set(name, sureness);
        await this.#forget(({ handler }) => ran.has(handler) && !this.#owed.has(handler));
        return finished.failed;
      }
      this.#owed.delete(title);
      this.notify(finished);
      loop.list.advance();
    }
    await this.#forget(({ handler }) => ran.has(handler));
    return undefined;
  }

  #isWanted(task: Task): Promise<boolean> {
    const turn = (this.#turns.get(task.title) ?? 0) + 1;
    this.#turns.set(task.title, turn);
    return isWanted(task, `${task.title}/${turn}`, this.#services);
  }

  #loop(nodes: Play['handlers'], unsure: ReadonlySet<Task>, rescued: boolean): TaskLoop {
    const [host, services, reconnect] = [this.#host, this.#services, this.#reconnect];
    return new TaskLoop({ host, services, kind: 'handler', nodes, unsure, rescued, reconnect });
  }

  /** At the end of the play: takes away the notes of handlers that a task left and in the end didn't notify. */
  async end(): Promise<void> {
    await this.#forget(({ run, handler }) => run === this.#services.run && !this.#owed.has(handler));
  }

  /**
   * Takes away the notes that didn't go with a handler's own message: it had nothing to do, is a command that is
   * judged afterwards, or was noted in another shell.
   */
  async #forget(which: (note: HeldNote) => boolean): Promise<void> {
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
}
