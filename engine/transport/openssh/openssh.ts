// The `openssh` transport: the stock client, for what ssh2 can't do (certificates, FIDO keys, GSSAPI, ProxyCommand).

import { setTimeout as sleep } from 'node:timers/promises';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Channel, Login } from '../channel/channel.ts';
import type { Target } from '../channel/connection.ts';
import type { Deadline } from '../channel/deadline.ts';
import { type Startup, startupEnd } from '../channel/startups.ts';
import type { ConnectContext, StockLogin } from '../ssh/context.ts';
import { HostKeyJudge } from '../ssh/host-check.ts';
import { type JumpHost, jumpHostOf, lostWith, notOpened, serverAt } from '../ssh/jump-host.ts';
import { hostCheckFor, jumpOf, optionsFor } from '../ssh/route.ts';
import { Exited, Master } from './master.ts';
import { isNotOpened, opensshProblem, refusalsIn } from './problem.ts';

/** In ssh's words: the host's kernel has taken the connection, and the host has said something. */
const isAnswered = /debug1: Connection established/;
const isHeard = /debug1: (Remote protocol version|kex_exchange_identification: banner line)/;

/** OpenSSH's server, and the first words of the process that it hands an authenticated login to (PROTOCOL, 2.5). */
const isOpenssh = /debug1: Remote protocol version [\d.]+, remote software version OpenSSH/;
const isServed = /debug1: client_input_global_request: rtype hostkeys-00@openssh\.com/;

/**
 * Logs in with `ssh`: one master process with a private control socket; every shell and command is a session of it, and
 * every host behind it a channel.
 */
export async function loginByOpenssh(target: Target, context: ConnectContext, deadline: Deadline): Promise<StockLogin> {
  const { signal } = deadline;
  const options = await optionsFor(target, context);
  const jump = jumpOf(target, options);
  const logins = { transport: 'openssh', shared: context.cache.jumps.openssh, logIn: loginByOpenssh } as const;
  const via =
    jump === undefined ? undefined : await deadline.aside(jumpHostOf(jump, target, { context, logins, signal }));
  const check = hostCheckFor(target, options, context);
  const { pinned } = await HostKeyJudge.of(check, context);
  const server = serverAt(`${options.hostname ?? target.address}:${check.port}`, via);
  const startup = await deadline.aside(context.cache.startups.begin([server, ...pinned], signal));
  try {
    const { lenient = [] } = options;
    return await logIn(target, { context, deadline, startup, via, lenient });
  } catch (error) {
    const lost = via === undefined || signal.aborted ? undefined : await lostWith(via, target.name);
    startup.end(lost === undefined ? startupEnd(error) : 'over');
    signal.throwIfAborted();
    throw lost === undefined ? error : new ProblemError([lost]);
  }
}

interface Attempt {
  readonly context: ConnectContext;
  readonly deadline: Deadline;
  readonly startup: Startup;
  readonly via: JumpHost<StockLogin> | undefined;
  /** Options by which ssh would be less strict than it was told to be. */
  readonly lenient: readonly string[];
}

async function logIn(target: Target, attempt: Attempt): Promise<StockLogin> {
  const { context, deadline, startup, via } = attempt;
  const refusals = via?.login.refusals().length ?? 0;
  const master = await Master.start(target, context, via?.login.proxyCommand, (said) => {
    if (isAnswered.test(said)) deadline.answered = true;
    if (isHeard.test(said)) deadline.hear();
    if (isServed.test(said)) startup.end('authenticated');
  });
  try {
    await master.loggedIn(deadline.signal);
  } catch (error) {
    await master.end();
    if (!(error instanceof Exited)) throw error;
    throw new ProblemError([problemOf(master.said, target, attempt, refusals)]);
  }
  void master.cleared.then(() => startup.end('authenticated'));
  if (!isOpenssh.test(master.said)) startup.end('authenticated');
  const user = /Authenticating to \S+ as '([^']*)'/.exec(master.said)?.[1] ?? target.user ?? context.localUser;
  return new MasterLogin(master, user);
}

/** Why the client ended. `refusals`: how many connections the jump host had not opened before. */
function problemOf(said: string, target: Target, { via, lenient }: Attempt, refusals: number): Problem {
  if (via === undefined || !isNotOpened(said)) return opensshProblem(said, target, lenient);
  const why = new Set(via.login.refusals().slice(refusals));
  return notOpened(target.name, via.name, why.size === 0 ? 'It gave no reason.' : [...why].join('; '));
}

class MasterLogin implements StockLogin {
  readonly proxyCommand: string;
  readonly user: string;
  readonly root: boolean;
  readonly hostKey: Login['hostKey'];
  readonly closed: Login['closed'];
  readonly #master: Master;
  #closing = false;

  constructor(master: Master, user: string) {
    this.proxyCommand = master.proxyCommand;
    this.user = user;
    this.root = user === 'root';
    this.hostKey = presentedKey(master.said);
    this.closed = master.cleared.then(() => (this.#closing ? undefined : new Error(lastLine(master.said))));
    this.#master = master;
  }

  async open(command: string, signal: AbortSignal): Promise<Channel> {
    signal.throwIfAborted();
    return this.#master.open(command);
  }

  refusals(): readonly string[] {
    return refusalsIn(this.#master.said);
  }

  silence(): number {
    return 0;
  }

  hurry(seconds: number): void {
    void this.#watch(seconds);
  }

  async #watch(seconds: number): Promise<void> {
    while (!this.#master.over && (await answers(this.#master, seconds))) await sleep(1000);
    this.#master.kill();
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#master.end();
  }
}

/** Whether the host begins a command within so many seconds: the master's own word is no sign of life. */
async function answers(master: Master, seconds: number): Promise<boolean> {
  const channel = master.open('exit 0');
  channel.stdin.end();
  channel.stdout.resume();
  channel.stderr.resume();
  const ended = await Promise.race([channel.ended, sleep(seconds * 1000, undefined, { ref: false })]);
  channel.destroy();
  return ended !== undefined;
}

/** The key of the host itself; jump hosts speak before it. */
function presentedKey(debug: string): Login['hostKey'] {
  const keys = debug.matchAll(/debug1: Server host (?:key|certificate): (\S+) (SHA256:[\w+/]+)/g);
  const [, type, fingerprint] = [...keys].at(-1) ?? [];
  return type === undefined || fingerprint === undefined ? undefined : { type, fingerprint };
}

function lastLine(debug: string): string {
  return (
    debug
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('debug1:'))
      .at(-1)
      ?.trim() ?? 'ssh ended'
  );
}
