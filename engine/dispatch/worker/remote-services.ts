// What a host shares with others where it is brought through its play by a worker: it writes into its log, asks the coordinator
// and waits for its answers.

import type { Event, Happening } from '../../event/event.ts';
import type { Redactor } from '../../event/redact.ts';
import type { Play } from '../../language/runbook/runbook.ts';
import type { HostStates } from '../../run/host/hosts.ts';
import { Interrupted } from '../../run/session/interrupted.ts';
import type { Progress } from '../../run/together/progress.ts';
import type { SharedOutcome } from '../../run/together/run-once.ts';
import type { Question as Asking, Events, PlayEnd, Together, TurnOrder } from '../../run/together/services.ts';
import type { Answers, Entry, Known, Question, Reply, Standing, Unit } from '../wire/entry.ts';
import type { HostLogs } from './host-log.ts';

/** The coordinator, as the worker of one unit reaches it. */
export interface ToCoordinator {
  readonly logs: HostLogs;
  /** Asks until there is an answer. @throws Interrupted once the unit is given up */
  call(host: string, number: number): Promise<Exclude<Reply, { is: 'wait' }>>;
}

/** How the batch stands, as far as the worker has heard. */
export class LastStanding {
  #standing: Standing;
  /** What this worker's own hosts have changed that the coordinator may not have counted yet. */
  #own = 0;

  constructor(changes: number) {
    this.#standing = { changes, isEnded: false, isStopped: false };
  }

  get changes(): number {
    return this.#standing.changes + this.#own;
  }

  get isEnded(): boolean {
    return this.#standing.isEnded;
  }

  get isStopped(): boolean {
    return this.#standing.isStopped;
  }

  changed(count: number): void {
    this.#own += count;
  }

  end(): void {
    this.#standing = { ...this.#standing, isEnded: true };
  }

  /** Takes the coordinator's word. What it says first holds: an older word may come later. */
  hear({ changes, isEnded, isStopped }: Standing): void {
    const before = this.#standing;
    this.#own = Math.max(0, this.#own - Math.max(0, changes - before.changes));
    this.#standing = {
      changes: Math.max(before.changes, changes),
      isEnded: before.isEnded || isEnded,
      isStopped: before.isStopped || isStopped,
    };
  }
}

export class RemoteTogether implements Together {
  readonly batch: readonly string[];
  readonly hosts: number;
  readonly #coordinator: ToCoordinator;
  readonly #standing: LastStanding;
  readonly #states: HostStates;
  /** Whether hosts meet in this play at all, and whether its tasks look at other hosts. */
  readonly #play: { readonly meets: boolean; readonly readsOthers: boolean };
  #questions = 0;

  constructor(
    { batch, all }: Unit,
    {
      coordinator,
      standing,
      states,
      play,
    }: {
      readonly coordinator: ToCoordinator;
      readonly standing: LastStanding;
      readonly states: HostStates;
      readonly play: { readonly meets: boolean; readonly readsOthers: boolean };
    },
  ) {
    this.batch = batch;
    this.hosts = all;
    this.#coordinator = coordinator;
    this.#standing = standing;
    this.#states = states;
    this.#play = play;
  }

  get changes(): number {
    return this.#standing.changes;
  }

  changed(host: string, count: number): void {
    this.#standing.changed(count);
    this.#tell(host, { is: 'changed', count });
  }

