// Requests that are repeated until the broker answers: it may be away, starting, or electing a leader.
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
import { errors, RequestError } from '@nats-io/transport-node';
import { fail } from '../../language/problem/problem.ts';
import type { Broker } from './broker.ts';
import { refuseRequest } from './refusal.ts';

/** Between two tries, in ms. */
const PAUSE = 150;

/** Thrown by work that was answered, and wants to ask again. */
export class AskAgain extends Error {}

/**
 * Does `work` until it is answered, and not while there is no connection: what is sent then is lost without an error.
 * @throws the reason of `signal` once that is aborted, that of `broker.gone` once the connection is closed for good, and a
 *   ProblemError where the broker refuses, or where it is there and nothing in it answers for as long as work may lie
 */
export async function persist<T>(broker: Broker, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  let silentSince: number | undefined;
  for (;;) {
    await broker.connected(signal);
    try {
      return await work();
    } catch (error) {
      if (broker.gone.aborted) throw broker.gone.reason;
      if (!isPassing(error)) return refuseRequest(error, broker.name);
      silentSince = broker.isConnected && isUnanswered(error) ? (silentSince ?? performance.now()) : undefined;
      if (silentSince !== undefined && performance.now() - silentSince > broker.times.ackWait) refuseSilence();
    }
    await pause(PAUSE, signal);
  }
}

/** Waits. @throws the reason of `signal` */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal !== undefined) setMaxListeners(0, signal); // every host that waits listens to it
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** Whether trying again may help. */
export function isPassing(error: unknown): boolean {
  if (error instanceof errors.TimeoutError || error instanceof AskAgain || isUnanswered(error)) return true;
  if (error instanceof JetStreamApiError) return error.status === 503;
  if (error instanceof JetStreamError && 'code' in error) return error.code === 503 || error.code === 408;
  return error instanceof RequestError && /disconnected|cancelled/.test(error.message);
}

/** Nobody is there to answer, at a server that is. */
export function isUnanswered(error: unknown): boolean {
  const isOff = error instanceof Error && error.name === 'JetStreamNotEnabled'; // a class that the client keeps to itself
  if (isOff || error instanceof errors.NoRespondersError) return true;
  return error instanceof RequestError && error.isNoResponders();
}

function refuseSilence(): never {
  return fail({
    code: 'broker-unfit',
    summary: 'The broker is there, and nothing in it answers',
    detail: 'Its streams were deleted, JetStream was turned off, or the way from this leaf node to its hub is cut.',
    hint: "Look at the server's log, and at what it holds:\n  nats stream ls",
  });
}
