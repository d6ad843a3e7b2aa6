// All that hosts' logs say in one run, in the order in which the broker stored it.
import {
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type StreamInfo,
} from '@nats-io/jetstream';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Broker } from './broker.ts';
import { type Logged, markOf } from './host-log.ts';
import { pause, persist } from './persist.ts';
import { EVENTS, encodeToken, namesOfLog } from './subjects.ts';

/** Messages that are fetched before they are asked for. */
const AHEAD = 64;

/** A message of a host's log, and whose it is. */
export interface LoggedEvent extends Logged {
  readonly region: string;
  readonly host: string;
}

/**
 * Reads all events of a run whose sequence is `from` or higher, and waits for more until `signal` is aborted. It goes on when the
 * broker comes back.
 * @throws ProblemError `broker-data` where the events were deleted, or begin anew: never silence
 */
export async function* readEvents(
  broker: Broker,
  run: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<LoggedEvent, void, undefined> {
  const since = await persist(broker, () => identify(broker, from), signal);
  let next = Math.max(1, from);
  while (!signal.aborted) {
    const consumer = await persist(broker, () => consumerFrom(broker, run, next), signal);
    const asking = { max_messages: AHEAD, expires: broker.times.pull };
    const messages = await persist(broker, () => consumer.consume(asking), signal);
    const over = new AbortController();
    const stop = (): void => void messages.close();
    signal.addEventListener('abort', stop, { once: true });
    const watched = watch(broker, { consumer, messages, since, next: () => next }, over.signal);
    try {
      if (signal.aborted) return;
      for await (const { seq, subject, data, headers } of messages) {
        next = seq + 1;
        yield { seq, data, ...namesOfLog(subject), ...markOf(headers) };
      }
      if (!signal.aborted) await watched;
    } finally {
      over.abort();
      signal.removeEventListener('abort', stop);
      stop();
      if (broker.isConnected) await consumer.delete().catch(() => undefined); // it ends by itself after some minutes
    }
  }
}

interface Reading {
  readonly consumer: Consumer;
  readonly messages: ConsumerMessages;
  /** When the stream was made. */
  readonly since: string;
  /** What is to be read next. */
  readonly next: () => number;
}

/**
 * Ends the reading once the stream isn't what it was, or once it stands still though there is more. The client itself waits for a
 * deleted stream for ever, and what it notices it measures by the wall clock, which may be set back.
 * @throws ProblemError; where it only returns, it is to be read on from the next
 */
async function watch(broker: Broker, { consumer, messages, since, next }: Reading, over: AbortSignal): Promise<void> {
  let before = 0;
  try {
    for (;;) {
      await pause(broker.times.pull, over);
      await persist(broker, () => checkSame(broker, since, next()), over);
      if (before === next() && (await persist(broker, () => hasMore(consumer), over))) return;
      before = next();
    }
  } catch (error) {
    if (!over.aborted) throw error;
  } finally {
    void messages.close();
  }
}

/** Whether the server has messages that it wasn't asked for, or has forgotten about us. */
async function hasMore(consumer: Consumer): Promise<boolean> {
  try {
    return (await consumer.info()).num_pending > 0;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) return true;
    throw error;
  }
}

/**
 * When the stream was made: another one of its name has other events under the same numbers.
 * @throws ProblemError where it has fewer than were read before
 */
async function identify({ jsm }: Broker, from: number): Promise<string> {
  const { created, state } = await infoOf(jsm);
  if (state.last_seq < from - 1) refuseNew(from, state.last_seq);
  return created;
}

async function infoOf(jsm: Broker['jsm']): Promise<StreamInfo> {
  try {
    return await jsm.streams.info(EVENTS);
  } catch (error) {
    if (isMissing(error)) throw new ProblemError([deleted()]);
    throw error;
  }
}

async function consumerFrom({ js }: Broker, run: string, from: number): Promise<Consumer> {
  try {
    return await js.consumers.get(EVENTS, {
      filter_subjects: `vrun.ev.*.${encodeToken(run)}.*`,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: Math.max(1, from),
    });
  } catch (error) {
    if (isMissing(error)) throw new ProblemError([deleted()]);
    throw error;
  }
}

async function checkSame({ jsm }: Broker, since: string, next: number): Promise<void> {
  const { created, state } = await infoOf(jsm);
  if (created !== since) refuseNew(next, state.last_seq);
}

function isMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

function deleted(): Problem {
  return {
    code: 'broker-data',
    summary: 'The events of the run were deleted from the broker',
    detail: `There is no stream ${EVENTS} any more. What hosts did since the journal's last line is not known here.`,
    hint: 'Run it again: what is done already is found to be done.',
  };
}

function refuseNew(from: number, last: number): never {
  return fail({
    code: 'broker-data',
    summary: 'The events in the broker are not those of before',
    detail: `${EVENTS} was made anew: it should go on at ${from}, and has ${last} so far.`,
    hint: 'Run it again: what is done already is found to be done.',
  });
}
