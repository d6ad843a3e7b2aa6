// One host's hands: reads it ahead, performs changes, and keeps the promises that go with them: events on disk before
// a step is sent, notes of handlers before the change that notifies, reverts after a step that failed.

import type { Position } from '../language/position.ts';
import { type Problem, ProblemError } from '../language/problem.ts';
import type { Change, Output } from '../module/index.ts';
import type { Budget, Frame } from '../transport/connection.ts';
import type { BoundItem, BoundTask } from './bound.ts';
import type { HostState } from './host-state.ts';
import { leaveNotes, leaveWitness, removeNote } from './notes.ts';
import { problemOf, stepProblem } from './outcome.ts';
import { happen, type PlayServices, proceed } from './play-services.ts';
import type { Prediction } from './prediction.ts';
import { outputOf, type Reading } from './probes.ts';
import type { Upcoming } from './reader.ts';
import { changesOf, itemLabel, referenceOf, type TaskContext } from './report-task.ts';
import type { Route } from './session.ts';
import { describeSteps, type PreparedStep, prepareSteps } from './steps.ts';
import type { Applied, Hands } from './task-run.ts';

/** Seconds for the engine's own small scripts: notes, reverts. */
const OWN_TIMEOUT = 60;

/** Seconds that steps have where a task's `timeout` is nearly over already. */
const LEAST_BUDGET = 0.1;

export interface HandsOptions {
  readonly host: HostState;
  readonly services: PlayServices;
  readonly context: TaskContext;
  /** Bound tasks after the one in hand. */
  readonly upcoming: () => Upcoming;
  /** Makes the connection anew after it was lost. */
  readonly reconnect: () => Promise<void>;
}

export class HostHands implements Hands {
  readonly prediction: Prediction;
  readonly #options: HandsOptions;

  constructor(options: HandsOptions) {
    this.#options = options;
    this.prediction = options.host.prediction;
  }

