// Performs changes on one host, and keeps the promises that go with them: events on disk before a step is sent, notes of
// handlers before the change that notifies, reverts after a step that failed. Neighbours go in one message.

import { isDeepStrictEqual } from 'node:util';
import { Missing, type Output } from '../../module/index.ts';
import type { Answer } from '../../transport/channel/connection.ts';
import type { HostState } from '../host/state.ts';
import type { BoundItem, BoundTask, ReadyItem } from '../list/bound.ts';
import { outputOf, type ProbeReading } from '../message/probes.ts';
import { leaveNotes, noteProblem } from '../session/notes.ts';
import type { ShellUse } from '../session/session.ts';
import { breakOf, mayHaveActed } from './broken-off.ts';
import { type MessageOptions, messageOf, notesOf } from './change-message.ts';
import { logInAtLast } from './login.ts';
import { allMade, madeOf } from './made.ts';
import { type ChangeMessage, type ItemChanges, isAccepted, ownFrame } from './parts.ts';
import { type Planned, planOf } from './planned.ts';
import { putBack } from './put-back.ts';
import { receiveFiles } from './receive.ts';
import { applyingEvent, withdrawnEvent } from './report.ts';
import type { Applied, Made } from './run.ts';
import { rejoinHost } from './waits.ts';

export interface PerformerOptions extends MessageOptions {
  /** Makes a lost connection again, once; throws the error otherwise. */
  readonly secondChance: (error: unknown, target: HostState, resets: number) => Promise<void>;
}

export class Performer {
  readonly #options: PerformerOptions;
  /** What neighbours' messages made of items whose turn is still to come, by their keys. */
  readonly #made = new Map<string, Made>();

  constructor(options: PerformerOptions) {
    this.#options = options;
  }

  /** True while something was made that isn't told yet. */
  get hasMade(): boolean {
    return this.#made.size > 0;
  }

  takeMade({ key }: BoundItem): Made | undefined {
    const made = this.#made.get(key);
    this.#made.delete(key);
    return made;
  }

  /** Makes the changes of an item at `target`, which is logged in, and of its neighbours. */
  async apply(planned: Planned, target: HostState): Promise<Applied> {
    const { host, services, context } = this.#options;
    const message = messageOf(planned, target, this.#options);
    const all = allOf(message);
    await Promise.all(all.map((one) => services.events.happen(applyingEvent(one, target, context))));
    host.changes += all.length;
    services.together.changed(host.name, all.length);
    if (target !== host && !(await this.#noteAtHome(planned.task))) {
      const failure = noteProblem(planned.task.instance.task.at);
      return { outputs: [], failure, reading: undefined, progress: allMade(planned.plan.changes, 'not begun') };
    }
    const { resets } = target.session;
    let answers: readonly Answer[];
    try {
      answers = await this.#send(message);
    } catch (error) {
      return this.#lost(error, message, resets);
    }
    return this.#judged(message, answers);
  }

  #send({ first, neighbours, target, route, parts }: ChangeMessage): Promise<readonly Answer[]> {
    const { host, after } = this.#options;
    const { task, item, plan } = first;
    // What is about to end the connection has its message to itself.
    const reread = plan.rejoin ? [] : readOf([first, ...neighbours]);
    const ahead = plan.rejoin ? [] : after(task, item);
    const frames = parts.map(({ frame }) => frame);
    const change = { site: target.site, shell: route.shell, frames, item, reread };
    return host.reader.change(change, ahead);
  }

  /** What came of it: what failed is put back; after what didn't, the host is read again. */
  async #judged(message: ChangeMessage, answers: readonly Answer[]): Promise<Applied> {
    const { services } = this.#options;
    const { parts, target, route, handler } = message;
    target.witnessed = true;
    const answered = parts.flatMap((part, index) => {
      const answer = answers[index];
      return answer ? [{ ...part, answer }] : [];
    });
    const outputsOf = (one: ItemChanges) =>
      answered.filter(({ purpose, of }) => purpose === 'step' && of === one).map(({ answer }) => outputOf(answer));
    const all = allOf(message);
    const failed = answered.find(({ frame, answer }) => !isAccepted(frame, answer));
    const bad = failed && (failed.of ?? (failed.purpose === 'before' ? message.first : all.at(-1)));
    const end = bad ? all.indexOf(bad) : all.length;
    await this.#withdraw(all.slice(end + 1));
    const results: [ItemChanges, Applied][] = [];
    if (failed && bad) {
      const steps = all.flatMap((one) => one.steps);
      const stopped = {
        run: services.run.id,
        of: bad,
        failed,
        outputs: outputsOf(bad),
        steps,
        route,
        site: target.site,
      };
      results.push([bad, await putBack(stopped)]);
    } else if (handler !== undefined) this.#dropNote(handler, route);
    const done = all.slice(0, end);
    for (const one of done) results.push([one, await this.#concluded(one, message, { outputs: outputsOf(one), done })]);
    return this.#kept(results, message);
  }

  /** The result of the first, which was asked for; the others are kept until their turn. */
  #kept(results: readonly (readonly [ItemChanges, Applied])[], { first, neighbours }: ChangeMessage): Applied {
    const byItem = new Map(results);
    for (const one of neighbours) {
      const applied = byItem.get(one);
      if (applied) this.#made.set(one.item.key, { plan: one.plan, applied: withTransfer(one, applied) });
    }
    const own = byItem.get(first);
    if (!own) throw new Error('a message has a result for its first item');
    return withTransfer(first, own);
  }

  async #concluded(
    one: ItemChanges,
    message: ChangeMessage,
    { outputs, done }: { readonly outputs: readonly Output[]; readonly done: readonly ItemChanges[] },
  ): Promise<Applied> {
    const { task, item, plan } = one;
    const progress = madeOf(plan.changes, outputs);
    try {
      const reading = await this.#afterwards(one, message, done);
      return { outputs, failure: undefined, reading, progress };
    } catch (error) {
      return { outputs, failure: breakOf(error, task.instance.task.at, item), reading: undefined, progress };
    }
  }

