// Reading a host ahead: sends the probes of many tasks as one message, and keeps the answers until a change makes
// them worthless.
import type { Answer, Frame } from '../transport/connection.ts';
import type { BoundItem, BoundTask } from './bound.ts';
import { type Probe, probesFor, type Reading, readingsOf } from './probes.ts';
import type { HostSession, ShellName } from './session.ts';
import { Window } from './window.ts';

/** The tasks after the one in hand, bound as far as they can be: undefined where one must not be read ahead. */
export type Upcoming = Iterable<BoundTask | undefined>;

/** What is known of one host. Not safe for concurrent use: a host's run is one loop. */
export class Reader {
  readonly #session: HostSession;
  readonly #window = new Window();
  #readings = new Map<string, Reading>();

  constructor(session: HostSession) {
    this.#session = session;
  }

  /** What was read for the item, if it was and nothing has changed since. */
  known(item: BoundItem): Reading | undefined {
    return this.#readings.get(item.key);
  }

  /** Drops what was read for the item: it is to be read again. */
  forget(item: BoundItem): void {
    this.#readings.delete(item.key);
  }

  /** Drops everything: something outside this host's own loop may have changed it. */
  forgetAll(): void {
    this.#readings.clear();
  }

  /** Reads the items in hand, and ahead as far as the window reaches: one message to each shell that is concerned. */
  async read(items: readonly BoundItem[], upcoming: Upcoming): Promise<void> {
    this.#window.exhausted();
    const groups = this.#probes(items, upcoming);
    await Promise.all(
      [...groups].map(async ([shell, probes]) => {
        const frames = probes.map(({ frame }) => frame);
        this.#keep(probes, await this.#session.send(shell, frames));
      }),
    );
  }

  /**
   * Sends frames that change something and, behind them in the same message, the probe of `items` and the probes
   * that look ahead again. What was read before is dropped, whatever happens. Returns the answers to `frames`.
   */
  async change(
    shell: ShellName,
    frames: readonly Frame[],
    items: readonly BoundItem[],
    upcoming: Upcoming,
  ): Promise<Answer[]> {
    this.#window.changed();
    this.#readings.clear();
    // Probes of other shells can't be in this message: they are read when their turn comes.
    const probes = this.#probes(items, upcoming).get(shell) ?? [];
    const answers = await this.#session.send(shell, [...frames, ...probes.map(({ frame }) => frame)]);
    this.#keep(probes, answers.slice(frames.length));
    return answers.slice(0, frames.length);
  }

  #keep(probes: readonly Probe[], answers: readonly Answer[]): void {
    for (const [key, reading] of readingsOf(probes, answers)) this.#readings.set(key, reading);
  }

  #probes(items: readonly BoundItem[], upcoming: Upcoming): ReadonlyMap<ShellName, readonly Probe[]> {
    const shells = new Map<ShellName, { item: BoundItem; frameUser: string | undefined; ahead: boolean }[]>();
    const add = (item: BoundItem, ahead: boolean) => {
      const { shell, user } = this.#session.route(item.place);
      const group = shells.get(shell) ?? [];
      group.push({ item, frameUser: user, ahead });
      shells.set(shell, group);
    };
    for (const item of items) add(item, false);
    for (const item of this.#ahead(upcoming)) add(item, true);
    return new Map([...shells].map(([shell, group]) => [shell, probesFor(group)]));
  }

  *#ahead(upcoming: Upcoming): Generator<BoundItem> {
    let room = this.#window.size;
    if (room <= 0) return;
    for (const task of upcoming) {
      const items = (task?.items ?? []).filter((item) => this.#mayReadAhead(item));
      yield* items;
      // A task that reads nothing takes up no room: neither `debug` nor what is skipped costs a message.
      if (items.some(({ module, want }) => module.reads(want))) room -= 1;
      if (room <= 0) return;
    }
  }

  #mayReadAhead(item: BoundItem): boolean {
    if (item.condition === false || this.#readings.has(item.key)) return false;
    // A user's command may cost or do anything: never before its condition is known.
    if (item.module.command && item.condition !== true) return false;
    return !item.module.costly || this.#window.pristine;
  }
}
