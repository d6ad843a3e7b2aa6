// The coordinator's half of a dispatched run: batches of plays go out as units of work, the hosts' logs come back.
import type { Play } from '../../language/runbook/runbook.ts';
import { tasksOf } from '../../language/runbook/task-tree.ts';
import type { HostState } from '../../run/host/state.ts';
import { playsOf, type RunPlan } from '../../run/plan/run-plan.ts';
import type { Dispatcher } from '../../run/play/dispatcher.ts';
import { type HostOutcome, runHost } from '../../run/play/run-host.ts';
import type { PlayServices } from '../../run/together/services.ts';
import { carriedOf } from '../wire/carried.ts';
import type { Call, Entry, Known, Reply, Standing, Unit } from '../wire/entry.ts';
import { RemoteHost } from './remote-host.ts';

/** The most hosts of one unit. */
const MOST_HOSTS = 200;

/** After so many ms without a worker a person is told. */
const IDLE = 10_000;

/** How long a call waits for its answer before it is to call again, in ms. */
const PATIENCE = 20_000;

/** A unit that goes out. */
interface Out {
  readonly region: string;
  readonly unit: Unit;
  readonly hosts: readonly HostState[];
}

/** The way to the workers of a run. */
export interface ToWorkers {
  /** Resolves once the unit is kept for the workers of the region. */
  submit(region: string, unit: Unit): Promise<void>;
  /** Takes back the units of the run that no worker has taken; those that have one are given up by it. Resolves once none is out. */
  cancel(): Promise<void>;
  /** Tells the workers of the region how a batch stands. May be lost: every answer tells it too. */
  tell(region: string, standing: Standing): void;
}

export interface Parting {
  /** The name of the bundle that the region's workers read the run from. */
  readonly bundle: (region: string) => string;
  /** Undefined for a host that is this machine: no worker reaches it. */
  readonly regionOf: (host: HostState) => string | undefined;
  /** How many workers a batch is to be parted for: it makes as many units at least, where it has the hosts. */
  readonly workers: (region: string) => number;
}

export class RemoteDispatcher implements Dispatcher {
  readonly #plan: Pick<RunPlan, 'id' | 'runbooks'>;
  readonly #workers: ToWorkers;
  readonly #parting: Parting;
  /** The hosts of the batch under way. */
  #hosts = new Map<string, RemoteHost>();
  #units = 0;

  constructor(plan: Pick<RunPlan, 'id' | 'runbooks'>, workers: ToWorkers, parting: Parting) {
    this.#plan = plan;
    this.#workers = workers;
    this.#parting = parting;
  }

  run = async (batch: readonly HostState[], services: PlayServices): Promise<readonly HostOutcome[]> => {
    const known = new Map<string, Known>();
    const units = this.#unitsOf(batch, services);
    this.#hosts = new Map(
      units.flatMap(({ unit, hosts }) =>
        hosts.map((host) => [host.name, new RemoteHost(host, unit.id, services, known)] as const),
      ),
    );
    const cancel = () => {
      void this.#workers.cancel().then(() => {
        for (const host of this.#hosts.values()) host.giveUp();
      });
    };
    const impatient = setTimeout(() => this.#tellOfIdle(units, services), IDLE);
    services.stop.addEventListener('abort', cancel, { once: true });
    if (services.stop.aborted) cancel();
    else await Promise.all(units.map(({ region, unit }) => this.#workers.submit(region, unit)));
    const outcomes = await Promise.all(
      batch.map((host) => this.#hosts.get(host.name)?.done ?? runHost(host, services)),
    );
    clearTimeout(impatient);
    services.stop.removeEventListener('abort', cancel);
    return outcomes;
  };

  /** Takes a message of a host's log. Messages come in the order of the stream. */
  see({ host, epoch, entries }: { readonly host: string; readonly epoch: number; readonly entries: readonly Entry[] }) {
    const remote = this.#hosts.get(host);
    if (!remote) return;
    const before = remote.standing;
    remote.take(epoch, entries);
    const { isEnded, isStopped } = remote.standing;
    if (isEnded === before.isEnded && isStopped === before.isStopped) return;
    const regions = [...this.#hosts.values()].map(({ host: state }) => this.#parting.regionOf(state) ?? '');
    for (const region of new Set(regions)) this.#workers.tell(region, remote.standing);
  }

  /** Answers a worker, as soon as there is an answer. */
  async reply({ run, host, epoch, number }: Call): Promise<Reply> {
    const remote = run === this.#plan.id ? this.#hosts.get(host) : undefined;
    return remote ? remote.reply(epoch, number, PATIENCE) : { is: 'gone' };
  }

  /** A person is told once of the regions of which no worker has taken anything. */
  #tellOfIdle(units: readonly Out[], { events }: PlayServices): void {
    const isBegun = ({ hosts }: Out) => hosts.some(({ name }) => this.#hosts.get(name)?.isBegun);
    const regions = new Set(units.map(({ region }) => region));
    for (const { region } of units.filter(isBegun)) regions.delete(region);
    for (const region of regions) {
      void events.happen({ type: 'warning', host: null, problem: nobodyTakes(region) }).catch(() => undefined);
    }
  }

  #unitsOf(batch: readonly HostState[], { play, together, run }: PlayServices): readonly Out[] {
    const regions = grouped(batch, this.#parting.regionOf);
    return [...regions].flatMap(([region, hosts]) =>
      (delegates(play) ? [hosts] : parted(hosts, this.#parting.workers(region))).map((part) => {
        this.#units += 1;
        const unit: Unit = {
          bundle: this.#parting.bundle(region),
          run: this.#plan.id,
          id: this.#units,
          play: playsOf(this.#plan).indexOf(play),
          batch: together.batch,
          all: together.hosts,
          changes: together.changes,
          witness: run.witness,
          hosts: new Map(part.map((host) => [host.name, carriedOf(host)])),
        };
        return { region, unit, hosts: part };
      }),
    );
  }
}

function nobodyTakes(region: string) {
  return {
    code: 'worker-away',
    summary: `no worker of the region ‹${region}› has taken any work yet`,
    detail: `It has waited for ${IDLE / 1000} s, and goes on waiting.`,
    hint: `On a machine that is enrolled for the region:\n    vrun worker --name NAME --region ${region} --dispatch URL`,
  } as const;
}

/** Whether its hosts act on each other: then one worker has them all, so that no host is worked on from two sides. */
function delegates(play: Play): boolean {
  return tasksOf(play).some(({ delegation }) => delegation);
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string | undefined): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key) ?? [];
    group.push(item);
    groups.set(key, group);
  }
  return groups;
}

/** In parts of the same size, one more at most: at least as many as there are workers, none of more than `MOST_HOSTS`. */
function parted<T>(items: readonly T[], workers: number): readonly (readonly T[])[] {
  const count = Math.max(Math.ceil(items.length / MOST_HOSTS), Math.min(workers, items.length));
  return Array.from({ length: count }, (_, index) =>
    items.slice(Math.floor((index * items.length) / count), Math.floor(((index + 1) * items.length) / count)),
  );
}
