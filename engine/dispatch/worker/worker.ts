// One unit in a worker's hands: opened, held by a lease while its hosts are brought through their play, and confirmed at its end.
import { ProblemError } from '../../language/problem/problem.ts';
import { Interrupted } from '../../run/session/interrupted.ts';
import type { Broker } from '../broker/broker.ts';
import { Fenced } from '../broker/fenced.ts';
import { openLog } from '../broker/host-log.ts';
import type { Lease, Leases } from '../broker/lease.ts';
import { getObject } from '../broker/objects.ts';
import { largestPayload } from '../broker/publish.ts';
import type { Work } from '../broker/queue.ts';
import { ask } from '../broker/talk.ts';
import { hear } from '../broker/word.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { checkCommission } from '../seal/commission.ts';
import { type RunKey, unwrap } from '../seal/run-key.ts';
import { opened } from '../seal/sealed.ts';
import type { Call, Carried, LogMessage, Reply, Unit, Word } from '../wire/entry.ts';
import { close, open, place, type WorkEnvelope } from '../wire/envelope.ts';
import { partsOf, wholeOf } from '../wire/parts.ts';
import type { OpenRun, WorkerContext } from './context.ts';
import { HostLogs } from './host-log.ts';
import { LastStanding } from './remote-services.ts';
import { refuseUnit, runUnit } from './run-unit.ts';

/** How long a run that has no units here is kept, in ms. */
const KEPT = 60_000;

/** A coordinator that says nothing for so long, in ms, is gone: its hosts are left as they are. */
const ABANDONED = 600_000;

/** How long one call waits for the coordinator, which answers within twenty seconds, in ms. */
const CALL = 30_000;

export class Worker {
  readonly #broker: Broker;
  readonly #leases: Leases;
  readonly #context: WorkerContext;
  /** Runs that were read, by their ids: kept while they have units here, and a little longer. */
  readonly #runs = new Map<string, Promise<OpenRun>>();
  /** Units in hand, by their runs; and when a run without any is forgotten. */
  readonly #inHand = new Map<string, number>();
  readonly #forgetting = new Map<string, NodeJS.Timeout>();

  constructor(broker: Broker, leases: Leases, context: WorkerContext) {
    this.#broker = broker;
    this.#leases = leases;
    this.#context = context;
  }

