// The `openssh` transport: the stock client, for what ssh2 can't do (certificates, FIDO keys, GSSAPI, ProxyCommand).

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../base/file-error.ts';
import { ProblemError } from '../../language/problem/problem.ts';
import { type Channel, childChannel, type Ended, endChild, type Login } from '../channel/channel.ts';
import type { Target } from '../channel/connection.ts';
import type { Deadline } from '../channel/deadline.ts';
import { type ConnectContext, sshEnvironment } from '../ssh/context.ts';
import { optionsFor } from '../ssh/route.ts';
import { opensshOptions } from './options.ts';
import { opensshProblem } from './problem.ts';

const marker = 'vrun-is-in';

/** In ssh's words: the host has said something. */
const isHeard = /debug1: (Remote protocol version|kex_exchange_identification: banner line)/;

/** Milliseconds within which the master ends after its sessions when its connection is gone. */
const MASTERS_END = 500;

/**
 * Logs in with `ssh`: one master process with a private control socket; every shell and command is a session of it.
 */
export async function loginByOpenssh(target: Target, context: ConnectContext, deadline: Deadline): Promise<Login> {
  const { signal } = deadline;
  const directory = await mkdtemp(join(tmpdir(), 'vrun-ssh-'));
  const shared = await opensshOptions(target, context, directory).catch(async (error: unknown) => {
    await rm(directory, { recursive: true, force: true });
    throw error;
  });
  const options = [...shared, '-o', `ControlPath=${join(directory, 's')}`];
  const args = ['-v', '-N', '-o', 'ControlMaster=yes', '-o', 'ControlPersist=no', ...options];
  // LocalCommand runs once the session is authenticated and the control socket listens (ssh_config(5)).
  args.push('-o', 'PermitLocalCommand=yes', '-o', `LocalCommand=${onceIn(directory)}`, '--', target.address);
  const master = spawn('ssh', args, {
    detached: true, // Ctrl-C at the terminal is for vrun
    stdio: 'pipe',
    env: environment(context),
  });
  const exited = new Promise<void>((resolve) => {
    master.once('error', () => resolve());
    master.once('exit', () => resolve());
  });
  const cleanUp = exited.then(() => {
    master.stdin.destroy();
    return rm(directory, { recursive: true, force: true });
  });
  let stderr = '';
  master.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-64 * 1024);
    if (isHeard.test(stderr)) deadline.renew(target.connectTimeout);
  });
  try {
    await loggedIn(master, exited, signal);
  } catch (error) {
    endChild(master);
    await cleanUp;
    signal.throwIfAborted();
    if (!(error instanceof Error) || error.message !== 'exited') throw error;
    const { lenient = [] } = await optionsFor(target, context);
    throw new ProblemError([opensshProblem(stderr, target, lenient)]);
  }
  let closing = false;
  let over = false;
  void exited.then(() => {
    over = true;
  });
  const user = /Authenticating to \S+ as '([^']*)'/.exec(stderr)?.[1] ?? target.user ?? context.localUser;
  const open = (command: string): Channel => {
    const session = ['-T', '-o', 'ControlMaster=no', ...options, '--', target.address, command];
    const channel = childChannel(spawn('ssh', session, { detached: true, stdio: 'pipe', env: environment(context) }));
    return { ...channel, ended: channel.ended.then((ended) => endOf(ended, exited)) };
  };
  return {
    user,
    root: user === 'root',
    hostKey: presentedKey(stderr),
    async open(command, opening) {
      opening.throwIfAborted();
      return open(command);
    },
    silence: () => 0,
    hurry(seconds) {
      void (async () => {
        while (!over && (await answers(open, seconds))) await sleep(1000);
        if (!over) master.kill('SIGKILL');
      })();
    },
    closed: cleanUp.then(() => (closing ? undefined : new Error(lastLine(stderr)))),
    async close() {
      closing = true;
      endChild(master);
      await cleanUp;
    },
  };
}

/** ssh ends with 255 for what went wrong with the connection, and a command may do so, too (ssh(1), EXIT STATUS). */
async function endOf(ended: Ended, exited: Promise<void>): Promise<Ended> {
  if (ended.status !== 255) return ended;
  const gone = await Promise.race([exited.then(() => true), sleep(MASTERS_END, false, { ref: false })]);
  return gone ? { status: undefined, signal: undefined } : ended;
}

/** Whether the host begins a command within so many seconds: the master's own word is no sign of life. */
async function answers(open: (command: string) => Channel, seconds: number): Promise<boolean> {
  const channel = open('exit 0');
  channel.stdin.end();
  channel.stdout.resume();
  channel.stderr.resume();
  const ended = await Promise.race([channel.ended, sleep(seconds * 1000, undefined, { ref: false })]);
  channel.destroy();
  return ended !== undefined;
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

function loggedIn(master: ChildProcess, exited: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    master.stdout?.on('data', (chunk: Buffer) => {
      if (!chunk.toString().includes(marker)) return;
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    master.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        hasCode(error, 'ENOENT')
          ? new ProblemError([{ code: 'config', summary: 'There is no ssh here', hint: 'Install openssh-client.' }])
          : error,
      ),
    );
    void exited.then(() => {
      signal.removeEventListener('abort', onAbort);
      reject(new Error('exited'));
    });
  });
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
