// What the transport's tests share: the shells of this machine, and a framed shell on one of them without any login.
import { spawn, spawnSync } from 'node:child_process';
import { type Channel, childChannel } from '../../engine/transport/channel/channel.ts';
import type { Answer, Frame } from '../../engine/transport/channel/connection.ts';
import { overrunScript } from '../../engine/transport/shell/overrun.ts';
import { FramedShell } from '../../engine/transport/shell/shell.ts';
import { upload } from '../../engine/transport/shell/upload.ts';

const candidates: readonly (readonly string[])[] = [['dash'], ['bash', '--posix'], ['busybox', 'sh']];

/** The POSIX shells that are here; a missing one is said once. */
export const shells = candidates.filter(([command = '', ...args]) => {
  const found = spawnSync(command, [...args, '-c', ':']).status === 0;
  if (!found) console.warn(`${command} is not installed: its tests are skipped`);
  return found;
});

const environment = { HOME: '/', USER: 'nobody', LOGNAME: 'nobody', SHELL: '/bin/sh', PATH: process.env.PATH };

/** One of the shells as a transport's channel has it, on which nothing was said as yet. */
export function startChannel([file = '', ...args]: readonly string[], PATH = environment.PATH): Channel {
  const env = { ...environment, PATH };
  return childChannel(spawn(file, args, { cwd: '/', env, detached: true, stdio: 'pipe' }));
}

/** Starts one of the shells, ready for messages. */
export async function startShell(command: readonly string[], atExit = ''): Promise<FramedShell> {
  const start = () => startChannel(command);
  const shell = new FramedShell(start(), {
    host: 'here',
    upload: (content, token, signal) => upload(start(), 'here', content, token, signal),
    silence: () => 0,
    async kill(overrun) {
      const channel = start();
      channel.stdout.resume();
      channel.stderr.resume();
      channel.stdin.end(overrunScript(overrun).text);
      await channel.ended;
    },
  });
  for await (const _ of shell.boot(atExit, frame(':'), never)) await shell.ready;
  return shell;
}

export const never = new AbortController().signal;

export function frame(script: string, more: Partial<Frame> = {}): Frame {
  return { script, timeout: 20, ...more };
}

/** Sends one message and gathers its answers. */
export async function ask(shell: FramedShell, frames: readonly Frame[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for await (const answer of shell.send(frames, never)) answers.push(answer);
  return answers;
}

/** An answer as text, the plain fields left out: for tables. */
export function told({ status, stdout, skipped, timedOut, truncated }: Answer): string {
  const flags = [skipped && 'skipped', timedOut && 'timed out', truncated && 'truncated'].filter(Boolean);
  return [String(status), Buffer.from(stdout).toString(), ...flags].join('|');
}