  async close(): Promise<void> {
    for (const timer of this.#forgetting.values()) clearTimeout(timer);
    await Promise.allSettled([...this.#runs.values()].map(async (run) => (await run).close()));
  }

  async take(taken: Work): Promise<void> {
    try {
      const envelope: WorkEnvelope = JSON.parse(Buffer.from(taken.data).toString('utf8'));
      if (envelope.version !== this.#context.version) throw new ProblemError([otherVersion(envelope, this.#context)]);
      const { run, unit: id } = envelope;
      const wrapped = Buffer.from(envelope.key, 'base64');
      this.#check(envelope, wrapped);
      const key = await unwrap(wrapped, this.#context.identity);
      const sealed =
        envelope.object === undefined
          ? Buffer.from(envelope.sealed ?? '', 'base64')
          : await getObject(this.#broker, envelope.object, this.#context.abort);
      const unit = open(key, place.work(run, id), sealed) as Unit; // the coordinator's
      const { region } = this.#context;
      const { times } = this.#broker;
      const lease = await this.#leases.acquire({ region, run, part: String(id) }, this.#context.abort);
      if (!lease) return taken.later(times.lease / 2);
      const beat = setInterval(() => taken.working(), times.heartbeat);
      this.#keep(run);
      try {
        await this.#hold(unit, key, lease, taken);
      } finally {
        clearInterval(beat);
        this.#letGo(run);
        await lease.release();
      }
    } catch (error) {
      // Another worker may be able to, or this one later.
      taken.later(this.#broker.times.lease);
      this.#problem(error);
    }
  }

  /** Nothing is opened that nobody has begun who may, or that is of another run or region. */
  #check({ run, commission }: WorkEnvelope, wrapped: Uint8Array): void {
    const { operators, region } = this.#context;
    if (commission.run !== run || commission.region !== region) {
      throw new ProblemError([misplaced(run)]);
    }
    checkCommission(commission, wrapped, operators);
  }

  async #hold(unit: Unit, key: RunKey, lease: Lease, taken: Work): Promise<void> {
    const { say, abort } = this.#context;
    const about = { run: unit.run, unit: unit.id, hosts: unit.hosts.size };
    say({ of: 'begun', ...about });
    const cancelled = new AbortController();
    const standing = new LastStanding(unit.changes);
    const unhear = hear(
      this.#broker,
      ['worker', this.#context.region, unit.run],
      (bytes) => this.#word(key, unit.run, bytes, standing, cancelled),
      () => undefined, // every answer tells it, too
    );
    try {
      const lost = AbortSignal.any([lease.lost, abort]);
      const stop = AbortSignal.any([lost, cancelled.signal]);
      await this.#run(unit, key, { lease, stop, lost, standing, leave: () => cancelled.abort() });
      // Given up, it is another's: nothing is confirmed.
      if (lease.isHeld() && !abort.aborted) {
        await taken.done();
        say({ of: 'done', ...about });
        return;
      }
    } catch (error) {
      if (!(error instanceof Fenced || error instanceof Interrupted || lease.lost.aborted)) {
        say({ of: 'given up', why: 'problem', ...about });
        throw error;
      }
    } finally {
      unhear();
    }
    taken.later(0);
    say({ of: 'given up', why: lease.isHeld() && abort.aborted ? 'stopped' : 'lease lost', ...about });
  }

  async #run(unit: Unit, key: RunKey, { lease, stop, lost, standing, leave }: Holding): Promise<void> {
    const { name, region } = this.#context;
    const { run } = unit;
    const opening = this.#open(unit, key);
    const names = [...unit.hosts.keys()];
    const writers = new Map(
      await Promise.all(
        names.map(async (host) => {
          const log = await openLog(this.#broker, { region, run, host }, lease.epoch, lease.lost);
          return [host, log] as const;
        }),
      ),
    );
    const left = new Map<string, Carried>();
    for (const [host, carried] of unit.hosts) {
      const last = writers.get(host)?.last;
      const whole = last && wholeOf(last.data);
      if (!whole || !isOver(open(key, place.log(run, host, last.epoch), whole) as LogMessage, unit)) {
        left.set(host, carried);
      }
    }
    const logs = new HostLogs(async (host, entries) => {
      if (lost.aborted || !lease.isHeld()) throw new Fenced('the unit is another’s');
      const message: LogMessage = { unit: unit.id, entries };
      const bytes = close(key, place.log(run, host, lease.epoch), message);
      for (const part of partsOf(bytes, largestPayload(this.#broker))) await writers.get(host)?.append(part);
      if (isOver(message, unit)) this.#context.say({ of: 'host done', run, unit: unit.id, host });
    });
    const call = (host: string, number: number) =>
      this.#call(key, { run, host, epoch: lease.epoch, number }, { stop, leave });
    const { epoch } = lease;
    const context = { logs, call, worker: name, standing, epoch, stop, lost, isFenced: () => !lease.isHeld() };
    const unitLeft = { ...unit, hosts: left };
    const read = await opening.catch(problemOf);
    if (read instanceof ProblemError) await refuseUnit(unitLeft, read, context);
    else await runUnit(unitLeft, read, context);
  }

  #keep(run: string): void {
    clearTimeout(this.#forgetting.get(run));
    this.#inHand.set(run, (this.#inHand.get(run) ?? 0) + 1);
  }

  /** The next play may follow soon: a run is read once for all of them. */
  #letGo(run: string): void {
    const left = (this.#inHand.get(run) ?? 1) - 1;
    this.#inHand.set(run, left);
    if (left > 0) return;
    this.#inHand.delete(run);
    const forget = setTimeout(() => {
      const reading = this.#runs.get(run);
      this.#runs.delete(run);
      this.#forgetting.delete(run);
      void reading?.then((read) => read.close()).catch(() => undefined); // told when it was read
    }, KEPT);
    this.#forgetting.set(run, forget);
  }

  async #call(
    key: RunKey,
    call: Call,
    { stop, leave }: Pick<Holding, 'stop' | 'leave'>,
  ): Promise<Exclude<Reply, { is: 'wait' }>> {
    const { run, host, epoch, number } = call;
    const names = ['coordinator', this.#context.region, run];
    for (;;) {
      if (stop.aborted) throw new Interrupted();
      const question = close(key, place.call(run), call);
      const patience = AbortSignal.timeout(ABANDONED);
      const signal = AbortSignal.any([stop, patience]);
      const bytes = await ask(this.#broker, names, question, { timeout: CALL, signal }).catch((error: unknown) => {
        if (patience.aborted) leave();
        if (signal.aborted) throw new Interrupted();
        throw error;
      });
      const reply = open(key, place.reply(run, host, epoch, number), bytes) as Reply; // the coordinator's
      if (reply.is !== 'wait') return reply;
    }
  }

  #word(key: RunKey, run: string, bytes: Uint8Array, standing: LastStanding, cancelled: AbortController): void {
    try {
      const word = open(key, place.word(run), bytes) as Word; // the coordinator's
      if (word.is === 'cancel') cancelled.abort();
      else standing.hear(word.standing);
    } catch (error) {
      this.#problem(error); // said by somebody who doesn't have the key
    }
  }

  #open(unit: Unit, key: RunKey): Promise<OpenRun> {
    const known = this.#runs.get(unit.run);
    if (known) return known;
    const { openRun, abort } = this.#context;
    const piece = async (name: string) =>
      opened(key, place.piece(unit.run), await getObject(this.#broker, name, abort));
    const reading = getObject(this.#broker, unit.bundle, abort).then((bytes) =>
      openRun(open(key, place.bundle(unit.run), bytes) as Bundle<unknown>, piece, abort),
    );
    this.#runs.set(unit.run, reading);
    reading.then(
      () => this.#context.say({ of: 'run read', run: unit.run }),
      () => this.#runs.delete(unit.run),
    );
    return reading;
  }

  #problem(error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error);
    const own: ProblemError =
      error instanceof ProblemError
        ? error
        : new ProblemError([{ code: 'broker-data', summary: 'A unit of work can’t be used', detail }]);
    this.#context.say({ of: 'problem', error: own });
  }
}

/** How a unit is held. */
interface Holding {
  readonly lease: Lease;
  readonly stop: AbortSignal;
  readonly lost: AbortSignal;
  readonly standing: LastStanding;
  /** Has nothing more begun on the unit's hosts. */
  readonly leave: () => void;
}

function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  throw error;
}

/** Whether the host's log ends with the end of this very unit, or a later one has begun with it: a broker may hand out again what was done. */
function isOver({ unit, entries }: LogMessage, { id }: Unit): boolean {
  return unit > id || (unit === id && entries.at(-1)?.is === 'done');
}

function misplaced(run: string) {
  return {
    code: 'seal-broken',
    summary: `What lies in the queue as ${run} is of another run or region`,
    detail: 'Somebody has moved it there. Nothing of it was used.',
    hint: 'Look at who may write to the broker.',
  } as const;
}

function otherVersion({ run, version }: WorkEnvelope, own: WorkerContext) {
  return {
    code: 'broker-unfit',
    summary: 'The coordinator’s vrun is of another version',
    detail: `${run} is of version ${version}, and the worker ‹${own.name}› of ${own.version}.`,
    hint: 'Install the same one on both.',
  } as const;
}
