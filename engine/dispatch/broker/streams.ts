// What is kept in the broker: four streams and a consumer for each region, made where they are missing and checked where they aren't.
import {
  AckPolicy,
  type ConsumerConfig,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { headers, nanos } from '@nats-io/transport-node';
import { fail } from '../../language/problem/problem.ts';
import type { Broker } from './broker.ts';
import { AskAgain, persist } from './persist.ts';
import { consumerName, EVENTS, LEASE_STREAM, LEASES, OBJECTS, subjectsOfRun, WORK, workSubject } from './subjects.ts';
import type { Times } from './times.ts';

const MINUTE = 60_000;
/** Work, bundles, and what a journal hasn't fetched are kept so long: a coordinator may be dead over a weekend. */
const KEPT = 7 * 24 * 60 * MINUTE;
/** A message id is remembered so long, in the server's memory: within it work may be published again without being stored twice. */
const DUPLICATES = 2 * MINUTE;
/** In a host's log it is the expected sequence that keeps a message from being stored twice; there are many more of them, too. */
const LOG_DUPLICATES = MINUTE / 2;
/** nats-server 2.15 takes 1,000 for a stream that doesn't say it. Each coordinator has one, and each region. */
const CONSUMERS = 10_000;
/** Batches of one region that are with workers at a time. */
const IN_FLIGHT = 1_000;
/** Workers of one region that may wait for work at a time. */
const WAITING = 4_096;

/** How long it is listened for a second stream on a subject after the first has answered, in ms. */
const LISTENING = 150;

type Wanted = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

/** All streams, as they are made. Nothing is thrown away to make room: a full one refuses, and that is seen. */
function streams(times: Times, replicas: number): readonly Wanted[] {
  const common = { num_replicas: replicas, storage: StorageType.File, discard: DiscardPolicy.New };
  const kept = { retention: RetentionPolicy.Limits, allow_direct: true };
  const log = { max_age: nanos(KEPT), duplicate_window: nanos(LOG_DUPLICATES), max_consumers: CONSUMERS };
  return [
    {
      ...common,
      name: WORK,
      subjects: ['vrun.work.*.*'],
      retention: RetentionPolicy.Workqueue,
      max_age: nanos(KEPT),
      duplicate_window: nanos(DUPLICATES),
      max_consumers: CONSUMERS,
    },
    { ...common, ...kept, ...log, name: EVENTS, subjects: ['vrun.ev.*.*.*'] },
    {
      ...common,
      ...kept,
      // As the client makes a key-value bucket. Keys have no times of their own: 2.9 and 2.10 ignore these without a word.
      name: LEASE_STREAM,
      subjects: [`$KV.${LEASES}.>`],
      max_msgs_per_subject: 1,
      max_age: nanos(times.lease),
      allow_rollup_hdrs: true,
    },
    {
      ...common,
      ...kept,
      name: OBJECTS,
      subjects: ['vrun.obj.*.*.*'],
      max_msgs_per_subject: 1,
      max_age: nanos(KEPT),
    },
  ];
}

function consumerOf(region: string, times: Times): Partial<ConsumerConfig> & { readonly durable_name: string } {
  return {
    durable_name: consumerName(region),
    filter_subject: workSubject(region),
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(times.ackWait),
    // A message that was delivered as often as is allowed would lie there for ever, without an error.
    max_deliver: -1,
    max_ack_pending: IN_FLIGHT,
    max_waiting: WAITING,
  };
}

export interface Provision {
  /** In how many servers of a cluster each stream is kept: 1, 3 or 5. */
  readonly replicas: number;
  readonly regions: readonly string[];
}

/**
 * Makes what is missing and checks what is there; to be called by a coordinator before each run.
 * @throws ProblemError `broker-unfit` where something is there and otherwise than is needed, or is there twice
 */
export async function provision(broker: Broker, { replicas, regions }: Provision, signal?: AbortSignal): Promise<void> {
  for (const wanted of streams(broker.times, replicas))
    await persist(broker, () => ensureStream(broker, wanted), signal);
  for (const region of regions) await persist(broker, () => ensureConsumer(broker, region), signal);
  // Not those of leases: what a bucket's client writes goes by the domain, and no leaf node lets it through otherwise.
  const subjects = ['vrun.work.-.-', 'vrun.ev.-.-.-', 'vrun.obj.-.-.-'];
  await Promise.all(subjects.map((subject) => persist(broker, () => checkOneTakes(broker, subject), signal)));
}

/**
 * Sees that the leases end when a worker thinks that they do: its fence is only as good as that.
 * @throws ProblemError `broker-unfit`
 */
export async function checkLeases(broker: Broker, signal?: AbortSignal): Promise<void> {
  const wanted = streams(broker.times, 1).find(({ name }) => name === LEASE_STREAM);
  const found = await persist(broker, () => find(() => broker.jsm.streams.info(LEASE_STREAM)), signal);
  if (found === undefined || wanted === undefined) return refuseMissing(LEASE_STREAM);
  refuseOther(`The stream ${LEASE_STREAM}`, `nats stream rm ${LEASE_STREAM}`, differing(wanted, found.config));
}

/** Takes away all that is kept of one run: work, leases, events and objects. @returns how many messages that were */
export async function purge(broker: Broker, run: string, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for (const [stream, filter] of subjectsOfRun(run)) {
    const done = await persist(broker, () => find(() => broker.jsm.streams.purge(stream, { filter })), signal);
    count += done?.purged ?? 0;
  }
  return count;
}

/** Takes back all work of a run that no worker has. What is with one is confirmed in vain later. */
export async function withdraw(broker: Broker, run: string, signal?: AbortSignal): Promise<void> {
  const [work] = subjectsOfRun(run);
  if (!work) return;
  const [stream, filter] = work;
  await persist(broker, () => find(() => broker.jsm.streams.purge(stream, { filter })), signal);
}

async function ensureStream({ jsm }: Broker, wanted: Wanted): Promise<void> {
  const { name } = wanted;
  const found = await find(() => jsm.streams.info(name));
  // Where another coordinator was faster by a moment, theirs is the same and is what the server answers with.
  const { config } = found ?? (await jsm.streams.add(wanted));
  refuseOther(`The stream ${name}`, `nats stream rm ${name}`, differing(wanted, config));
}

async function ensureConsumer({ jsm, times }: Broker, region: string): Promise<void> {
  const wanted = consumerOf(region, times);
  const name = wanted.durable_name;
  const found = await find(() => jsm.consumers.info(WORK, name));
  const { config } = found ?? (await jsm.consumers.add(WORK, wanted));
  refuseOther(`The consumer ${name} of ${WORK}`, `nats consumer rm ${WORK} ${name}`, differing(wanted, config));
}

async function find<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const { StreamNotFound, ConsumerNotFound } = JetStreamApiCodes;
    if (error instanceof JetStreamApiError && [StreamNotFound, ConsumerNotFound].includes(error.code as never)) {
      return undefined;
    }
    throw error;
  }
}

