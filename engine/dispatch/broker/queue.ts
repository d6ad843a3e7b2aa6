// The work queue: batches in, batches out to one worker at a time. An acknowledgement is no proof of anything but that: whether a
// batch is done is told by its events alone.
import { type Consumer, JetStreamApiCodes, JetStreamApiError, type JsMsg } from '@nats-io/jetstream';
import { fail } from '../../language/problem/problem.ts';
import type { Broker } from './broker.ts';
import { isPassing, pause, persist } from './persist.ts';
import { publish } from './publish.ts';
import { refuseRequest } from './refusal.ts';
import { consumerName, encodeToken, WORK, workSubject } from './subjects.ts';

/** How often an acknowledgement is tried. A server that was killed may not know that it handed the work out, and says nothing. */
const TRIES = 3;
const ACK = new TextEncoder().encode('+ACK');

/** One batch of a run. A new `attempt` makes it another message. */
export interface WorkName {
  readonly region: string;
  readonly run: string;
  readonly id: string;
  readonly attempt: number;
}

export interface Published {
  readonly seq: number;
  /**
   * `stored` now; `queued` since before, perhaps by an earlier try of this call, and still there; `gone`: this attempt was
   * published before and has been confirmed since, so that nobody will get it: it takes a new attempt.
   */
  readonly state: 'stored' | 'queued' | 'gone';
}

/**
 * Publishes work until the broker has it. It is stored once for an `id` and `attempt` of a run, however often it is published
 * within two minutes, and also when it was done meanwhile: look at `state`.
 * @throws the reason of `signal`; ProblemError
 */
export async function publishWork(
  broker: Broker,
  { region, run, id, attempt }: WorkName,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<Published> {
  const subject = workSubject(region, run);
  const msgID = `${subject}/${encodeToken(id)}/${attempt}`; // it counts for the whole stream
  const { seq, duplicate } = await persist(broker, () => publish(broker, WORK, subject, bytes, { msgID }), signal);
  if (!duplicate) return { seq, state: 'stored' };
  const isThere = await persist(broker, () => holds(broker, seq), signal);
  return { seq, state: isThere ? 'queued' : 'gone' };
}

/** The queue of one region, as its workers see it. */
export class WorkQueue {
  readonly #broker: Broker;
  readonly #consumer: Consumer;
  readonly #region: string;

  private constructor(broker: Broker, consumer: Consumer, region: string) {
    this.#broker = broker;
    this.#consumer = consumer;
    this.#region = region;
  }

  /** @throws ProblemError `broker-unfit` where the region has no queue; the reason of `signal` */
  static async open(broker: Broker, region: string, signal?: AbortSignal): Promise<WorkQueue> {
    const consumer = await persist(broker, () => consumerOf(broker, region), signal);
    return new WorkQueue(broker, consumer, region);
  }

  /**
   * The next batch; undefined where none came within some seconds, or where the broker was away meanwhile. What comes in the
   * moment of an abort is handed out again later.
   * @throws the reason of `signal`; ProblemError
   */
  async pull(signal?: AbortSignal): Promise<Work | undefined> {
    const { times } = this.#broker;
    const asking = { max_messages: 1, expires: times.pull };
    const messages = await persist(this.#broker, () => this.#consumer.fetch(asking), signal);
    const stop = (): void => void messages.close();
    let isOver = false;
    // The server ends a pull before this. While it can't be reached the client waits without an end.
    const timer = setTimeout(() => {
      isOver = true;
      stop();
    }, times.pull + times.publish);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      for await (const message of messages) return new Work(this.#broker, message);
    } catch {
      isOver = true;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
    signal?.throwIfAborted();
    if (isOver) await this.#afterFailure(signal);
    return undefined;
  }

  /** A pull that the server didn't end: perhaps the queue was deleted, or isn't ours to read, which is worth telling. */
  async #afterFailure(signal: AbortSignal | undefined): Promise<void> {
    const { denied, name, isConnected, gone } = this.#broker;
    gone.throwIfAborted();
    if (!isConnected) return;
    if (denied?.subject.endsWith(`.MSG.NEXT.${WORK}.${consumerName(this.#region)}`)) refuseRequest(denied, name);
    await persist(this.#broker, () => consumerOf(this.#broker, this.#region), signal);
  }
}

/** How much of a region's work lies in the queue: `waiting` for a worker, and `out` at one. */
export interface QueueDepth {
  readonly waiting: number;
  readonly out: number;
}

/** Undefined where the broker is away, or says nothing of it: nothing waits for it. */
export async function queueDepth({ isConnected, jsm }: Broker, region: string): Promise<QueueDepth | undefined> {
  if (!isConnected) return undefined;
  try {
    const { num_pending, num_ack_pending } = await jsm.consumers.info(WORK, consumerName(region));
    return { waiting: num_pending, out: num_ack_pending };
  } catch {
    return undefined; // no run has set it up, or the broker went away: whoever works tells that
  }
}

/** One batch, out at this worker until it is confirmed, given back, or not renewed for as long as work may lie. */
export class Work {
  readonly data: Uint8Array;
  /** 1 at first; more where a worker before us died, was fenced off, or gave it back. */
  readonly deliveries: number;
  readonly #broker: Broker;
  readonly #message: JsMsg;
  readonly #reply: string;

  constructor(broker: Broker, message: JsMsg) {
    this.#broker = broker;
    this.#message = message;
    // The client's messages have it, and its types don't say so.
    this.#reply = 'reply' in message ? String(message.reply) : '';
    this.data = message.data;
    this.deliveries = message.info.deliveryCount;
  }

  /** It isn't to be handed out yet. While the broker is away this is lost without an error: repeat it with each heartbeat. */
  working(): void {
    if (this.#broker.isConnected) this.#message.working();
  }

  /**
   * It is done and leaves the queue. Not `ackAck` of the client, which answers false at once when it is tried again.
   * @returns whether the broker confirmed it; where not, it is handed out again, and its events tell that it is done
   * @throws ProblemError `broker-refused` where the worker isn't permitted to
   */
  async done(): Promise<boolean> {
    const { nc, times, gone } = this.#broker;
    const end = performance.now() + times.ackWait; // then it is handed out again in any case
    for (let tries = 0; tries < TRIES && performance.now() < end && !gone.aborted; ) {
      if (this.#broker.isConnected) {
        tries++;
        try {
          await nc.request(this.#reply, ACK, { timeout: times.publish });
          return true;
        } catch (error) {
          if (!gone.aborted && !isPassing(error)) refuseRequest(error, this.#broker.name);
        }
      }
      await pause(100);
    }
    return false;
  }

  /** It is given back, for any worker to have after so many ms; later where that is lost on the way. */
  later(ms: number): void {
    this.#message.nak(ms);
  }
}

async function consumerOf({ js }: Broker, region: string): Promise<Consumer> {
  try {
    return await js.consumers.get(WORK, consumerName(region));
  } catch (error) {
    if (isMissing(error)) refuseNoQueue(`for the region ‹${region}›`);
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const { StreamNotFound, ConsumerNotFound } = JetStreamApiCodes;
  return error instanceof JetStreamApiError && (error.code === StreamNotFound || error.code === ConsumerNotFound);
}

function refuseNoQueue(which: string): never {
  return fail({
    code: 'broker-unfit',
    summary: 'The broker has no work queue',
    detail: `There is none ${which}.`,
    hint: 'The first run with --dispatch for this region sets it up.',
  });
}

async function holds({ jsm }: Broker, seq: number): Promise<boolean> {
  try {
    return (await jsm.streams.getMessage(WORK, { seq })) !== null;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound) return false;
    throw error;
  }
}
