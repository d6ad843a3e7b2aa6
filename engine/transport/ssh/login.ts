// An authenticated ssh2 client as a Login.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { fingerprint } from '../../base/digest.ts';
import { withResolvers } from '../../base/with-resolvers.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Channel, Ended, Login } from '../channel/channel.ts';
import { unlessAborted } from '../channel/deadline.ts';
import { keyType } from '../known-hosts/known-hosts.ts';

/** What a jump host needs besides: connections from it to the hosts behind it. */
export interface SshLogin extends Login {
  forward(host: string, port: number, signal: AbortSignal): Promise<ClientChannel>;
}

/** Milliseconds that a host has to say goodbye. */
const GOODBYE = 1000;

/** What an authenticated client is made a Login of. */
export interface Authenticated {
  readonly client: Client;
  /** What it talks through. */
  readonly socket: Duplex;
  readonly host: string;
  readonly user: string;
  readonly key: Buffer | undefined;
}

export class ClientLogin implements SshLogin {
  readonly user: string;
  readonly root: boolean;
  readonly hostKey: SshLogin['hostKey'];
  readonly closed: Promise<Error | undefined>;
  readonly #client: Client;
  readonly #socket: Duplex;
  readonly #host: string;
  readonly #finish: () => void;
  #problem: Error | undefined;
  #closing = false;
  #over = false;
  /** When the host was last heard from, by the monotonic clock. */
  #heard = performance.now();
  #hurrying: NodeJS.Timeout | undefined;

  constructor({ client, socket, host, user, key }: Authenticated) {
    this.user = user;
    this.root = user === 'root';
    this.hostKey = key === undefined ? undefined : { type: keyType(key), fingerprint: fingerprint(key) };
    this.#client = client;
    this.#socket = socket;
    this.#host = host;
    const { promise, resolve } = withResolvers<Error | undefined>();
    this.closed = promise;
    this.#finish = () => {
      if (this.#over) return;
      this.#over = true;
      clearInterval(this.#hurrying);
      resolve(this.#closing ? undefined : (this.#problem ?? new Error('the host closed the connection')));
    };
    this.#listen();
  }

  #listen(): void {
    this.#client.removeAllListeners('error');
    this.#client.on('error', (error) => {
      this.#problem = error;
    });
    this.#client.once('close', this.#finish);
    this.#socket.on('data', () => {
      this.#heard = performance.now();
    });
  }

  silence(): number {
    return (performance.now() - this.#heard) / 1000;
  }

  open(command: string, signal: AbortSignal): Promise<Channel> {
    const opening = this.#requested((done) => this.#client.exec(command, done), channelOf);
    return unlessAborted(opening, signal, (channel) => channel.destroy());
  }

  forward(address: string, port: number, signal: AbortSignal): Promise<ClientChannel> {
    const opening = this.#requested(
      (done) => this.#client.forwardOut('127.0.0.1', 0, address, port, done),
      (channel) => channel,
    );
    return unlessAborted(opening, signal, (channel) => channel.destroy());
  }

  hurry(seconds: number): void {
    const listen = (): void => {
      if (this.silence() > seconds) this.#destroy(new Error(`nothing was heard from the host for ${seconds} s`));
    };
    clearInterval(this.#hurrying);
    listen();
    if (!this.#over) this.#hurrying = setInterval(listen, 500);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#client.end();
    const goodbye = setTimeout(() => this.#destroy(), GOODBYE);
    await this.closed;
    clearTimeout(goodbye);
  }

  /**
   * What is `made` of the channel that the host was asked for, at once: its end may be in the same packet. Whoever asks
   * on a connection that is gone is told so.
   */
  async #requested<T>(
    ask: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
    made: (channel: ClientChannel) => T,
  ): Promise<T> {
    try {
      return await new Promise<T>((resolve, reject) => {
        if (this.#over) return reject(new Error('the connection is gone'));
        ask((error, channel) => (error ? reject(error) : resolve(made(channel))));
      });
    } catch (error) {
      const isGone = this.#over || !this.#socket.writable;
      throw isGone ? new ProblemError([lost(this.#host, this.#problem ?? error)]) : error;
    }
  }

  /**
   * The client's own `destroy` does nothing once its `end` was called. A channel of a jump host only asks to be closed,
   * and its client may wait for the answer: the channels on it are ended here.
   */
  #destroy(error?: Error): void {
    this.#problem ??= error;
    this.#socket.destroy();
    if (!(this.#socket instanceof Socket)) this.#socket.emit('close');
    this.#finish();
  }
}

function lost(host: string, error: unknown): Problem {
  return {
    code: 'connection-lost',
    summary: `The connection to ${host} was lost`,
    detail: error instanceof Error ? error.message : String(error),
  };
}

function channelOf(channel: ClientChannel): Channel {
  let status: number | undefined;
  let signal: string | undefined;
  channel.on('exit', (code: number | null, name?: string) => {
    status = code ?? undefined;
    signal = name;
  });
  channel.on('error', () => undefined); // a command that ended early: `ended` tells
  const ended = new Promise<Ended>((resolve) => {
    channel.once('close', () => resolve({ status, signal }));
  });
  return { stdin: channel, stdout: channel, stderr: channel.stderr, ended, destroy: () => channel.close() };
}