  /** Brings the files that the changes receive, and reads the host again; or waits until it is back. */
  async #afterwards(
    { task, item, plan, transfer }: ItemChanges,
    { target, route }: ChangeMessage,
    done: readonly ItemChanges[],
  ): Promise<ProbeReading | undefined> {
    const { host, services } = this.#options;
    if (plan.rejoin) {
      await rejoinHost(plan.rejoin, item, { host, target, at: task.instance.task.at }, services);
      return undefined;
    }
    const { sources } = services;
    await receiveFiles(plan.changes, { session: target.session, route, host: host.name, sources, transfer });
    if (!item.module.reads(item.want)) return undefined;
    // Not in the answer when the probe took too long in its place behind the steps, or when one of them failed.
    const unread = readOf(done).filter((one) => !host.reader.known(one));
    if (unread.includes(item) && !services.stop.aborted) await host.reader.read(unread, []);
    return host.reader.known(item);
  }

  /** A message with steps that didn't come back whole. Nobody knows how far it came. */
  async #lost(error: unknown, message: ChangeMessage, resets: number): Promise<Applied> {
    const { host, after, secondChance } = this.#options;
    const { first, neighbours, target } = message;
    const { changes, rejoin } = first.plan;
    const lostOf = ({ task, item }: ItemChanges) => breakOf(error, task.instance.task.at, item);
    const failure = lostOf(first);
    const progress = allMade(changes, mayHaveActed(failure) ? 'not known' : 'not begun');
    const gone = { outputs: [], failure, reading: undefined, progress };
    if (!mayHaveActed(failure)) await this.#withdraw(neighbours);
    try {
      await secondChance(error, target, resets);
      const all = allOf(message);
      const reread = rejoin ? [] : readOf(all);
      // State can be read again; whether an act took place can't.
      if (reread.length === 0 || changes.some(({ op }) => op === '!')) return gone;
      await host.reader.read(reread, after(first.task, first.item));
      const results = all.flatMap((one): [ItemChanges, Applied][] => {
        const reading = host.reader.known(one.item);
        const unknown = allMade(one.plan.changes, 'not known');
        return reading
          ? [[one, { outputs: [], failure: undefined, reading, progress: unknown, lost: lostOf(one) }]]
          : [];
      });
      const untouched = results.filter(([one, { reading }]) => one !== first && this.#isUntouched(one, reading));
      await this.#withdraw(untouched.map(([one]) => one));
      const rest = results.filter((result) => !untouched.includes(result));
      return rest.some(([one]) => one === first) ? this.#kept(rest, message) : gone;
    } catch {
      return gone;
    }
  }

  /** Whether all of the changes are still to be made. */
  #isUntouched({ item, plan }: ItemChanges, reading: ProbeReading | undefined): boolean {
    const now = planOf(item, reading, this.#options.host.prediction);
    return !(now instanceof Missing) && isDeepStrictEqual(now.changes, plan.changes);
  }

  /** None of these was begun: each is planned anew if its turn comes. */
  async #withdraw(unsent: readonly ItemChanges[]): Promise<void> {
    const { host, services, context } = this.#options;
    const notes = unsent.flatMap((one) => one.notes);
    host.notes = host.notes.filter((note) => !notes.includes(note));
    await Promise.all(unsent.map((one) => services.events.happen(withdrawnEvent(one, context))));
  }

  #dropNote(handler: string, { shell }: ShellUse): void {
    const { host, services } = this.#options;
    const runbook = services.runbookKey;
    host.notes = host.notes.filter(
      (note) => note.handler !== handler || note.runbook !== runbook || note.shell !== shell,
    );
  }

  /** Handlers run for the host itself: its notes lie there, whoever makes the change. */
  async #noteAtHome(task: BoundTask): Promise<boolean> {
    const { host, services } = this.#options;
    if (task.notify.length > 0) await logInAtLast(host, services);
    const { session } = host;
    const shell = session.home;
    const leave = leaveNotes(notesOf(task, shell, this.#options));
    if (!leave) return true;
    const [answer] = await session.send(shell, [ownFrame(leave.text, { accept: [0] })]);
    return answer?.status === 0;
  }
}

function allOf({ first, neighbours }: ChangeMessage): readonly ItemChanges[] {
  return [first, ...neighbours];
}

function withTransfer({ transfer }: ItemChanges, applied: Applied): Applied {
  return { ...applied, transferred: transfer.done };
}

/** The items that read anything. */
function readOf(all: readonly ItemChanges[]): readonly ReadyItem[] {
  return all.map(({ item }) => item).filter(({ module, want }) => module.reads(want));
}
