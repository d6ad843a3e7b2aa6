// The coordinator over the broker: keys for the regions, the bundle for their workers, hosts' logs read, calls answered, and all of it
// taken away at the end.
import { ProblemError } from '../../language/problem/problem.ts';
import type { HostState } from '../../run/host/state.ts';
import type { RunPlan } from '../../run/plan/run-plan.ts';
import type { Broker } from '../broker/broker.ts';
import { type Lease, Leases } from '../broker/lease.ts';
import { putObject } from '../broker/objects.ts';
import { publishWork } from '../broker/queue.ts';
import { readEvents } from '../broker/reader.ts';
import { provision, purge, withdraw } from '../broker/streams.ts';
import { serve } from '../broker/talk.ts';
import { tell } from '../broker/word.ts';
import type { BundledFile } from '../bundle/bundle.ts';
import type { KeepPiece } from '../bundle/gather.ts';
import { takingPart, type Worker } from '../enrolment/worker.ts';
import { type Commission, commission, type Operator } from '../seal/commission.ts';
import { keyOfRegion, newRunKey, type RunKey, wrap } from '../seal/run-key.ts';
import { sealed } from '../seal/sealed.ts';
import type { Call, LogMessage, Unit, Word } from '../wire/entry.ts';
import { close, open, place, type WorkEnvelope } from '../wire/envelope.ts';
import { Assembly } from '../wire/parts.ts';
import { RemoteDispatcher, type ToWorkers } from './remote-dispatcher.ts';

/** A unit up to this size, in bytes, lies in the queue itself, a larger one among the objects. */
const INLINE = 256 * 1024;

/** How often what has to be heard is said again, in ms. */
const AGAIN = 1000;

export interface Coordination {
  readonly plan: RunPlan;
  readonly regionOf: (host: HostState) => string | undefined;
  readonly regions: readonly string[];
  readonly workers: readonly Worker[];
  readonly replicas: number;
  /** Who begins the run: what workers know them by. */
  readonly operator: Operator;
  /** The run's files, gathered for the workers of one region; and the bundle that is made of them. */
  readonly gather: (keep: KeepPiece) => Promise<readonly BundledFile[]>;
  readonly bundle: (files: readonly BundledFile[]) => object;
  readonly stop: AbortSignal;
  /** Called with what ends the run: another coordinator, or a broker that is lost for good. */
  readonly halt: (why: ProblemError) => void;
  readonly warn: (problem: ProblemError) => void;
}

/** One region's part of the run. */
interface Region {
  readonly key: RunKey;
  /** The key as its workers can open it, in base64. */
  readonly wrapped: string;
  readonly bundle: string;
  readonly commission: Commission;
}

/** A dispatched run, from its coordinator's side. */
export class Coordinator {
  readonly dispatcher: RemoteDispatcher;
  readonly #broker: Broker;
  readonly #leases: Leases;
  readonly #own: Lease;
  readonly #given: Coordination;
  readonly #regions: ReadonlyMap<string, Region>;
  readonly #end = new AbortController();
  /** Units that are out, by their region. */
  readonly #units = new Map<number, string>();
  /** Messages of hosts' logs that haven't come whole yet. */
  readonly #parts = new Assembly();
  #unserve: readonly (() => void)[] = [];
  #reading: Promise<void> = Promise.resolve();

