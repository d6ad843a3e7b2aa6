// An authenticated ssh2 client as a Login.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { fingerprint } from '../../base/digest.ts';
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
  /** Called once the connection is gone. */
  readonly release: () => void;
}

export function sshLogin({ client, socket, host, user, key, release }: Authenticated): SshLogin {
  let problem: Error | undefined;
  let closing = false;
  let over = false;
  let heard = performance.now();
  let hurrying: NodeJS.Timeout | undefined;
  let finish: () => void = () => undefined;
  const closed = new Promise<Error | undefined>((resolve) => {
    finish = () => {
      if (over) return;
      over = true;
      clearInterval(hurrying);
      release();
      resolve(closing ? undefined : (problem ?? new Error('the host closed the connection')));
    };
  });
  client.removeAllListeners('error');
  client.on('error', (error) => {
    problem = error;
  });
  client.once('close', finish);
  socket.on('data', () => {
    heard = performance.now();
  });
  const silence = (): number => (performance.now() - heard) / 1000;
  // The client's own `destroy` does nothing once its `end` was called. A channel of a jump host only asks to be closed,
  // and its client may wait for the answer: the channels on it are ended here.
  const destroy = (error?: Error): void => {
    problem ??= error;
    socket.destroy();
    if (!(socket instanceof Socket)) socket.emit('close');
    finish();
  };
  /**
   * What is `made` of the channel that the host was asked for, at once: its end may be in the same packet. Whoever asks
   * on a connection that is gone is told so.
   */
  const requested = <T>(
    ask: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
    made: (channel: ClientChannel) => T,
  ): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (over) return reject(new Error('the connection is gone'));
      ask((error, channel) => (error ? reject(error) : resolve(made(channel))));
    }).catch((error: unknown) => {
      throw over || !socket.writable ? new ProblemError([lost(host, problem ?? error)]) : error;
    });
  return {
    user,
    root: user === 'root',
    hostKey: key === undefined ? undefined : { type: keyType(key), fingerprint: fingerprint(key) },
    closed,
    silence,
    open: (command, signal) => {
      const opening = requested((done) => client.exec(command, done), channelOf);
      return unlessAborted(opening, signal, (channel) => channel.destroy());
    },
    forward: (address, port, signal) => {
      const opening = requested(
        (done) => client.forwardOut('127.0.0.1', 0, address, port, done),
        (channel) => channel,
      );
      return unlessAborted(opening, signal, (channel) => channel.destroy());
    },
    hurry(seconds) {
      const listen = (): void => {
        if (silence() > seconds) destroy(new Error(`nothing was heard from the host for ${seconds} s`));
      };
      clearInterval(hurrying);
      listen();
      if (!over) hurrying = setInterval(listen, 500);
    },
    async close() {
      closing = true;
      client.end();
      const patience = setTimeout(destroy, GOODBYE);
      await closed;
      clearTimeout(patience);
    },
  };
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
