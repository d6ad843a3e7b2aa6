// The default transport: ssh2's client, with our own key checks, log-in order and messages.
import type { Duplex } from 'node:stream';
import ssh2, { type AnyAuthMethod, type Client, type ConnectConfig } from 'ssh2';
import { ProblemError } from '../language/problem.ts';
import type { Target } from './connection.ts';
import { type ConnectContext, type Hop, readKnownHosts } from './context.ts';
import { dial, unreachable } from './dial.ts';
import { hostKeyAlgorithms, refuseHostKey } from './host-key.ts';
import { authMethods, type Tried } from './identities.ts';
import { judgeHostKey, type KnownHostsFile } from './known-hosts.ts';
import { lastHop, type Route, routeTo } from './route.ts';
import { type SshLogin, sshLogin } from './ssh-login.ts';
import { loginProblem } from './ssh-problem.ts';

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
export async function loginBySsh(target: Target, context: ConnectContext, signal: AbortSignal): Promise<SshLogin> {
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

export interface Reached {
  readonly socket: Duplex;
  readonly release: () => void;
}

/** Opens the way to where a host's sshd listens. `release` gives back the jump host that it goes through. */
export async function reach(
  route: Route,
  target: Target,
  context: ConnectContext,
  signal: AbortSignal,
): Promise<Reached> {
  if (route.jump !== undefined) return reachThrough(route.jump, route, target, context, signal);
  const socket = await dial(route.address, route.port, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new ProblemError([unreachable(error, route.host, `${route.address}:${route.port}`)]);
  });
  return { socket, release: () => undefined };
}

/** Jump hosts are logged in to once and shared by all hosts behind them. */
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
    opening = loginBySsh(via, context, signal).then((login): Hop => ({ login, users: 0 }));
    hops.set(key, opening);
    opening
      .then(({ login }) => login.closed)
      .then(
        () => hops.delete(key),
        () => hops.delete(key),
      );
  }
  const hop = await opening;
  hop.users++;
  let released = false;
  const release = (): void => {
    if (released) return;
    released = true;
    if (--hop.users > 0) return;
    hops.delete(key);
    void hop.login.close();
  };
  const socket = await hop.login.forward(route.address, route.port).catch((error: unknown) => {
    release();
    throw new ProblemError([unreachable(error, route.host, `${route.address}:${route.port} from ${via.name}`)]);
  });
  return { socket, release };
}

async function logIn(
  socket: Duplex,
  route: Route,
  knownHosts: readonly KnownHostsFile[],
  context: ConnectContext,
  signal: AbortSignal,
  release: () => void,
): Promise<SshLogin> {
  const client = new ssh2.Client();
  const tried: Tried = { keys: [], notes: [], accepts: [] };
  const methods = authMethods(route.identities, context, tried);
  let presented: Buffer | undefined;
  const config: ConnectConfig = {
    sock: socket as Duplex & NonNullable<ConnectConfig['sock']>, // ssh2's type is a Readable; it wants a duplex
    username: route.identities.user,
    // ssh2 takes any answer but `false` for yes, so this is the one place that answers, and it compares with 'match'.
    hostVerifier: (key: Buffer): boolean => {
      presented = key;
      return judgeHostKey(knownHosts, route.name, key).verdict === 'match';
    },
    algorithms: { ...algorithms, serverHostKey: hostKeyAlgorithms(knownHosts, route.name) },
    readyTimeout: 0, // the caller's signal ends a login that takes too long
    agentForward: false,
    ...keepalive,
    authHandler: (left, _partial, next) => {
      if (left !== null) tried.accepts.splice(0, Infinity, ...left);
      const possible = left === null || left.includes('publickey');
      void nextMethod(methods, possible, tried).then((method) => {
        // @ts-expect-error `false` ends the login (ssh2's README); its types leave it out
        next(method);
      });
    },
  };
  try {
    await untilReady(client, config, tried, signal);
  } catch (error) {
    client.destroy();
    signal.throwIfAborted();
    const verdict = presented === undefined ? undefined : judgeHostKey(knownHosts, route.name, presented);
    if (presented !== undefined && verdict !== undefined && verdict.verdict !== 'match') {
      refuseHostKey(verdict, presented, route.host, route.name);
    }
    throw new ProblemError([await loginProblem(error, route, tried)]);
  }
  return sshLogin(client, route.identities.user, presented, release);
}

async function nextMethod(
  methods: AsyncGenerator<AnyAuthMethod, void>,
  possible: boolean,
  tried: Tried,
): Promise<AnyAuthMethod | false> {
  if (!possible) return false;
  try {
    return (await methods.next()).value ?? false;
  } catch (error) {
    tried.notes.push(String(error));
    return false;
  }
}

function untilReady(client: Client, config: ConnectConfig, tried: Tried, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const onAbort = (): void => settle(() => reject(signal.reason));
    const settle = (then: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      then();
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    client.once('ready', () => settle(resolve));
    client.once('close', () => settle(() => reject(new Error('the connection was closed'))));
    client.on('error', (error) => {
      // After these two ssh2 goes on to the next key by itself.
      const goesOn = error.level === 'agent' || error.message.startsWith('Error signing data');
      if (goesOn) tried.notes.push(`${error.level === 'agent' ? 'ssh-agent: ' : ''}${error.message}`);
      else settle(() => reject(error));
    });
    client.connect(config);
  });
}
