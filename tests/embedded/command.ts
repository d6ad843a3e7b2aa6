// One command on the embedded server: a child process under a login shell, joined to its channel.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Connection, ServerChannel } from 'ssh2';

/** How the server misbehaves; all off by default. */
export interface Misbehaviour {
  /** Shell text that runs before every command, as a .bashrc does: prints, sleeps, exits. */
  readonly startFile?: string;
  /** The login shell, `/bin/sh` by default: csh, fish, nologin. */
  readonly loginShell?: string;
  /** A directory that comes first in PATH. */
  readonly path?: string;
  /** Breaks the connection once this many bytes of output have passed. */
  readonly disconnectAfter?: number;
  /** Never answers who wants to be connected on to another host, as where packets are dropped there. */
  readonly deafForward?: boolean;
}

/** Runs a command through the login shell, as sshd does. */
export function run(
  command: string,
  channel: ServerChannel,
  client: Connection,
  how: Misbehaviour,
  home: string,
  user: string,
): ChildProcess {
  const shell = how.loginShell ?? '/bin/sh';
  const whole = how.startFile === undefined ? command : `${how.startFile}\n${command}`;
  const child = spawn(shell, ['-c', whole], {
    cwd: home,
    detached: true,
    stdio: 'pipe',
    env: {
      HOME: home,
      USER: user,
      LOGNAME: user,
      SHELL: shell,
      PATH: [...(how.path === undefined ? [] : [how.path]), '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin'].join(':'),
    },
  });
  let passed = 0;
  const watch = (chunk: Buffer): void => {
    passed += chunk.length;
    if (how.disconnectAfter !== undefined && passed >= how.disconnectAfter) {
      client.end();
      child.kill('SIGKILL');
    }
  };
  child.stdout.on('data', watch);
  child.stdin.on('error', () => undefined); // the command ended before it read everything
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on('error', () => undefined);
  channel.on('close', () => child.stdin.end());
  child.on('close', (status, signal) => {
    if (signal === null) channel.exit(status ?? 255);
    else channel.exit(signal.replace('SIG', ''), false);
    channel.end();
  });
  return child;
}
