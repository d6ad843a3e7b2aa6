// An open connection to the broker: whether it is up, when it is closed for good, and its end.
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import { ProblemError } from '../../language/problem/problem.ts';
import { connectProblem } from './refusal.ts';
import type { Times } from './times.ts';

export class Broker {
  /** Of the key or the worker: what permissions and inboxes go by. */
  readonly name: string;
  /** The JetStream domain that requests reach and publishes must: '' where the server has none. */
  readonly domain: string;
  readonly times: Times;
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** The most that a message can carry, headers included, in bytes. */
  readonly maxPayload: number;
  /** What the server last said that we may not do: for what is sent without an answer that would tell. */
  denied: PermissionViolationError | undefined;
  readonly #gone = new AbortController();
  readonly #waiting = new Set<() => void>();
  #isConnected = true;

  constructor(
    nc: NatsConnection,
    { name, domain, times, js, jsm }: Pick<Broker, 'name' | 'domain' | 'times' | 'js' | 'jsm'>,
  ) {
    this.nc = nc;
    this.name = name;
    this.domain = domain;
    this.times = times;
    this.js = js;
    this.jsm = jsm;
    this.maxPayload = nc.info?.max_payload ?? 1024 * 1024;
    void this.#watch();
    void nc.closed().then((error) => this.#end(error ?? undefined));
  }

  /** Aborted once the connection is closed for good, by us or since the broker refuses us; its reason is a ProblemError. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** False from when a loss is noticed (a hung server: after three pings) until there is a connection again. */
  get isConnected(): boolean {
    return this.#isConnected && !this.gone.aborted;
  }

  /** Waits for the connection. @throws the reason of `signal`, or of `gone` */
  async connected(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.gone.throwIfAborted();
    if (this.#isConnected) return;
    if (signal !== undefined) setMaxListeners(0, signal); // every host that waits listens to it
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
    return this.connected(signal);
  }

  /** Sends what waits and closes. Where the broker is away it closes all the same, after as long as a publish may take. */
  async close(): Promise<void> {
    const wasConnected = this.isConnected;
    this.#end(undefined); // whoever waits for an answer is told so first
    if (wasConnected) await within(this.times.publish, this.nc.drain());
    await closeWithin(this.times.publish, this.nc);
  }

  async #watch(): Promise<void> {
    for await (const status of this.nc.status()) {
      const { type } = status;
      if (type === 'disconnect' || type === 'staleConnection') this.#isConnected = false;
      if (type === 'error' && status.error instanceof PermissionViolationError) this.denied = status.error;
      if (type === 'reconnect') this.#isConnected = true;
      if (this.#isConnected) this.#wake();
    }
  }

  #end(error: Error | undefined): void {
    if (this.gone.aborted) return;
    this.#isConnected = false;
    const where = this.nc.getServer();
    const problem =
      error === undefined
        ? { code: 'interrupted' as const, summary: 'The connection to the broker is closed' }
        : connectProblem(error, where === '' ? 'the broker' : where);
    this.#gone.abort(new ProblemError([problem]));
    this.#wake();
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

/** Closes a connection, whatever its server does, within `limit` ms. */
export async function closeWithin(limit: number, nc: NatsConnection): Promise<void> {
  if (!nc.isClosed()) await within(limit, nc.close());
}

async function within(limit: number, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  const late = delay(limit, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([work, late]).catch(() => undefined); // whatever it was: the connection is given up
  over.abort();
}
