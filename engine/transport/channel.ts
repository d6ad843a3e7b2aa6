// A running remote command with its three streams, however it was started; what shells are built on.
import type { ChildProcess } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';

/** How a channel ended; `undefined` status when the connection went away first. */
export interface Ended {
  readonly status: number | undefined;
  readonly signal: string | undefined;
}

export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves (never rejects) once the command ended and its output was read. */
  readonly ended: Promise<Ended>;
  destroy(): void;
}

/** A login on a host that can start commands; what `ssh`, `openssh` and `local` each provide. */
export interface Login {
  readonly user: string;
  readonly root: boolean;
  readonly hostKey: { readonly type: string; readonly fingerprint: string } | undefined;
  /** Starts a command, through the login shell as sshd does. */
  open(command: string): Promise<Channel>;
  readonly closed: Promise<Error | undefined>;
  close(): Promise<void>;
}

/** A child process with three pipes as a channel. */
export function childChannel(child: ChildProcess): Channel {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new TypeError('the child needs three pipes');
  stdin.on('error', () => undefined); // a command that ended early: `ended` tells
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', () => resolve({ status: undefined, signal: undefined }));
    child.once('close', (status, signal) => resolve({ status: status ?? undefined, signal: signal ?? undefined }));
  });
  const destroy = (): void => {
    stdin.destroy();
    stdout.destroy();
    stderr.destroy();
    child.kill('SIGHUP');
  };
  return { stdin, stdout, stderr, ended, destroy };
}

/** A channel as one duplex stream; standard error is discarded. */
export function duplexOf(channel: Channel): Duplex {
  channel.stderr.resume();
  return Duplex.from({ writable: channel.stdin, readable: channel.stdout });
}

/** Writes `input`, closes standard input and gathers what the command prints. */
export async function gather(
  channel: Channel,
  input: Uint8Array | string,
): Promise<Ended & { readonly stdout: string; readonly stderr: string }> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  channel.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  channel.stdin.end(input);
  const ended = await channel.ended;
  return { ...ended, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}
