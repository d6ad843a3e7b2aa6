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
import { persist } from './persist.ts';
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
  const consumer = await persist(broker, () => consumerFrom(broker, run, from), signal);
  const asking = { max_messages: AHEAD, expires: broker.times.pull };
  const messages = await persist(broker, () => consumer.consume(asking), signal);
  const stop = (): void => void messages.close();
  signal.addEventListener('abort', stop, { once: true });
  const watched = watch(broker, messages, since, from);
  try {
    if (signal.aborted) return;
    for await (const { seq, subject, data, headers } of messages) {
      yield { seq, data, ...namesOfLog(subject), ...markOf(headers) };
    }
    if (signal.aborted) return;
    if (broker.gone.aborted) throw broker.gone.reason;
    throw (await watched) ?? new ProblemError([deleted()]);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    if (broker.isConnected) await consumer.delete().catch(() => undefined); // it ends by itself after some minutes
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

/**
 * Ends the reading once the stream isn't what it was: the client itself would wait for it for ever, and say nothing.
 * @returns why it ended; never rejects
 */
async function watch(broker: Broker, messages: ConsumerMessages, since: string, from: number): Promise<unknown> {
  for await (const { type } of messages.status()) {
    if (type !== 'stream_not_found' && type !== 'ordered_consumer_recreated') continue;
    try {
      await persist(broker, () => checkSame(broker, since, from));
    } catch (error) {
      void messages.close();
      return error;
    }
  }
  return undefined;
}

async function checkSame({ jsm }: Broker, since: string, from: number): Promise<void> {
  const { created, state } = await infoOf(jsm);
  if (created !== since) refuseNew(from, state.last_seq);
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
