// The process that holds a connection of the stock client: a master (ssh_config(5), ControlMaster) that its other clients share.

import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../base/file-error.ts';
import { ProblemError } from '../../language/problem/problem.ts';
import { type Channel, childChannel, type Ended, endChild } from '../channel/channel.ts';
import type { Target } from '../channel/connection.ts';
import { type ConnectContext, sshEnvironment } from '../ssh/context.ts';
import { ONLY_BY_SOCKET, opensshOptions, proxyCommandBy } from './options.ts';
import { NO_SSH } from './problem.ts';

const marker = 'vrun-is-in';

/** Milliseconds within which the master ends after its sessions when its connection is gone. */
const MASTERS_END = 500;

/** The master ended before the login. */
export class Exited extends Error {}

/** How `ssh` is called for a host. */
interface Client {
  readonly address: string;
  readonly options: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The process that holds the connection, with what it says, and its private directory. */
export class Master {
  /** Once it is gone, and its directory, too. */
  readonly cleared: Promise<void>;
  /** The ProxyCommand that reaches a host through this connection. */
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
    context: ConnectContext,
    proxyCommand: string | undefined,
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

/** ssh ends with 255 for what went wrong with the connection, and a command may do so, too (ssh(1), EXIT STATUS). */
async function endOf(ended: Ended, exited: Promise<void>): Promise<Ended> {
  if (ended.status !== 255) return ended;
  const gone = await Promise.race([exited.then(() => true), sleep(MASTERS_END, false, { ref: false })]);
  return gone ? { status: undefined, signal: undefined } : ended;
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
