// An authenticated ssh2 client as a Login.
import type { Client, ClientChannel } from 'ssh2';
import type { Channel, Ended, Login } from './channel.ts';
import { fingerprint, keyType } from './known-hosts.ts';

/** What a jump host needs besides: connections from it to the hosts behind it. */
export interface SshLogin extends Login {
  forward(host: string, port: number): Promise<ClientChannel>;
}

/** `release` is called once the connection is gone. */
export function sshLogin(client: Client, user: string, key: Buffer | undefined, release: () => void): SshLogin {
  let problem: Error | undefined;
  let closing = false;
  client.removeAllListeners('error');
  client.on('error', (error) => {
    problem = error;
  });
  const closed = new Promise<Error | undefined>((resolve) => {
    client.once('close', () => {
      release();
      resolve(closing ? undefined : (problem ?? new Error('the host closed the connection')));
    });
  });
  return {
    user,
    root: user === 'root',
    hostKey: key === undefined ? undefined : { type: keyType(key), fingerprint: fingerprint(key) },
    closed,
    open: (command) =>
      new Promise((resolve, reject) => {
        client.exec(command, (error, channel) => (error ? reject(error) : resolve(channelOf(channel))));
      }),
    forward: (host, port) =>
      new Promise((resolve, reject) => {
        client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => (error ? reject(error) : resolve(channel)));
      }),
    async close() {
      closing = true;
      client.end();
      const patience = setTimeout(() => client.destroy(), 1000);
      await closed;
      clearTimeout(patience);
    },
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
