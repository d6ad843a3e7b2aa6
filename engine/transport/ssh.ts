// The default transport: ssh2's client, with our own key checks, log-in order and messages.
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import { ProblemError } from '../language/problem.ts';
import type { Channel, Ended, Login } from './channel.ts';
import type { Target } from './connection.ts';
import { type ConnectContext, type Hop, readKnownHosts } from './context.ts';
import { dial, unreachable } from './dial.ts';
import { hostKeyAlgorithms, refuseHostKey } from './host-key.ts';
import { authMethods, type Tried } from './identities.ts';
import { fingerprint, judgeHostKey, type KnownHostsFile, keyType } from './known-hosts.ts';
import { lastHop, type Route, routeTo } from './route.ts';
import { handshakeProblem } from './ssh-problem.ts';

/** What is cheap and current: no Diffie-Hellman group exchange (slow), no compression, ciphers that OpenSSL does in hardware. */
export const algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies ConnectConfig['algorithms'];

const keepalive = { keepaliveInterval: 15_000, keepaliveCountMax: 4 };

/** Logs in on a host, through its jump hosts. Every one's key is checked. */
export async function loginBySsh(target: Target, context: ConnectContext, signal: AbortSignal): Promise<Login> {
  const route = await routeTo(target, context);
  const knownHosts = await readKnownHosts(context, route.knownHosts);
  const { socket, release } = await reach(route, target, context, signal);
  try {
    return await logIn(socket, route, knownHosts, context, signal, release);
  } catch (error) {
    socket.destroy();
    release();
    throw error;
  }
}

interface Reached {
  readonly socket: Duplex;
  readonly release: () => void;
}

async function reach(route: Route, target: Target, context: ConnectContext, signal: AbortSignal): Promise<Reached> {
  const where = `${route.address}:${route.port}`;
  if (route.jump !== undefined) return reachThrough(route.jump, route, target, context, signal);
  const socket = await dial(route.address, route.port, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new ProblemError([unreachable(error, route.host, where)]);
  });
  return { socket, release: () => undefined };
}

async function reachThrough(
  jump: string,
  route: Route,
  target: Target,
  context: ConnectContext,
  signal: AbortSignal,
): Promise<Reached> {
  const via = lastHop(jump, target);
  const key = JSON.stringify([jump, target.identityFile, target.knownHosts]);
  const { hops } = context.cache;
  let opening = hops.get(key);
  if (opening === undefined) {
    opening = openHop(via, context, signal);
    hops.set(key, opening);
    opening.catch(() => hops.delete(key));
  }
  const hop = await opening;
  hop.users++;
  let released = false;
  const release = (): void => {
    if (released) return;
    released = true;
    if (--hop.users > 0) return;
    hops.delete(key);
    hop.close();
  };
  const socket = await hop.forward(route.address, route.port).catch((error: unknown) => {
    release();
    throw new ProblemError([unreachable(error, route.host, `${route.address}:${route.port} from ${via.name}`)]);
  });
  return { socket, release };
}

async function openHop(via: Target, context: ConnectContext, signal: AbortSignal): Promise<Hop> {
  const login = await loginBySsh(via, context, signal);
  if (!('client' in login) || !(login.client instanceof ssh2.Client))
    throw new TypeError('a jump host needs the ssh transport');
  const { client } = login;
  return {
    users: 0,
    forward: (host, port) =>
      new Promise((resolve, reject) => {
        client.forwardOut('127.0.0.1', 0, host, port, (error, channel) =>
          error === undefined ? resolve(channel) : reject(error),
        );
      }),
    close: () => void login.close(),
  };
}

async function logIn(
  socket: Duplex,
  route: Route,
  knownHosts: readonly KnownHostsFile[],
  context: ConnectContext,
  signal: AbortSignal,
  release: () => void,
): Promise<Login & { readonly client: Client }> {
  const client = new ssh2.Client();
  const tried: Tried = { keys: [], notes: [] };
  let presented: Buffer | undefined;
  let serverAccepts: readonly string[] = [];
  // ssh2 takes any answer but `false` for yes, so this is the one place that answers, and it compares with 'match'.
  const hostVerifier = (key: Buffer): boolean => {
    presented = key;
    return judgeHostKey(knownHosts, route.name, key).verdict === 'match';
  };
  const methods = authMethods(route.identities, context, tried);
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      client.destroy();
      reject(signal.reason);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => signal.removeEventListener('abort', onAbort);
    client.once('ready', () => {
      settle();
      resolve();
    });
    client.on('error', (error) => {
      // ssh2 goes on by itself after these two.
      if (error.level === 'agent') return void tried.notes.push(`ssh-agent: ${error.message}`);
      if (error.message.startsWith('Error signing data')) return void tried.notes.push(error.message);
      settle();
      const verdict = presented === undefined ? undefined : judgeHostKey(knownHosts, route.name, presented);
      try {
        if (presented !== undefined && verdict !== undefined && verdict.verdict !== 'match') {
          refuseHostKey(verdict, presented, route.host, route.name);
        }
        reject(new ProblemError([handshakeProblem(error, route, tried, serverAccepts)]));
      } catch (problem) {
        reject(problem);
      }
    });
    client.once('close', () => {
      settle();
      reject(new ProblemError([unreachable(new Error('the connection was closed'), route.host, route.name)]));
    });
    client.connect({
      sock: socket as ConnectConfig['sock'] & Duplex, // ssh2's type wants a Readable; it needs a duplex
      username: route.identities.user,
      hostVerifier,
      algorithms: { ...algorithms, serverHostKey: hostKeyAlgorithms(knownHosts, route.name) },
      readyTimeout: 0, // the caller's signal ends a login that takes too long
      agentForward: false,
      ...keepalive,
      authHandler: (left, _partial, next) => {
        serverAccepts = left ?? serverAccepts;
        methods.next().then(
          ({ value }) => {
            const possible = left === null || left.includes('publickey');
            // @ts-expect-error `false` ends the login (ssh2's README); its types leave it out
            next(value === undefined || !possible ? false : value);
          },
          (error: unknown) => client.emit('error', Object.assign(new Error(String(error)), { level: 'keys' })),
        );
      },
    });
  });
  return loginOf(client, route, presented, release);
}

function loginOf(client: Client, route: Route, key: Buffer | undefined, release: () => void) {
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
    client,
    user: route.identities.user,
    root: route.identities.user === 'root',
    hostKey: key === undefined ? undefined : { type: keyType(key), fingerprint: fingerprint(key) },
    closed,
    open: (command: string): Promise<Channel> =>
      new Promise((resolve, reject) => {
        client.exec(command, (error, channel) => (error ? reject(error) : resolve(channelOf(channel))));
      }),
    close: async (): Promise<void> => {
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