  advance(host: string, place: TurnOrder): void {
    if (this.#play.meets) this.#tell(host, { is: 'place', place });
  }

  async meet(host: string, place: TurnOrder): Promise<void> {
    const others = await this.#ask(host, { asks: 'meet', place, known: this.#knownOf(host) });
    for (const [name, { learned, facts }] of others ?? []) {
      const variables = this.#states.get(name)?.variables;
      if (!variables || name === host) continue;
      for (const [key, value] of learned) variables.learned.set(key, value);
      variables.facts = facts;
    }
  }

  /** The coordinator is told by what became of the host. */
  leave(): void {}

  settled(host: string, key: string): Promise<SharedOutcome | undefined> {
    return this.#ask(host, { asks: 'settled', key });
  }

  vote(host: string, key: string, place: TurnOrder, holds: boolean): Promise<string | undefined> {
    return this.#ask(host, { asks: 'vote', key, place, holds });
  }

  settle(host: string, key: string, outcome: SharedOutcome): void {
    this.#tell(host, { is: 'settled', key, outcome });
  }

  outcome(host: string, key: string): Promise<SharedOutcome> {
    return this.#ask(host, { asks: 'outcome', key });
  }

  enter(host: string, task: number, places: number): Promise<boolean> {
    return this.#ask(host, { asks: 'enter', task, places });
  }

  exit(host: string, task: number, changed: boolean): void {
    this.#tell(host, { is: 'out', task, changed });
  }

  ask(host: string, key: string, question: Asking): Promise<boolean> {
    return this.#ask(host, { asks: 'person', key, question });
  }

  #knownOf(host: string): Known | undefined {
    const variables = this.#play.readsOthers ? this.#states.get(host)?.variables : undefined;
    return variables && { learned: variables.learned, facts: variables.facts };
  }

  async #ask<Q extends Question>(host: string, question: Q): Promise<Answers[Q['asks']]> {
    this.#questions += 1;
    const number = this.#questions;
    await this.#coordinator.logs.add(host, { is: 'question', number, question });
    const reply = await this.#coordinator.call(host, number);
    if (reply.is === 'gone') throw new Interrupted();
    this.#standing.hear(reply.standing);
    return reply.answer as Answers[Q['asks']]; // what the coordinator of this very version answers to such a question
  }

  #tell(host: string, entry: Entry): void {
    tell(this.#coordinator.logs, host, entry);
  }
}

export class RemotePlayEnd implements PlayEnd {
  readonly #logs: HostLogs;
  readonly #standing: LastStanding;

  constructor(logs: HostLogs, standing: LastStanding) {
    this.#logs = logs;
    this.#standing = standing;
  }

  readonly isEnded = () => this.#standing.isEnded;
  readonly isStopped = () => this.#standing.isStopped;

  end(host: string): void {
    this.#standing.end();
    tell(this.#logs, host, { is: 'play ended' });
  }

  failed(host: string): void {
    tell(this.#logs, host, { is: 'failed' });
  }
}

export class RemoteEvents implements Events {
  readonly #logs: HostLogs;
  readonly #redactor: Redactor;
  readonly #run: { readonly id: string; readonly check: boolean };
  /** The log for what is of no host of the unit's: of a delegate, or of the run as a whole. */
  readonly #spare: string;
  readonly #hosts: ReadonlySet<string>;

  constructor(
    logs: HostLogs,
    redactor: Redactor,
    run: { readonly id: string; readonly check: boolean },
    hosts: readonly string[],
  ) {
    this.#logs = logs;
    this.#redactor = redactor;
    this.#run = run;
    this.#hosts = new Set(hosts);
    this.#spare = hosts[0] ?? '';
  }

  /** Steps aren't sent before the event that names them is kept by the broker. */
  async happen(happening: Happening): Promise<void> {
    const host = 'host' in happening && happening.host !== null ? happening.host : this.#spare;
    // A Happening is an Event less two fields; TypeScript can't join them again member by member.
    const event = this.#redactor.event({ ...happening, run: this.#run.id, check: this.#run.check } as Event);
    const kept = this.#logs.add(this.#hosts.has(host) ? host : this.#spare, { is: 'event', event });
    if (happening.type.endsWith('.applying')) await kept;
  }

  note(_play: Play, host: string, progress: Progress): void {
    tell(this.#logs, host, { is: 'progress', progress });
  }
}

/** A log that can't be written any more is noticed by the next question, step or end. */
function tell(logs: HostLogs, host: string, entry: Entry): void {
  logs.add(host, entry).catch(() => undefined);
}
