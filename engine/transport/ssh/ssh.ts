// The default transport: ssh2's client, with our own key checks, log-in order and messages.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type AnyAuthMethod, type Client, type ConnectConfig } from 'ssh2';
import { ProblemError } from '../../language/problem/problem.ts';
import type { Target } from '../channel/connection.ts';
import type { Deadline } from '../channel/deadline.ts';
import { type Startup, startupEnd } from '../channel/startups.ts';
import { sendAheadOfReplies } from './ahead-of-replies.ts';
import { algorithmsFor } from './algorithms.ts';
import type { ConnectContext } from './context.ts';
import { helloProblem } from './hello-problem.ts';
import { HostKeyJudge } from './host-check.ts';
import { authMethods, type Tried } from './identities.ts';
import { ClientLogin, type SshLogin } from './login.ts';
import { ignoreOtherKeys } from './other-keys.ts';
import { loginProblem } from './problem.ts';
import { type Route, routeTo } from './route.ts';
import { hearHello } from './server-hello.ts';
import { wayTo } from './way.ts';

/** Asked often, so that it can be told at once that a host is silent; given up after 75 s. */
const keepalive = { keepaliveInterval: 3_000, keepaliveCountMax: 25 };

/** Logs in on a host, through its jump hosts. Every one's key is checked. What the host says gives it more time. */
export async function loginBySsh(target: Target, context: ConnectContext, deadline: Deadline): Promise<SshLogin> {
  const { signal } = deadline;
  const route = await routeTo(target, context);
  const judge = await HostKeyJudge.of(route.check, context);
  signal.throwIfAborted();
  const way = await deadline.aside(wayTo(route, target, { context, logIn: loginBySsh, signal }));
  const startup = await deadline.aside(context.cache.startups.begin([way.end, ...judge.pinned], signal));
  try {
    const socket = await way.open(signal);
    deadline.answered = true;
    const heard = (): void => deadline.hear();
    return await logIn(socket, { route, judge, context, signal, startup, heard });
  } catch (error) {
    const lost = signal.aborted ? undefined : await way.lost();
    startup.end(lost === undefined ? startupEnd(error) : 'over');
    signal.throwIfAborted();
    throw lost === undefined ? error : new ProblemError([lost]);
  }
}

interface Attempt {
  readonly route: Route;
  readonly judge: HostKeyJudge;
  readonly context: ConnectContext;
  readonly signal: AbortSignal;
  readonly startup: Startup;
  readonly heard: () => void;
}

async function logIn(socket: Duplex, attempt: Attempt): Promise<SshLogin> {
  const { route, judge, context, signal } = attempt;
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
    await untilReady(client, config, tried, attempt);
    hello();
  } catch (error) {
    const ended = socket.readableEnded || socket.destroyed;
    socket.destroy();
    signal.throwIfAborted();
    if (refused !== undefined) throw refused;
    throw new ProblemError([helloProblem(error, hello(), route) ?? loginProblem(error, route, tried, ended)]);
  }
  return new ClientLogin({ client, socket, host: route.host, user: route.identities.user, key: presented });
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
  { signal, startup, heard }: Attempt,
): Promise<void> {
  // sshd counts a login among its startups until it has handed it to another process, which is the next to speak.
  const served = (): void => startup.end('authenticated');
  return new Promise<void>((resolve, reject) => {
    const onAbort = (): void => settle(() => reject(signal.reason));
    const settle = (then: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      config.sock.off('data', heard);
      then();
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    client.once('ready', () => {
      config.sock.once('data', served).once('close', served);
      settle(resolve);
    });
    client.once('close', () => settle(() => reject(new Error('the connection was closed'))));
    client.on('error', (error) => {
      // After these two ssh2 goes on to the next key by itself.
      const goesOn = error.level === 'agent' || error.message.startsWith('Error signing data');
      if (goesOn) tried.notes.push(`${error.level === 'agent' ? 'ssh-agent: ' : ''}${error.message}`);
      else settle(() => reject(error));
    });
    client.connect(config);
    ignoreOtherKeys(client, served);
    sendAheadOfReplies(client);
    config.sock.on('data', heard);
  });
}
