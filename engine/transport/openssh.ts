// The `openssh` transport: the stock client, for what ssh2 can't do (certificates, FIDO keys, GSSAPI, ProxyCommand).
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemError } from '../language/problem.ts';
import { childChannel, type Login } from './channel.ts';
import type { Target } from './connection.ts';
import { type ConnectContext, sshEnvironment } from './context.ts';
import { opensshOptions } from './openssh-options.ts';
import { opensshProblem } from './openssh-problem.ts';

const marker = 'vrun-is-in';

/**
 * Logs in with `ssh`: one master process with a private control socket; every shell and command is a session of it.
 */
export async function loginByOpenssh(target: Target, context: ConnectContext, signal: AbortSignal): Promise<Login> {
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
  });
  try {
    await loggedIn(master, exited, signal);
  } catch (error) {
    master.kill();
    await cleanUp;
    signal.throwIfAborted();
    throw error instanceof Error && error.message === 'exited'
      ? new ProblemError([opensshProblem(stderr, target)])
      : error;
  }
  let closing = false;
  const user = /Authenticating to \S+ as '([^']*)'/.exec(stderr)?.[1] ?? target.user ?? context.localUser;
  return {
    user,
    root: user === 'root',
    hostKey: presentedKey(stderr),
    async open(command) {
      const session = ['-T', '-o', 'ControlMaster=no', ...options, '--', target.address, command];
      return childChannel(spawn('ssh', session, { detached: true, stdio: 'pipe', env: environment(context) }));
    },
    closed: cleanUp.then(() => (closing ? undefined : new Error(lastLine(stderr)))),
    async close() {
      closing = true;
      master.kill();
      const patience = setTimeout(() => master.kill('SIGKILL'), 2000);
      await cleanUp;
      clearTimeout(patience);
    },
  };
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
        error.code === 'ENOENT'
          ? new ProblemError([{ code: 'config', summary: 'There is no ssh here', hint: 'Install openssh-client.' }])
          : error,
      ),
    );
    void exited.then(() => reject(new Error('exited')));
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
