// Reading a host ahead: sends the probes of many tasks as one message, and keeps the answers until a change makes
// them worthless. What is delegated is read where it is delegated to.

import type { Module } from '../../module/index.ts';
import type { Answer, Frame } from '../../transport/channel/connection.ts';
import type { BoundItem, BoundTask, ReadyItem } from '../list/bound.ts';
import type { HostAccess } from '../session/host-access.ts';
import type { ShellName } from '../session/session.ts';
import { LookAhead } from './look-ahead.ts';
import { isCutShort, type Probe, type ProbeReading, probesFor, readingsOf } from './probes.ts';

/** The tasks after the one in hand, bound as far as they can be: undefined where one must not be read ahead. */
export type Upcoming = Iterable<BoundTask | undefined>;

/** Before all that was read: what is of then is read again. */
const GONE = -1;

/** What was read, where, how often anything had been changed there by then, and how often all had been forgotten. */
interface Kept {
  readonly reading: ProbeReading;
  readonly site: HostAccess;
  readonly version: number;
  readonly era: number;
}

/** The probes for one shell. */
interface Group {
  readonly site: HostAccess;
  readonly shell: ShellName;
  readonly probes: readonly Probe[];
  /** Whether a task in hand waits for it. */
  readonly urgent: boolean;
}

type Asked = { readonly item: ReadyItem; readonly frameUser: string | undefined; readonly ahead: boolean };

/** What is known of one host. Not safe for concurrent use: a host's run is one loop. */
export class Reader {
  readonly #own: HostAccess;
  readonly #delegate: (name: string) => HostAccess | undefined;
  readonly #window: LookAhead;
  readonly #readings = new Map<string, Kept>();
  #era = 0;

  /** `delegate` finds the host of that name if somebody is logged in there. */
  constructor(own: HostAccess, delegate: (name: string) => HostAccess | undefined, dryRun: boolean) {
    this.#own = own;
    this.#delegate = delegate;
    this.#window = new LookAhead(dryRun);
  }

  /** What was read for the item, if it was and nothing has changed since. */
  known(item: BoundItem): ProbeReading | undefined {
    const kept = this.#readings.get(item.key);
    if (kept?.era !== this.#era || kept.version !== kept.site.version) return undefined;
    return isCutShort(kept.reading) ? undefined : kept.reading;
  }

  /** What was read for the item is worth nothing any more: it is to be read again. */
  forget(item: BoundItem): void {
    const kept = this.#readings.get(item.key);
    if (kept) this.#readings.set(item.key, { ...kept, era: GONE });
  }

  /** The same of everything: something outside this host's own loop may have changed it. */
  forgetAll(): void {
    this.#era += 1;
  }

  /** Lets go of all that was read: the host is done with its list. */
  clear(): void {
    this.#readings.clear();
  }

  /** Reads the items in hand, and ahead as far as the window reaches: one message to each shell that is concerned. */
  async read(items: readonly ReadyItem[], upcoming: Upcoming): Promise<void> {
    this.#window.exhausted();
    await Promise.all(this.#groups(items, upcoming).map((group) => this.#readGroup(group)));
    for (const item of items) {
      const kept = this.#readings.get(item.key);
      if (kept && isCutShort(kept.reading))
        await Promise.all(this.#groups([item], []).map((group) => this.#readGroup(group)));
    }
  }

  /**
   * Sends frames that change something to a shell of `site` and, behind them in the same message, the probes of `reread`
   * and those that look ahead again. What was read before is worth nothing then, whatever happens. `item` is what the
   * first change is for. Returns the answers to `frames`.
   */
  async change(
    {
      site,
      shell,
      frames,
      item,
      reread,
    }: {
      readonly site: HostAccess;
      readonly shell: ShellName;
      readonly frames: readonly Frame[];
      readonly item: ReadyItem;
      readonly reread: readonly ReadyItem[];
    },
    upcoming: Upcoming,
  ): Promise<Answer[]> {
    this.#window.changed(item);
    this.forgetAll();
    // Probes of other shells can't be in this message: they are read when their turn comes.
    const group = this.#groups(reread, upcoming).find((other) => other.site === site && other.shell === shell);
    const probes = group?.probes ?? [];
    const answers = await site.changing(() =>
      site.session.send(shell, [...frames, ...probes.map(({ frame }) => frame)]),
    );
    this.#keep(probes, answers.slice(frames.length), { site, version: site.version });
    return answers.slice(0, frames.length);
  }

  async #readGroup({ site, shell, probes, urgent }: Group): Promise<void> {
    const { version, session } = site;
    // Somebody else's work there may take long: what isn't needed now is read when it is.
    if (!urgent && site !== this.#own && session.isBusy(shell)) return;
    const frames = probes.map(({ frame }) => frame);
    try {
      this.#keep(probes, await session.send(shell, frames), { site, version });
    } catch (error) {
      if (urgent || site === this.#own) throw error;
      // Told when the delegated task's turn comes, if it still is so by then.
    }
  }

  #keep(probes: readonly Probe[], answers: readonly Answer[], where: Pick<Kept, 'site' | 'version'>): void {
    for (const [key, reading] of readingsOf(probes, answers))
      this.#readings.set(key, { reading, era: this.#era, ...where });
  }

  #groups(items: readonly ReadyItem[], upcoming: Upcoming): readonly Group[] {
    const shells = new Map<HostAccess, Map<ShellName, Asked[]>>();
    const add = (item: ReadyItem, ahead: boolean) => {
      const site = this.#siteOf(item);
      if (!site) return;
      const { shell, user } = site.session.route(item.place);
      const named = shells.get(site) ?? new Map<ShellName, Asked[]>();
      shells.set(site, named);
      const asked = named.get(shell) ?? [];
      named.set(shell, asked);
      asked.push({ item, frameUser: user, ahead });
    };
    for (const item of items) add(item, false);
    for (const item of this.#ahead(upcoming, items)) add(item, true);
    return [...shells].flatMap(([site, named]) =>
      [...named].map(([shell, asked]): Group => {
        return { site, shell, probes: probesFor(asked), urgent: asked.some(({ ahead }) => !ahead) };
      }),
    );
  }

  /** Where the item is read; undefined when nobody is logged in there yet. */
  #siteOf({ place }: BoundItem): HostAccess | undefined {
    return place.delegate === undefined ? this.#own : this.#delegate(place.delegate);
  }

  /** As far as the window reaches, and not beyond what is expected to change something and its neighbours of the same module. */
  *#ahead(upcoming: Upcoming, inHand: readonly ReadyItem[]): Generator<ReadyItem> {
    let room = this.#window.size;
    let changing: Module | undefined;
    if (room <= 0) return;
    for (const task of upcoming) {
      const ready = (task?.items ?? []).flatMap((item) => (item.ready && !inHand.includes(item) ? [item] : []));
      if (changing !== undefined && ready.some(({ module }) => module !== changing)) return;
      const items = ready.filter((item) => this.#mayReadAhead(item));
      yield* items;
      // A task that reads nothing takes up no room: neither `debug` nor what is skipped costs a message.
      if (items.some(({ module, want }) => module.reads(want))) room -= 1;
      if (room <= 0) return;
      for (const item of ready) {
        if (this.#window.expects(item, this.#readings.get(item.key)?.reading)) changing = item.module;
      }
    }
  }

  #mayReadAhead(item: ReadyItem): boolean {
    if (this.known(item)) return false;
    // A user's command may cost or do anything: never before its condition is known.
    if (item.module.command && item.condition !== true) return false;
    return !item.module.costly || this.#window.pristine;
  }
}
