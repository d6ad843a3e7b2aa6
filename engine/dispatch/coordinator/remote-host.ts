// One host of a batch that a worker brings through its play, as the coordinator follows it by its log: events go on to whoever
// looks on, questions are put to the hosts' own meeting, and a later attempt takes the place of one that was lost.
import { type PromiseWithResolvers, withResolvers } from '../../base/with-resolvers.ts';
import type { HostState } from '../../run/host/state.ts';
import type { HostOutcome } from '../../run/play/run-host.ts';
import type { PlayServices } from '../../run/together/services.ts';
import { takeOver } from '../wire/carried.ts';
import type { Entry, Known, Question, Reply, Standing } from '../wire/entry.ts';

/** What the hosts of a batch have told of themselves. */
export type KnownHosts = Map<string, Known>;

export class RemoteHost {
  readonly host: HostState;
  readonly #unit: number;
  readonly #services: PlayServices;
  readonly #known: KnownHosts;
  readonly #done = withResolvers<HostOutcome>();
  #epoch = 0;
  /** Answers by the attempt and the number of their question. The call for one may come before the question in the log. */
  readonly #answers = new Map<string, PromiseWithResolvers<unknown>>();
  /** Throttled tasks in which the attempt has a place. */
  #inside: number[] = [];
  /** What is told one after the other. */
  #told: Promise<unknown> = Promise.resolve();
  #isDone = false;

  constructor(host: HostState, unit: number, services: PlayServices, known: KnownHosts) {
    this.host = host;
    this.#unit = unit;
    this.#services = services;
    this.#known = known;
  }

  /** Resolves once the host is through with the play and all that it told was passed on. */
  get done(): Promise<HostOutcome> {
    return this.#done.promise;
  }

  /** True once a worker has begun with the host. */
  get isBegun(): boolean {
    return this.#epoch > 0;
  }

  /** Takes what a message of the host's log holds, in the order of the log. What an attempt adds after a later one has begun is void. */
  take(epoch: number, entries: readonly Entry[]): void {
    if (this.#isDone || epoch < this.#epoch) return;
    if (epoch > this.#epoch) {
      const [first] = entries;
      // The log may still end with an earlier play's unit.
      if (first?.is !== 'begun' || first.unit !== this.#unit) return;
      this.#begin(epoch);
    }
    for (const entry of entries) this.#see(entry);
  }

  /** Answers a worker's call, or says within `patience` ms that there is no answer yet. */
  async reply(epoch: number, number: number, patience: number): Promise<Reply> {
    if (epoch < this.#epoch || this.#isDone) return { is: 'gone' };
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    const answered = this.#answerTo(epoch, number).promise.then((answer) => ({ answer }));
    const reply = await Promise.race([answered, waited]);
    clearTimeout(timer);
    if (epoch < this.#epoch) return { is: 'gone' };
    return reply
      ? { is: 'answer', answer: reply.answer, standing: this.standing }
      : { is: 'wait', standing: this.standing };
  }

  get standing(): Standing {
    const { together, playEnd } = this.#services;
    return { changes: together.changes, isEnded: playEnd.isEnded(), isStopped: playEnd.isStopped() };
  }

  /** No worker has the host any more, and none will: `untouched` where none ever had. */
  giveUp(): void {
    this.#end(this.isBegun ? 'done' : 'untouched');
  }

  #begin(epoch: number): void {
    const { together, play } = this.#services;
    const { name } = this.host;
    const again = this.isBegun;
    this.#epoch = epoch;
    for (const task of this.#inside) together.exit(name, task, true);
    this.#inside = [];
    if (!again) return;
    together.advance(name, []);
    this.#tell(() => this.#services.events.happen({ type: 'host.restarted', host: name, play: play.name }));
  }

  #see(entry: Entry): void {
    const { together, playEnd, events, play } = this.#services;
    const { name } = this.host;
    switch (entry.is) {
      case 'begun':
        return;
      case 'event':
        this.#tell(() => events.happen(entry.event));
        return;
      case 'progress':
        this.#tell(async () => events.note(play, name, entry.progress));
        return;
      case 'changed':
        together.changed(name, entry.count);
        return;
      case 'place':
        together.advance(name, entry.place);
        return;
      case 'failed':
        playEnd.failed(name);
        return;
      case 'play ended':
        playEnd.end(name);
        return;
      case 'settled':
        together.settle(name, entry.key, entry.outcome);
        return;
      case 'out':
        this.#leave(entry.task, entry.changed);
        return;
      case 'question':
        void this.#answer(entry.question).then(this.#answerTo(this.#epoch, entry.number).resolve);
        return;
      case 'done':
        this.#finish(entry);
        return;
    }
  }

  #finish({ outcome, out, messages, carried }: Extract<Entry, { is: 'done' }>): void {
    const { life, session } = this.host;
    if (out) life.leave();
    session.credit(messages);
    takeOver(this.host, carried);
    this.#end(outcome);
  }

  #end(outcome: HostOutcome): void {
    this.#isDone = true;
    this.#services.together.leave(this.host.name);
    void this.#told.then(() => this.#done.resolve(outcome));
  }

  #answer(question: Question): Promise<unknown> {
    const { together } = this.#services;
    const { name } = this.host;
    switch (question.asks) {
      case 'meet':
        if (question.known) this.#known.set(name, question.known);
        return together.meet(name, question.place).then(() => (question.known ? new Map(this.#known) : undefined));
      case 'settled':
        return together.settled(name, question.key);
      case 'outcome':
        return together.outcome(name, question.key);
      case 'vote':
        return together.vote(name, question.key, question.place, question.holds);
      case 'enter':
        return this.#enter(question.task, question.places);
      case 'person':
        return together.ask(name, question.key, question.question);
    }
  }

  async #enter(task: number, places: number): Promise<boolean> {
    const epoch = this.#epoch;
    const stale = await this.#services.together.enter(this.host.name, task, places);
    // The attempt that waited may be over by now.
    if (epoch === this.#epoch && !this.#isDone) this.#inside.push(task);
    else this.#services.together.exit(this.host.name, task, false);
    return stale;
  }

  #answerTo(epoch: number, number: number): PromiseWithResolvers<unknown> {
    const key = `${epoch}/${number}`;
    const known = this.#answers.get(key) ?? withResolvers<unknown>();
    this.#answers.set(key, known);
    return known;
  }

  #leave(task: number, changed: boolean): void {
    const at = this.#inside.indexOf(task);
    if (at < 0) return;
    this.#inside.splice(at, 1);
    this.#services.together.exit(this.host.name, task, changed);
  }

  /** A record that can't be written any more stops the run by itself. */
  #tell(what: () => Promise<void>): void {
    this.#told = this.#told.then(what).catch(() => undefined);
  }
}
