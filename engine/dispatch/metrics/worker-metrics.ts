// A worker's figures for Prometheus, kept from what the worker says and from what its broker is like when they are asked for. Names follow
// https://prometheus.io/docs/practices/naming/.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { QueueDepth } from '../broker/queue.ts';
import type { Said, UnitSaid } from '../worker/context.ts';

/** Upper bounds of how long a unit takes, in seconds. */
const BUCKETS = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

export interface Watched {
  readonly name: string;
  readonly region: string;
  readonly version: string;
  /** Units at a time. */
  readonly slots: number;
  /** Whether there is a connection to the broker now. */
  readonly isConnected: () => boolean;
  /** The region's queue; undefined where nobody knows. */
  readonly queue: () => Promise<QueueDepth | undefined>;
}

/** What is offered: text in the format that `contentType` names. */
export interface Offered {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** A unit in hand. */
interface InHand {
  hosts: number;
  readonly since: number;
}

/** The figures of one worker. `see` takes what the worker says. */
export class WorkerMetrics implements Offered {
  readonly #registry = new Registry();
  readonly #inHand = new Map<string, InHand>();
  readonly #units: Counter<'outcome'>;
  readonly #hosts: Counter;
  readonly #seconds: Histogram;
  readonly #lost: Counter;
  readonly #runs: Counter;
  readonly #problems: Counter<'code'>;

  constructor(watched: Watched) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
      new Counter({ name: `vrun_worker_${name}`, help, labelNames, registers });
    this.#units = counter('units_total', 'Units that ended here', ['outcome']);
    for (const outcome of ['done', 'given_up']) this.#units.inc({ outcome }, 0); // a rate needs a first value
    this.#hosts = counter('hosts_done_total', 'Hosts that were brought through a play here');
    this.#lost = counter('leases_lost_total', 'Units given up since the lease may be another worker’s');
    this.#runs = counter('runs_read_total', 'Runs whose bundle was read');
    this.#problems = counter('problems_total', 'Problems that the worker has told, by their code', ['code']);
    this.#seconds = new Histogram({
      name: 'vrun_worker_unit_duration_seconds',
      help: 'How long a unit took that was done',
      buckets: BUCKETS,
      registers,
    });
    this.#gauges(watched);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  metrics(): Promise<string> {
    return this.#registry.metrics();
  }

  see(said: Said): void {
    switch (said.of) {
      case 'begun':
        this.#inHand.set(keyOf(said), { hosts: said.hosts, since: performance.now() });
        return;
      case 'host done':
        this.#hostDone(said);
        return;
      case 'done':
        this.#seconds.observe(this.#end(said));
        this.#units.inc({ outcome: 'done' });
        return;
      case 'given up':
        this.#end(said);
        this.#units.inc({ outcome: 'given_up' });
        if (said.why === 'lease lost') this.#lost.inc();
        return;
      case 'run read':
        this.#runs.inc();
        return;
      case 'problem':
        for (const { code } of said.error.problems) this.#problems.inc({ code });
        return;
      case 'ready':
      case 'waiting':
        return;
    }
  }

  #hostDone(said: Pick<UnitSaid, 'run' | 'unit'>): void {
    this.#hosts.inc();
    const unit = this.#inHand.get(keyOf(said));
    if (unit) unit.hosts -= 1;
  }

  /** How long the unit was in hand, in seconds. */
  #end(said: UnitSaid): number {
    const since = this.#inHand.get(keyOf(said))?.since ?? performance.now();
    this.#inHand.delete(keyOf(said));
    return (performance.now() - since) / 1000;
  }

  #gauges({ name, region, version, slots, isConnected, queue }: Watched): void {
    const registers = [this.#registry];
    const gauge = (of: string, help: string, value: () => number) =>
      new Gauge({
        name: `vrun_worker_${of}`,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    new Gauge({
      name: 'vrun_worker_info',
      help: 'The worker’s name, region and version; always 1',
      labelNames: ['name', 'region', 'version'],
      registers,
    }).set({ name, region, version }, 1);
    gauge('slots', 'Units that the worker takes at a time', () => slots);
    gauge('units_in_hand', 'Units that the worker holds', () => this.#inHand.size);
    gauge('hosts_in_hand', 'Hosts of these units that weren’t brought through yet', () =>
      [...this.#inHand.values()].reduce((sum, { hosts }) => sum + hosts, 0),
    );
    gauge('broker_connected', 'Whether the broker is connected: 1 or 0', () => Number(isConnected()));
    new Gauge({
      name: 'vrun_worker_queue_units',
      help: 'Units in the region’s queue, waiting for a worker or out at one; left out while nobody knows',
      labelNames: ['region', 'state'],
      registers,
      async collect() {
        const depth = await queue();
        this.reset();
        if (!depth) return;
        this.set({ region, state: 'waiting' }, depth.waiting);
        this.set({ region, state: 'out' }, depth.out);
      },
    });
  }
}

function keyOf({ run, unit }: Pick<UnitSaid, 'run' | 'unit'>): string {
  return `${run} ${unit}`;
}