/** What is otherwise, `name: found instead of wanted` each. More replicas than were asked for are somebody's good choice. */
function differing<T extends object>(wanted: T, found: Partial<T>): string[] {
  return Object.entries(wanted).flatMap(([name, want]) => {
    const have: unknown = found[name as keyof T]; // the names are those of `wanted`, which is of the same type
    const isSame = JSON.stringify(have) === JSON.stringify(want) || (have === undefined && want === false);
    const isMore = name === 'num_replicas' && typeof have === 'number' && have >= Number(want);
    return isSame || isMore ? [] : [`${name} is ${JSON.stringify(have)} instead of ${JSON.stringify(want)}`];
  });
}

/**
 * Counts who takes what is published on a subject. It is asked with a message that expects another last sequence than
 * there can be: each stream refuses it, and none stores it.
 */
async function checkOneTakes({ nc, times }: Broker, subject: string): Promise<void> {
  const impossible = headers();
  impossible.set('Nats-Expected-Last-Sequence', String(Number.MAX_SAFE_INTEGER));
  const asking = { strategy: 'stall', stall: LISTENING, maxWait: times.publish, headers: impossible } as const;
  let takers = 0;
  for await (const answer of await nc.requestMany(subject, '', asking)) if (answer.data.length > 0) takers++;
  if (takers === 0) throw new AskAgain();
  if (takers === 1) return;
  fail({
    code: 'broker-unfit',
    summary: 'Two streams take the same messages',
    detail: `${takers} streams answer for ${subject}: a leaf node and its hub both have one.`,
    hint: 'Delete those of the leaf node. Workers there name the domain of the hub.',
  });
}

function refuseOther(what: string, removal: string, differences: readonly string[]): void {
  if (differences.length === 0) return;
  fail({
    code: 'broker-unfit',
    summary: `${what} is not as runs need it`,
    detail: `${differences.join('; ')}. Another version of vrun may have made it, or an operator.`,
    hint: `When no run needs it any more, delete it; the next run makes it again:\n  ${removal}`,
  });
}

function refuseMissing(stream: string): never {
  return fail({
    code: 'broker-unfit',
    summary: 'Nothing is set up in the broker',
    detail: `There is no stream ${stream}.`,
    hint: 'The first run with --dispatch sets it up.',
  });
}
