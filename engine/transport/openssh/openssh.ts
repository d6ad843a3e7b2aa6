// The `openssh` transport: the stock client, for what ssh2 can't do (certificates, FIDO keys, GSSAPI, ProxyCommand).

import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../base/file-error.ts';
import { ProblemError } from '../../language/problem/problem.ts';
import { type Channel, childChannel, type Ended, endChild, type Login } from '../channel/channel.ts';
import type { Target } from '../channel/connection.ts';
import type { Deadline } from '../channel/deadline.ts';
import { type Startup, startupEnd } from '../channel/startups.ts';
import { type ConnectContext, type StockLogin, sshEnvironment } from '../ssh/context.ts';
import { HostKeyJudge } from '../ssh/host-check.ts';
import { jumpHostOf, lostWith } from '../ssh/jump-host.ts';
import { hostCheckFor, jumpOf, optionsFor } from '../ssh/route.ts';
import { ONLY_BY_SOCKET, opensshOptions, proxyCommandBy } from './options.ts';
import { NO_SSH, opensshProblem } from './problem.ts';

const marker = 'vrun-is-in';

/** In ssh's words: the host's kernel has taken the connection, and the host has said something. */
const isAnswered = /debug1: Connection established/;
const isHeard = /debug1: (Remote protocol version|kex_exchange_identification: banner line)/;

/** OpenSSH's server, and the first words of the process that it hands an authenticated login to (PROTOCOL, 2.5). */
const isOpenssh = /debug1: Remote protocol version [\d.]+, remote software version OpenSSH/;
const isServed = /debug1: client_input_global_request: rtype hostkeys-00@openssh\.com/;

/** Milliseconds within which the master ends after its sessions when its connection is gone. */
const MASTERS_END = 500;

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
  const server = `${options.hostname ?? target.address}:${check.port} from ${via?.key}`;
  const startup = await deadline.aside(context.cache.startups.begin([server, ...pinned], signal));
  try {
    const { lenient = [] } = options;
    return await logIn(target, { context, deadline, startup, proxyCommand: via?.login.proxyCommand, lenient });
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
  readonly proxyCommand: string | undefined;
  /** Options by which ssh would be less strict than it was told to be. */
  readonly lenient: readonly string[];
}

async function logIn(
  target: Target,
  { context, deadline, startup, proxyCommand, lenient }: Attempt,
): Promise<StockLogin> {
  const master = await Master.start(target, { context, proxyCommand }, (said) => {
    if (isAnswered.test(said)) deadline.answered = true;
    if (isHeard.test(said)) deadline.hear();
    if (isServed.test(said)) startup.end('authenticated');
  });
  try {
    await master.loggedIn(deadline.signal);
  } catch (error) {
    await master.end();
    throw error instanceof Exited ? new ProblemError([opensshProblem(master.said, target, lenient)]) : error;
  }
  void master.cleared.then(() => startup.end('authenticated'));
  if (!isOpenssh.test(master.said)) startup.end('authenticated');
  const user = /Authenticating to \S+ as '([^']*)'/.exec(master.said)?.[1] ?? target.user ?? context.localUser;
  return new MasterLogin(master, user);
}

/** The master ended before the login. */
class Exited extends Error {}

/** How `ssh` is called for a host. */
interface Client {
  readonly address: string;
  readonly options: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The process that holds the connection, with what it says, and its private directory. */
class Master {
  /** Once it is gone, and its directory, too. */
  readonly cleared: Promise<void>;
  readonly proxyCommand: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exited: Promise<void>;
  readonly #open: (command: string) => ChildProcess;
  #said = '';
  #over = false;

  private constructor(directory: string, { address, options, env }: Client, onSaid: (said: string) => void) {
    const start = (args: readonly string[], command: readonly string[] = []) =>
      // Detached: Ctrl-C at the terminal is for vrun.
      spawn('ssh', [...args, ...options, '--', address, ...command], { detached: true, stdio: 'pipe', env });
    // LocalCommand runs once the session is authenticated and the control socket listens (ssh_config(5)).
    const once = ['-o', 'PermitLocalCommand=yes', '-o', `LocalCommand=${onceIn(directory)}`];
    this.#child = start(['-v', '-N', '-o', 'ControlMaster=yes', '-o', 'ControlPersist=no', ...once]);
    this.#open = (command) => start(['-T', ...ONLY_BY_SOCKET], [command]);
    this.proxyCommand = proxyCommandBy(socketIn(directory));
    this.#exited = new Promise((resolve) => {
      const ended = (): void => {
        this.#over = true;
        resolve();
      };
      this.#child.once('error', ended);
      this.#child.once('exit', ended);
    });
    this.cleared = this.#exited.then(() => {
      this.#child.stdin.destroy();
      return rm(directory, { recursive: true, force: true });
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-64 * 1024);
      onSaid(this.#said);
    });
  }

  /** @param onSaid  called with all that ssh has said, whenever it says more */
  static async start(
    target: Target,
    { context, proxyCommand }: Pick<Attempt, 'context' | 'proxyCommand'>,
    onSaid: (said: string) => void,
  ): Promise<Master> {
    const directory = await mkdtemp(join(tmpdir(), 'vrun-ssh-'));
    try {
      const shared = await opensshOptions(target, context, { directory, proxyCommand });
      const options = [...shared, '-o', `ControlPath=${socketIn(directory)}`];
      return new Master(directory, { address: target.address, options, env: environment(context) }, onSaid);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** What it has said so far, with what ssh -v says. */
  get said(): string {
    return this.#said;
  }

  get over(): boolean {
    return this.#over;
  }

  /** @throws Exited when it ended before, the signal's reason, or a ProblemError where there is no ssh */
  loggedIn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#child.stdout.on('data', (chunk: Buffer) => {
        if (!chunk.toString().includes(marker)) return;
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      this.#child.once('error', (error) => reject(hasCode(error, 'ENOENT') ? new ProblemError([NO_SSH]) : error));
      void this.#exited.then(() => {
        signal.removeEventListener('abort', onAbort);
        reject(new Exited());
      });
    });
  }

  open(command: string): Channel {
    const channel = childChannel(this.#open(command));
    return { ...channel, ended: channel.ended.then((ended) => endOf(ended, this.#exited)) };
  }

  kill(): void {
    if (!this.#over) this.#child.kill('SIGKILL');
  }

  async end(): Promise<void> {
    endChild(this.#child);
    await this.cleared;
  }
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

/** ssh ends with 255 for what went wrong with the connection, and a command may do so, too (ssh(1), EXIT STATUS). */
async function endOf(ended: Ended, exited: Promise<void>): Promise<Ended> {
  if (ended.status !== 255) return ended;
  const gone = await Promise.race([exited.then(() => true), sleep(MASTERS_END, false, { ref: false })]);
  return gone ? { status: undefined, signal: undefined } : ended;
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

function socketIn(directory: string): string {
  return join(directory, 's');
}

/** Says that we are in; and ends the master when our end of its standard input closes, so that it doesn't outlive us. */
function onceIn(directory: string): string {
  const watch = `read _ <&3; rm -rf "${directory}"; read name </proc/$PPID/comm; [ "$name" = ssh ] && kill $PPID`;
  return `exec 3<&0; { ${watch}; } >/dev/null 2>&1 & echo ${marker}`;
}

/** Its own commands (LocalCommand, ProxyCommand) are for a POSIX shell. */
function environment(context: ConnectContext): NodeJS.ProcessEnv {
  return { ...sshEnvironment(context), SHELL: '/bin/sh' };
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
