// The default transport: ssh2's client, with our own key checks, log-in order and messages.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type AnyAuthMethod, type Client, type ConnectConfig } from 'ssh2';
import { ProblemError } from '../../language/problem/problem.ts';
import type { Target } from '../channel/connection.ts';
import { type Deadline, inTime, unlessAborted } from '../channel/deadline.ts';
import { sendAheadOfReplies } from './ahead-of-replies.ts';
import { algorithmsFor } from './algorithms.ts';
import type { ConnectContext, Hop } from './context.ts';
import { dial, unreachable } from './dial.ts';
import { helloProblem } from './hello-problem.ts';
import { HostKeyJudge } from './host-check.ts';
import { authMethods, type Tried } from './identities.ts';
import { ClientLogin, type SshLogin } from './login.ts';
import { ignoreOtherKeys } from './other-keys.ts';
import { loginProblem } from './problem.ts';
import { lastHop, type Route, routeTo } from './route.ts';
import { hearHello } from './server-hello.ts';

/** Asked often, so that it can be told at once that a host is silent; given up after 75 s. */
const keepalive = { keepaliveInterval: 3_000, keepaliveCountMax: 25 };

/** Logs in on a host, through its jump hosts. Every one's key is checked. What the host says gives it more time. */
export async function loginBySsh(target: Target, context: ConnectContext, deadline: Deadline): Promise<SshLogin> {
  const { signal } = deadline;
  const route = await routeTo(target, context);
  const judge = await HostKeyJudge.of(route.check, context);
  signal.throwIfAborted();
  const reached = await reach(route, target, context, signal);
  try {
    deadline.answered = true;
    return await logIn(reached, { route, judge, context, signal }, () => deadline.hear());
  } catch (error) {
    reached.socket.destroy();
    reached.release();
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
  const { hops } = context.cache;
  const key = JSON.stringify([jump, via.spareIdentityFile, target.knownHosts]);
  const hop = hops.get(key) ?? openHop(via, context);
  hops.set(key, hop);
  hop.users++;
  const forget = (): boolean => hops.get(key) === hop && hops.delete(key);
  hop.login
    .then(({ closed }) => closed)
    .then(forget, () => (hop.refused ? setTimeout(forget, REMEMBERED).unref() : forget()));
  let released = false;
  const release = (): void => {
    if (released) return;
    released = true;
    if (--hop.users > 0 || hop.refused) return;
    forget();
    hop.abandon.abort(new Error('nobody waits for it'));
    void hop.login.then((login) => login.close()).catch(() => undefined); // told to whoever waited for it
  };
  try {
    // A host that gives up leaves the jump host to the others.
    const login = await unlessAborted(hop.login, signal, () => undefined);
    const socket = await login.forward(route.address, route.port, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof ProblemError) throw error;
      throw new ProblemError([unreachable(error, route.host, `${route.address}:${route.port} from ${via.name}`)]);
    });
    return { socket, release };
  } catch (error) {
    release();
    throw error;
  }
}

function openHop(via: Target, context: ConnectContext): Hop {
  const abandon = new AbortController();
  const login = inTime(
    via,
    { signal: abandon.signal, tempo: context.cache.tempo },
    (deadline) => loginBySsh(via, context, deadline),
    (late) => void late.close(),
  );
  const hop: Hop = { login, abandon, users: 0, refused: false };
  // Told to whoever waits for it.
  login.catch((error: unknown) => {
    hop.refused = error instanceof ProblemError && error.problems[0]?.code === 'auth-failed';
  });
  return hop;
}

/** Milliseconds for which a jump host that has refused us isn't tried again: sshd adds up what it refuses. */
const REMEMBERED = 30_000;

interface Attempt {
  readonly route: Route;
  readonly judge: HostKeyJudge;
  readonly context: ConnectContext;
  readonly signal: AbortSignal;
}

async function logIn(
  { socket, release }: Reached,
  { route, judge, context, signal }: Attempt,
  heard: () => void,
): Promise<SshLogin> {
  const client = new ssh2.Client();
  const tried: Tried = { keys: [], notes: [], accepts: [] };
  const methods = authMethods(route.identities, context, tried);
  const address = socket instanceof Socket ? socket.remoteAddress : undefined;
  let presented: Buffer | undefined;
  let refused: unknown;
  const config = {
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
  } satisfies ConnectConfig;
  const hello = hearHello(socket);
  try {
    await untilReady(client, config, tried, signal, heard);
    hello();
  } catch (error) {
    const ended = socket.readableEnded || socket.destroyed;
    socket.destroy();
    signal.throwIfAborted();
    if (refused !== undefined) throw refused;
    throw new ProblemError([helloProblem(error, hello(), route) ?? loginProblem(error, route, tried, ended)]);
  }
  return new ClientLogin({ client, socket, host: route.host, user: route.identities.user, key: presented, release });
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

function untilReady(
  client: Client,
  config: ConnectConfig & { readonly sock: Duplex },
  tried: Tried,
  signal: AbortSignal,
  heard: () => void,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const onAbort = (): void => settle(() => reject(signal.reason));
    const settle = (then: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      config.sock.off('data', heard);
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
    ignoreOtherKeys(client);
    sendAheadOfReplies(client);
    config.sock.on('data', heard);
  });
}
