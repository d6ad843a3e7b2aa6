// The `openssh` transport: the stock client, for what ssh2 can't do (certificates, FIDO keys, GSSAPI, ProxyCommand).
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemError } from '../language/problem.ts';
import { childChannel, type Login } from './channel.ts';
import type { Target } from './connection.ts';
import { type ConnectContext, sshKnownHosts } from './context.ts';
import { single } from './frame.ts';
import { opensshProblem } from './openssh-problem.ts';
import { lastHop } from './route.ts';

const marker = 'vrun-is-in';

/**
 * Logs in with `ssh`: one master process with a private control socket; every shell and command is a session of it.
 * ssh's own configuration holds, and can't weaken what is set here: host keys are strict, nobody is asked, nothing is forwarded.
 */
export async function loginByOpenssh(target: Target, context: ConnectContext, signal: AbortSignal): Promise<Login> {
  const directory = await mkdtemp(join(tmpdir(), 'vrun-ssh-'));
  const options = [...sharedOptions(target, context), '-o', `ControlPath=${join(directory, 's')}`];
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

function sharedOptions(target: Target, context: ConnectContext): string[] {
  const set = (name: string, value: string): string[] => ['-o', `${name}=${value}`];
  const files = [...target.knownHosts, ...sshKnownHosts(context)];
  const known = files.length === 0 ? 'none' : files.map((file) => `"${file}"`).join(' ');
  return [
    ...set('BatchMode', 'yes'),
    ...set('StrictHostKeyChecking', 'yes'),
    ...set('UpdateHostKeys', 'no'),
    ...set('ForwardAgent', 'no'),
    ...set('ForwardX11', 'no'),
    ...set('ClearAllForwardings', 'yes'),
    ...set('Compression', 'no'),
    ...set('RequestTTY', 'no'),
    ...set('RemoteCommand', 'none'),
    ...set('ServerAliveInterval', '15'),
    ...set('ServerAliveCountMax', '4'),
    ...set('ConnectTimeout', String(Math.max(1, Math.round(target.connectTimeout)))),
    ...set('UserKnownHostsFile', known),
    ...(context.sshConfig === undefined
      ? []
      : ['-F', existsSync(context.sshConfig.user) ? context.sshConfig.user : 'none']),
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    ...(target.user === undefined ? [] : ['-l', target.user]),
    ...(target.identityFile === undefined ? [] : ['-i', target.identityFile]),
    ...(target.jump === undefined ? [] : set('ProxyCommand', proxyCommand(target.jump, target, context))),
  ];
}

/** ssh's -J passes no options on to the jump host's own ssh; so this spells it out, and jump hosts' keys are strict too. */
function proxyCommand(jump: string, target: Target, context: ConnectContext): string {
  const hop = lastHop(jump, target);
  const words = [...sharedOptions(hop, context), '--', hop.address].map((word) => single(word.replaceAll('%', '%%')));
  return `ssh -W '[%h]:%p' ${words.join(' ')}`;
}

/** ssh needs little of an environment: where its own parts are, whose home it is, and the agent. */
function environment(context: ConnectContext): NodeJS.ProcessEnv {
  const agent = context.agent === undefined ? {} : { SSH_AUTH_SOCK: context.agent };
  return { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: context.home, LC_ALL: 'C.UTF-8', SHELL: '/bin/sh', ...agent };
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
  const [, type, fingerprint] = [...debug.matchAll(/debug1: Server host key: (\S+) (SHA256:\S+)/g)].at(-1) ?? [];
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