  async read(task: BoundTask, item: BoundItem): Promise<Reading | undefined> {
    const { host, services, context } = this.#options;
    if (!item.module.reads(item.want)) return undefined;
    const known = host.reader.known(item);
    if (known) return known;
    proceed(services);
    await happen(services, {
      type: 'task.started',
      host: host.name,
      play: context.play,
      task: referenceOf(task.instance, task.name),
    });
    try {
      await host.reader.read([item], this.#ahead(task, item));
    } catch (error) {
      await this.#secondChance(error);
      await host.reader.read([item], this.#ahead(task, item));
    }
    const reading = host.reader.known(item);
    if (reading === undefined) throw new ProblemError([readTooLong(item, task.instance.task.at)]);
    return reading;
  }

  async apply(task: BoundTask, item: BoundItem, changes: readonly Change[]): Promise<Applied> {
    const { host, services, context } = this.#options;
    proceed(services);
    const route = host.session.route(item.place);
    const own = { exports: item.exports, budget: budgetOf(item, host.reader.known(item)) };
    const steps = changes.flatMap((change) =>
      prepareSteps(change, route.user, own).map((step) => ({ change, ...step })),
    );
    const before = this.#before(task, route);
    const ran = context.kind === 'handler' && !task.looped && !steps.some(isJudgedLater);
    const after = this.#after(task, steps, route, ran);
    await happen(services, {
      type: `${context.kind}.applying`,
      host: host.name,
      play: context.play,
      task: referenceOf(task.instance, task.name),
      ...(item.item ? { item: itemLabel(item.item.label, task.noLog) } : {}),
      changes: changesOf(changes, { diff: context.diff, noLog: task.noLog, task }),
      steps: task.noLog ? [] : changes.flatMap((change) => describeSteps(change, item.exports)),
    });
    host.changes += 1;
    services.changes.total += 1;
    const frames = [...before, ...steps.map(({ frame }) => frame), ...after];
    const reread = item.module.reads(item.want) ? [item] : [];
    try {
      const answers = await host.reader.change(route.shell, frames, reread, this.#ahead(task, item));
      host.witnessed = true;
      const outputs = answers.slice(before.length, before.length + steps.length).map(outputOf);
      const bad = answers.findIndex((answer, index) => !accepted(frames[index], answer.status, answer.timedOut));
      if (bad >= 0) return await this.#failed({ bad: bad - before.length, steps, outputs, route, task, item });
      if (ran) this.#dropNote(task.instance.task.title, route);
      return { outputs, failure: undefined, reading: await this.#reread(item) };
    } catch (error) {
      await this.#secondChance(error);
      const { at } = task.instance.task;
      const { name } = item.module;
      // Nobody knows how far the message came. State can be read again; whether an act took place can't.
      if (changes.some(({ op }) => op === '!')) throw error;
      await host.reader.read(reread, this.#ahead(task, item));
      return { outputs: [], failure: undefined, reading: host.reader.known(item), lost: problemOf(error, at, name) };
    }
  }

  #dropNote(handler: string, { shell }: Route): void {
    const { host, services } = this.#options;
    const runbook = services.runbookKey;
    host.notes = host.notes.filter(
      (note) => note.handler !== handler || note.runbook !== runbook || note.shell !== shell,
    );
  }

  async #reread(item: BoundItem): Promise<Reading | undefined> {
    const { host } = this.#options;
    if (!item.module.reads(item.want)) return undefined;
    // Not in the answer when the probe took too long in its place behind the steps.
    if (!host.reader.known(item)) await host.reader.read([item], []);
    return host.reader.known(item);
  }

  /** What goes ahead of the steps: notes of the handlers to be notified, and the first time the witness. */
  #before(task: BoundTask, { shell }: Route): readonly Frame[] {
    const { host, services } = this.#options;
    const notes = task.notify.map((handler) => ({ runbook: services.runbookKey, handler, run: services.run, shell }));
    host.notes = [...host.notes, ...notes];
    const witness = services.witness && !host.witnessed ? leaveWitness(services.witness) : undefined;
    const leave = leaveNotes(notes);
    return [
      ...(leave ? [ownFrame(leave.text, { accept: [0] })] : []),
      ...(witness ? [ownFrame(witness.text, { accept: 'any' })] : []),
    ];
  }

  /** What goes behind them: what was only kept for reverts, and, when the handler has `ran` by then, its note. */
  #after(task: BoundTask, steps: readonly PreparedStep[], route: Route, ran: boolean): readonly Frame[] {
    const { services } = this.#options;
    const cleanups = steps.flatMap(({ cleanup }) =>
      cleanup ? [ownFrame(cleanup.text, { accept: 'any' }, route.user)] : [],
    );
    if (!ran) return cleanups;
    const note = removeNote(services.runbookKey, task.instance.task.title);
    return [...cleanups, ownFrame(note.text, { accept: 'any' })];
  }

  /** Takes back what the failed change had done before its failing step, newest first. */
  async #failed(what: {
    readonly bad: number;
    readonly steps: readonly (PreparedStep & { readonly change: Change })[];
    readonly outputs: readonly Output[];
    readonly route: Route;
    readonly task: BoundTask;
    readonly item: BoundItem;
  }): Promise<Applied> {
    const { bad, steps, outputs, route, task, item } = what;
    const { at } = task.instance.task;
    const failed = steps[bad];
    const output = outputs[bad];
    if (!failed || !output) return { outputs, failure: noteProblem(at), reading: undefined };
    const mine = steps.slice(0, bad).filter(({ change }) => change === failed.change);
    const frames = [
      ...mine
        .toReversed()
        .flatMap(({ revert }) => (revert ? [ownFrame(revert.text, { accept: 'any' }, route.user)] : [])),
      ...steps.flatMap(({ cleanup }) => (cleanup ? [ownFrame(cleanup.text, { accept: 'any' }, route.user)] : [])),
    ];
    const problem = stepProblem(failed.change, output, at, item.timeout);
    if (frames.length === 0) return { outputs: outputs.slice(0, bad + 1), failure: problem, reading: undefined };
    const answers = await this.#options.host.session.send(route.shell, frames);
    const unreverted = answers.some(({ status }) => status !== 0);
    const told = unreverted ? 'Not everything could be put back.' : 'What the change had done before was put back.';
    const failure = mine.some(({ revert }) => revert)
      ? { ...problem, detail: `${problem.detail ?? ''}\n${told}` }
      : problem;
    return { outputs: outputs.slice(0, bad + 1), failure, reading: undefined };
  }

  /** What may be read with `item`: the items of its loop that come after it, each as a task, then the other tasks. */
  *#ahead(task: BoundTask, item: BoundItem): Upcoming {
    for (const other of task.items.slice(task.items.indexOf(item) + 1)) yield { ...task, items: [other] };
    yield* this.#options.upcoming();
  }

  /** A lost connection is made anew once a run; anything else, and the second time, is thrown. */
  async #secondChance(error: unknown): Promise<void> {
    const { host, reconnect } = this.#options;
    const lost = error instanceof ProblemError && error.problems[0]?.code === 'connection-lost';
    if (!lost || host.reconnected) throw error;
    host.reconnected = true;
    await reconnect();
  }
}

/** True for a step that succeeds whatever its status: its module judges it, once the answer is there. */
function isJudgedLater({ frame }: PreparedStep): boolean {
  return frame.step?.accept === 'any';
}

function ownFrame(script: string, step: NonNullable<Frame['step']>, user?: string): Frame {
  return { script, step, user, timeout: OWN_TIMEOUT };
}

function accepted(frame: Frame | undefined, status: number, timedOut: boolean): boolean {
  const accept = frame?.step?.accept ?? [0];
  return accept === 'any' ? !timedOut : accept.includes(status);
}

/** What is left of the task's `timeout` after its probe, for its steps together. */
function budgetOf({ timeout }: BoundItem, reading: Reading | undefined): Budget | undefined {
  if (timeout === undefined) return undefined;
  const spent = reading?.probe.items.length === 1 ? reading.seconds : 0;
  return { seconds: Math.max(LEAST_BUDGET, timeout - spent) };
}

function readTooLong({ timeout }: BoundItem, at: Position): Problem {
  const limit = timeout === undefined ? 'did not end in time' : `took longer than its ‹timeout› of ${timeout} s`;
  return {
    code: 'timed-out',
    summary: 'reading the host took too long',
    detail: `The probe of this task ${limit} and was stopped. Nothing was changed by it.`,
    at,
  };
}

function noteProblem(at: Position): Problem {
  return {
    code: 'step-failed',
    summary: 'no note of the handler could be left on the host',
    detail:
      'Before a change that notifies, a note is written under /var/lib/vrun (or ~/.local/state/vrun). That failed, so nothing was changed.',
    hint: 'Look at the free space and the permissions there.',
    at,
  };
}
