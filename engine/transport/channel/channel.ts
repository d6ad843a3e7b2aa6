// A running remote command with its three streams, however it was started; what shells are built on.
import type { ChildProcess } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';

/** How a channel ended; `undefined` status when the connection went away first. */
export interface Ended {
  readonly status: number | undefined;
  readonly signal: string | undefined;
}

/** True where the connection went away and not the command. */
export function isLost({ status, signal }: Ended): boolean {
  return status === undefined && signal === undefined;
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
  /** Starts a command, through the login shell as sshd does. @throws the signal's reason when aborted before */
  open(command: string, signal: AbortSignal): Promise<Channel>;
  /** Seconds since the host was last heard from, which is asked every few seconds; 0 where it can't be told. */
  silence(): number;
  /** From now on a host that is silent for this many seconds is gone. */
  hurry(seconds: number): void;
  readonly closed: Promise<Error | undefined>;
  /** Resolves within seconds, whatever the other side does. */
  close(): Promise<void>;
}

/** How long a child has after the first signal, in milliseconds. */
const CHILD_GRACE = 1500;

/**
 * Ends a child that leads a process group, with all that it has started: HUP, and KILL where that is ignored. One that
 * isn't ours to kill (sudo's) doesn't keep this process.
 */
export function endChild(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGHUP');
  const timer = setTimeout(() => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The group has gone meanwhile, or is another user's.
    }
    child.unref();
  }, CHILD_GRACE);
  child.once('exit', () => clearTimeout(timer));
}

/** A child process, leader of a group, with three pipes as a channel. */
export function childChannel(child: ChildProcess): Channel {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new TypeError('the child needs three pipes');
  stdin.on('error', () => undefined); // a command that ended early: `ended` tells
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', () => resolve({ status: undefined, signal: undefined }));
    child.once('close', (status, signal) => resolve({ status: status ?? undefined, signal: signal ?? undefined }));
  });
  let destroyed = false;
  const destroy = (): void => {
    if (destroyed) return;
    destroyed = true;
    stdin.destroy();
    stdout.destroy();
    stderr.destroy();
    endChild(child);
  };
  return { stdin, stdout, stderr, ended, destroy };
}

/** A channel as one duplex stream; standard error is discarded. */
export function duplexOf(channel: Channel): Duplex {
  channel.stderr.resume();
  return Duplex.from({ writable: channel.stdin, readable: channel.stdout });
}

/** Writes `input`, closes standard input and gathers what the command prints. */
export async function gatherOutput(
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
