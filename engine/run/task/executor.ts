// Acts on one host: reads it ahead, performs changes, and keeps the promises that go with them: events on disk before
// a step is sent, notes of handlers before the change that notifies, reverts after a step that failed.

import { ProblemError } from '../../language/problem/problem.ts';
import type { Change, Failure, Rejoin, Wait } from '../../module/index.ts';
import type { Answer } from '../../transport/channel/connection.ts';
import { isWorthRetrying } from '../../transport/connect.ts';
import type { HostState } from '../host/state.ts';
import type { BoundItem, BoundTask, ReadyItem } from '../list/bound.ts';
import { outputOf, type ProbeReading } from '../message/probes.ts';
import type { Upcoming } from '../message/reader.ts';
import { isJudgedLater, prepareSteps } from '../message/steps.ts';
import { budgetOf, readTooLong } from '../message/time-limit.ts';
import { DelegatedPrediction, type Foresight } from '../predict/prediction.ts';
import { type HeldNote, leaveNotes, noteProblem } from '../session/notes.ts';
import type { ShellName, ShellUse } from '../session/session.ts';
import { type PlayServices, proceed } from '../together/services.ts';
import { breakOf, mayHaveActed } from './broken-off.ts';
import { logInAtLast, logInToDelegate } from './login.ts';
import { allMade, madeOf } from './made.ts';
import { type ChangeMessage, isAccepted, ownFrame, partsOf } from './parts.ts';
import { putBack } from './put-back.ts';
import { receiveFiles } from './receive.ts';
import { applyingEvent, referenceOf, type TaskContext } from './report.ts';
import type { Applied, Executor } from './run.ts';
import { OWN_MACHINE, rejoinHost, waitForPerson, waitOnHost, waitSeconds } from './waits.ts';

export interface ExecutorOptions {
  readonly host: HostState;
  readonly services: PlayServices;
  readonly context: TaskContext;
  /** Bound tasks after the one in hand. */
  readonly upcoming: () => Upcoming;
  /** Makes the connection again after it was lost. */
  readonly reconnect: () => Promise<void>;
}

