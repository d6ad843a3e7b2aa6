// The default transport: ssh2's client, with our own key checks, log-in order and messages.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type AnyAuthMethod, type Client, type ConnectConfig } from 'ssh2';
import { ProblemError } from '../language/problem.ts';
import { algorithmsFor } from './algorithms.ts';
import type { Target } from './connection.ts';
import type { ConnectContext, Hop } from './context.ts';
import { dial, unreachable } from './dial.ts';
import { HostKeyJudge } from './host-check.ts';
import { authMethods, type Tried } from './identities.ts';
import { lastHop, type Route, routeTo } from './route.ts';
import { type SshLogin, sshLogin } from './ssh-login.ts';
import { loginProblem } from './ssh-problem.ts';

const keepalive = { keepaliveInterval: 15_000, keepaliveCountMax: 4 };

/** Logs in on a host, through its jump hosts. Every one's key is checked. */
export async function loginBySsh(target: Target, context: ConnectContext, signal: AbortSignal): Promise<SshLogin> {
  const route = await routeTo(target, context);
  const judge = await HostKeyJudge.of(route.check, context);
  const { socket, release } = await reach(route, target, context, signal);
  try {
    return await logIn(socket, route, judge, context, signal, release);
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
  const socket = await dial(route, signal).catch((error: unknown) => {
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
  const key = JSON.stringify([jump, via.spareIdentityFile, target.knownHosts]);
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
  judge: HostKeyJudge,
  context: ConnectContext,
  signal: AbortSignal,
  release: () => void,
): Promise<SshLogin> {
  const client = new ssh2.Client();
  const tried: Tried = { keys: [], notes: [], accepts: [] };
  const methods = authMethods(route.identities, context, tried);
  const address = socket instanceof Socket ? socket.remoteAddress : undefined;
  let presented: Buffer | undefined;
  let refused: unknown;
  const config: ConnectConfig = {
    sock: socket as Duplex & NonNullable<ConnectConfig['sock']>, // ssh2's type is a Readable; it wants a duplex
    username: route.identities.user,
    // ssh2 takes any answer but `false` for yes, so this is the one place that answers: yes only where the judge returned.
    hostVerifier: (key: Buffer, answer: (yes: boolean) => void): void => {
      presented = key;
      judge.admit(key, route.host, address).then(
        () => answer(true),
        (error: unknown) => {
          refused = error;
          answer(false);
        },
      );
    },
    algorithms: { ...algorithmsFor(route.algorithms), serverHostKey: judge.algorithms },
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
    if (refused !== undefined) throw refused;
    throw new ProblemError([loginProblem(error, route, tried)]);
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