  private constructor(
    broker: Broker,
    given: Coordination,
    held: { readonly leases: Leases; readonly own: Lease; readonly regions: ReadonlyMap<string, Region> },
  ) {
    this.#broker = broker;
    this.#given = given;
    this.#leases = held.leases;
    this.#own = held.own;
    this.#regions = held.regions;
    this.dispatcher = new RemoteDispatcher(given.plan, this.#toWorkers(), {
      bundle: (region) => this.#region(region).bundle,
      regionOf: given.regionOf,
      workers: (region) => takingPart(given.workers).filter((worker) => worker.region === region).length,
    });
  }

  /**
   * Sets up the broker, gives each region its key and its bundle, and begins to listen.
   * @throws ProblemError where the broker isn't fit, a region has no worker, or another coordinator has the run
   */
  static async begin(broker: Broker, given: Coordination): Promise<Coordinator> {
    const { regions, replicas, stop, plan } = given;
    await provision(broker, { regions, replicas }, stop);
    const leases = await Leases.open(broker, stop);
    const own = await leases.acquire({ region: '_', run: plan.id, part: 'coordinator' }, stop);
    if (!own) throw new ProblemError([takenElsewhere(plan.id)]);
    const runKey = newRunKey();
    const parts = new Map<string, Region>();
    for (const region of regions) parts.set(region, await regionOf(region, runKey, broker, given));
    const coordinator = new Coordinator(broker, given, { leases, own, regions: parts });
    coordinator.#listen();
    return coordinator;
  }

  /** Takes away all that the broker holds of the run. */
  async end(): Promise<void> {
    this.#end.abort();
    for (const stop of this.#unserve) stop();
    await this.#reading;
    if (this.#broker.isConnected && !this.#own.lost.aborted) await purge(this.#broker, this.#given.plan.id);
    await this.#own.release();
  }

  #region(name: string): Region {
    const region = this.#regions.get(name);
    if (!region) throw new RangeError(`no host is in the region ${name}`);
    return region;
  }

  #listen(): void {
    const { plan, halt, warn } = this.#given;
    const onError = (error: unknown) => {
      if (error instanceof ProblemError) warn(error);
    };
    this.#unserve = [...this.#regions].map(([name, { key }]) =>
      serve(
        this.#broker,
        ['coordinator', name, plan.id],
        async (question) => {
          const call = open(key, place.call(plan.id), question) as Call; // a worker's, whoever has its key
          const reply = await this.dispatcher.reply(call);
          return close(key, place.reply(plan.id, call.host, call.epoch, call.number), reply);
        },
        onError,
      ),
    );
    const lost = (signal: AbortSignal) => () => {
      if (!this.#end.signal.aborted && signal.reason instanceof Error) halt(asProblem(signal.reason));
    };
    for (const signal of [this.#own.lost, this.#broker.gone]) {
      signal.addEventListener('abort', lost(signal), { once: true });
    }
    this.#reading = this.#read().catch((error: unknown) => {
      if (!this.#end.signal.aborted) halt(asProblem(error));
    });
  }

  async #read(): Promise<void> {
    const { plan, warn } = this.#given;
    for await (const { region, host, epoch, data } of readEvents(this.#broker, plan.id, 1, this.#end.signal)) {
      const key = this.#regions.get(region)?.key;
      if (!key) continue;
      try {
        const whole = this.#parts.take(`${region} ${host}`, epoch, data);
        if (!whole) continue;
        const { entries } = open(key, place.log(plan.id, host, epoch), whole) as LogMessage; // a worker's of the region
        this.dispatcher.see({ host, epoch, entries });
      } catch (error) {
        // Somebody who doesn't have the key has written there: it counts for nothing.
        if (!(error instanceof ProblemError)) throw error;
        warn(error);
      }
    }
  }

  #toWorkers(): ToWorkers {
    const { plan } = this.#given;
    const broker = this.#broker;
    const say = (region: string, word: Word) =>
      tell(broker, ['worker', region, plan.id], close(this.#region(region).key, place.word(plan.id), word));
    return {
      submit: async (region, unit) => {
        this.#units.set(unit.id, region);
        const bytes = Buffer.from(JSON.stringify(await this.#envelope(region, unit)));
        await publishWork(broker, { region, run: plan.id, id: String(unit.id), attempt: 1 }, bytes, this.#end.signal);
      },
      tell: (region, standing) => say(region, { is: 'standing', standing }),
      cancel: async () => {
        await withdraw(broker, plan.id, this.#end.signal).catch(() => undefined);
        while (!this.#end.signal.aborted && !broker.gone.aborted && (await this.#isAnyOut())) {
          for (const region of this.#regions.keys()) say(region, { is: 'cancel' });
          await new Promise((resolve) => setTimeout(resolve, AGAIN));
        }
        // What was written before a lease ended is still on its way here.
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      },
    };
  }

  async #isAnyOut(): Promise<boolean> {
    for (const [unit, region] of this.#units) {
      const isTaken = await this.#leases
        .isTaken({ region, run: this.#given.plan.id, part: String(unit) }, this.#end.signal)
        .catch(() => true);
      if (isTaken) return true;
      this.#units.delete(unit);
    }
    return false;
  }

  async #envelope(region: string, unit: Unit): Promise<WorkEnvelope> {
    const { key, wrapped, commission: signed } = this.#region(region);
    const { run, id } = unit;
    const bytes = close(key, place.work(run, id), unit);
    const { version } = this.#given.plan;
    const about = { run, unit: id, version, key: wrapped, commission: signed };
    if (bytes.length <= INLINE) return { ...about, sealed: Buffer.from(bytes).toString('base64') };
    return { ...about, object: await putObject(this.#broker, run, bytes, this.#end.signal) };
  }
}

async function regionOf(region: string, runKey: RunKey, broker: Broker, given: Coordination): Promise<Region> {
  const { workers, plan, stop } = given;
  const own = takingPart(workers).filter((worker) => worker.region === region);
  if (own.length === 0) throw new ProblemError([nobody(region)]);
  const key = keyOfRegion(runKey, region);
  const wrapped = await wrap(
    key,
    own.map(({ age }) => age),
  );
  const files = await given.gather((bytes) =>
    putObject(broker, plan.id, sealed(key, place.piece(plan.id), bytes), stop),
  );
  const bundle = await putObject(broker, plan.id, close(key, place.bundle(plan.id), given.bundle(files)), stop);
  const signed = await commission(given.operator, { run: plan.id, region }, wrapped);
  return { key, wrapped: Buffer.from(wrapped).toString('base64'), bundle, commission: signed };
}

function nobody(region: string) {
  return {
    code: 'enrolment',
    summary: `No worker is enrolled for the region ‹${region}›`,
    detail: 'Hosts of this run are in it, by their variable ‹vrun_region›, or without one.',
    hint: `On a machine that reaches them:\n    vrun worker enroll --name NAME --region ${region}\nWithout --dispatch the run is performed from this machine.`,
  } as const;
}

function takenElsewhere(run: string) {
  return {
    code: 'locked',
    summary: 'another coordinator has this run',
    detail: `Somebody coordinates ${run}, or did until a moment ago.`,
    hint: 'Wait half a minute, and try again.',
  } as const;
}

function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ProblemError([
    { code: 'broker-data', summary: 'This coordinator can’t go on with the run', detail: `${detail}.` },
  ]);
}