export class HostExecutor implements Executor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
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

  async read(task: BoundTask, item: ReadyItem): Promise<ProbeReading | undefined> {
    const { host, services } = this.#options;
    if (!item.module.reads(item.want)) return undefined;
    const known = host.reader.known(item);
    if (known) return known;
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

  async apply(task: BoundTask, item: ReadyItem, changes: readonly Change[], rejoin?: Rejoin): Promise<Applied> {
    const { host, services, context } = this.#options;
    proceed(services);
    const message = await this.#prepared(task, item, changes, rejoin);
    await services.events.happen(applyingEvent(message, host, context));
    host.changes += 1;
    services.together.changes.total += 1;
    if (message.target !== host && !(await this.#noteAtHome(task))) {
      const failure = noteProblem(task.instance.task.at);
      return { outputs: [], failure, reading: undefined, progress: allMade(changes, 'not begun') };
    }
    const { resets } = message.target.session;
    let answers: readonly Answer[];
    try {
      answers = await this.#send(message);
    } catch (error) {
      return this.#lost(error, message, resets);
    }
    return this.#judged(message, answers);
  }

  /** The message that makes the changes, with who gets it. */
  async #prepared(
    task: BoundTask,
    item: ReadyItem,
    changes: readonly Change[],
    rejoin: Rejoin | undefined,
  ): Promise<ChangeMessage> {
    const { host, services, context } = this.#options;
    const target = await this.#reach(item);
    const route = target.session.route(item.place);
    const { exports, outputLimit } = item;
    const own = { exports, budget: budgetOf(item, host.reader.known(item)), outputLimit };
    const steps = changes.flatMap((change) =>
      prepareSteps(change, route.user, own).map((step) => ({ change, ...step })),
    );
    const isOwn = target === host;
    const isWhole = context.kind === 'handler' && task.instance.order.length === 1 && !task.looped;
    const handler = isOwn && isWhole && !steps.some(isJudgedLater) ? task.instance.task.title : undefined;
    const notes = isOwn ? this.#notes(task, route.shell) : [];
    const parts = partsOf(steps, { notes, handler, user: route.user, witnessed: target.witnessed }, services);
    // What is about to end the connection has its message to itself.
    const reread = item.module.reads(item.want) && !rejoin ? [item] : [];
    return { task, item, changes, rejoin, target, route, steps, parts, handler, reread };
  }

  #send({ task, item, target, route, parts, reread, rejoin }: ChangeMessage): Promise<readonly Answer[]> {
    const ahead = rejoin ? [] : this.#ahead(task, item);
    const frames = parts.map(({ frame }) => frame);
    return this.#options.host.reader.change({ site: target.site, shell: route.shell, frames }, reread, ahead);
  }

  /** What came of it: what failed is put back; after what didn't, the host is read again. */
  async #judged(message: ChangeMessage, answers: readonly Answer[]): Promise<Applied> {
    const { services } = this.#options;
    const { task, item, changes, target, route, steps, handler } = message;
    const { at } = task.instance.task;
    target.witnessed = true;
    const answered = message.parts.flatMap((part, index) => {
      const answer = answers[index];
      return answer ? [{ ...part, answer }] : [];
    });
    const outputs = answered.filter(({ purpose }) => purpose === 'step').map(({ answer }) => outputOf(answer));
    const failed = answered.find(({ frame, answer }) => !isAccepted(frame, answer));
    if (failed)
      return putBack({ run: services.run.id, changes, steps, failed, outputs, route, site: target.site, item, at });
    if (handler !== undefined) this.#dropNote(handler, route);
    const progress = madeOf(changes, outputs);
    try {
      return { outputs, failure: undefined, reading: await this.#afterwards(message), progress };
    } catch (error) {
      return { outputs, failure: breakOf(error, at, item), reading: undefined, progress };
    }
  }

  /** Brings the files that the changes receive, and reads the host again; or waits until it is back. */
  async #afterwards({ task, item, changes, rejoin, target, route }: ChangeMessage): Promise<ProbeReading | undefined> {
    const { host, services } = this.#options;
    if (rejoin) {
      await rejoinHost(rejoin, item, { host, target, at: task.instance.task.at }, services);
      return undefined;
    }
    await receiveFiles(changes, { session: target.session, route, host: host.name, sources: services.sources });
    return this.#reread(item);
  }

  /** A message with steps that didn't come back whole. Nobody knows how far it came. */
  async #lost(
    error: unknown,
    { task, item, target, changes, reread }: ChangeMessage,
    resets: number,
  ): Promise<Applied> {
    const { host } = this.#options;
    const failure = breakOf(error, task.instance.task.at, item);
    const progress = allMade(changes, mayHaveActed(failure) ? 'not known' : 'not begun');
    const gone = { outputs: [], failure, reading: undefined, progress };
    try {
      await this.#secondChance(error, target, resets);
      // State can be read again; whether an act took place can't.
      if (reread.length === 0 || changes.some(({ op }) => op === '!')) return gone;
      await host.reader.read(reread, this.#ahead(task, item));
      const reading = host.reader.known(item);
      return reading ? { outputs: [], failure: undefined, reading, progress, lost: failure } : gone;
    } catch {
      return gone;
    }
  }

  #dropNote(handler: string, { shell }: ShellUse): void {
    const { host, services } = this.#options;
    const runbook = services.runbookKey;
    host.notes = host.notes.filter(
      (note) => note.handler !== handler || note.runbook !== runbook || note.shell !== shell,
    );
  }

  async #reread(item: ReadyItem): Promise<ProbeReading | undefined> {
    const { host, services } = this.#options;
    if (!item.module.reads(item.want)) return undefined;
    // Not in the answer when the probe took too long in its place behind the steps.
    if (!host.reader.known(item) && !services.stop.aborted) await host.reader.read([item], []);
    return host.reader.known(item);
  }

  /** The notes of the handlers that the task may notify. */
  #notes(task: BoundTask, shell: ShellName): readonly HeldNote[] {
    const { host, services } = this.#options;
    const notes = task.notify.map((handler) => ({
      runbook: services.runbookKey,
      handler,
      run: services.run.id,
      shell,
    }));
    host.notes = [...host.notes, ...notes];
    return notes;
  }

  /** Handlers run for the host itself: its notes lie there, whoever makes the change. */
  async #noteAtHome(task: BoundTask): Promise<boolean> {
    const { host, services } = this.#options;
    if (task.notify.length > 0) await logInAtLast(host, services);
    const { session } = host;
    const shell = session.home;
    const leave = leaveNotes(this.#notes(task, shell));
    if (!leave) return true;
    const [answer] = await session.send(shell, [ownFrame(leave.text, { accept: [0] })]);
    return answer?.status === 0;
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

  /** What may be read with `item`: the items of its loop that come after it, each as a task, then the other tasks. */
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
