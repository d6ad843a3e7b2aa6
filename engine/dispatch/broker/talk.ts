// Questions and answers between coordinator and workers, past the streams. Whoever asks repeats it until there is an answer; whoever is
// asked does it once, however often the question comes.
import { randomUUID } from 'node:crypto';
import { headers, type Msg } from '@nats-io/transport-node';
import type { Broker } from './broker.ts';
import { isPassing, pause } from './persist.ts';
import { refuseRequest } from './refusal.ts';
import { talkSubject } from './subjects.ts';

const QUESTION = 'Vrun-Question';
/** Answers that are kept for questions that come again. */
const KEPT = 1_000;
/** Between two tries where nobody is there to answer, in ms. */
const PAUSE = 200;

/** Answers one question; nothing is answered where it throws, so that the question comes again. */
export type Answer = (question: Uint8Array) => Promise<Uint8Array>;

/**
 * Answers questions at a subject of these names until it is stopped. A question is answered once: when it is repeated, its asker gets
 * the answer that is being made or was made.
 * @param onError is told what `answer` threw, and why the broker doesn't let us listen
 * @returns what stops it
 */
export function serve(
  broker: Broker,
  names: readonly string[],
  answer: Answer,
  onError: (error: unknown) => void,
): () => void {
  const underWay = new Map<string, Promise<Uint8Array>>();
  const answered = new Map<string, Uint8Array>();
  const make = async (id: string, question: Uint8Array): Promise<Uint8Array> => {
    try {
      const made = await answer(question);
      answered.set(id, made);
      const [oldest] = answered.keys();
      if (answered.size > KEPT && oldest !== undefined) answered.delete(oldest);
      return made;
    } catch (error) {
      onError(error);
      throw error;
    } finally {
      underWay.delete(id);
    }
  };
  const reply = async (message: Msg): Promise<void> => {
    const id = message.headers?.get(QUESTION) || randomUUID(); // of somebody else: each is one
    const making = answered.get(id) ?? underWay.get(id) ?? make(id, message.data);
    if (making instanceof Promise) underWay.set(id, making);
    const made = await Promise.resolve(making).catch(() => undefined);
    if (made !== undefined && !broker.gone.aborted) message.respond(made);
  };
  const subscription = broker.nc.subscribe(talkSubject(names), {
    callback: (error, message) => {
      if (error === null) void reply(message);
      else onError(error);
    },
  });
  return () => subscription.unsubscribe();
}

/**
 * Asks until there is an answer: nobody there, a lost question and a lost answer are all tried again.
 * @param timeout ms for one try
 * @throws the reason of `signal`, or of `broker.gone`; ProblemError where the broker doesn't permit it
 */
export async function ask(
  broker: Broker,
  names: readonly string[],
  question: Uint8Array,
  { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const sent = headers();
  sent.set(QUESTION, randomUUID());
  for (;;) {
    await broker.connected(signal);
    try {
      const asked = broker.nc.request(talkSubject(names), question, { timeout, headers: sent });
      return (await unlessAborted(asked, signal)).data;
    } catch (error) {
      signal.throwIfAborted();
      if (broker.gone.aborted) throw broker.gone.reason;
      if (!isPassing(error)) return refuseRequest(error, broker.name);
    }
    await pause(PAUSE, signal);
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
