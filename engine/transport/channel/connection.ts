// What every transport gives: a connection to a host, and on it framed shells that answer messages.

import type { Duplex } from 'node:stream';
import type { Transport } from '../../base/transports.ts';
import type { Secret } from '../../language/value/secret.ts';

/** How to reach one host: the inventory's connection variables, resolved (ssh_config applied by the transport). */
export interface Target {
  /** The inventory's name, for messages. */
  readonly name: string;
  readonly transport: Transport;
  readonly address: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly identityFile: string | undefined;
  /** A key to try after all others: a jump host may take the one of the host behind it. */
  readonly spareIdentityFile?: string | undefined;
  /** `user@host:port`, comma separated for several hops, as ssh's -J; `none` for none, whatever ssh's configuration says. */
  readonly jump: string | undefined;
  /** The jump hosts that are gone through to get here, while a route is worked out. */
  readonly behind?: readonly string[];
  /** known_hosts files in the order in which they are asked; ssh's own come last. */
  readonly knownHosts: readonly string[];
  readonly become: { readonly password: Secret | undefined };
  /** Seconds for the whole way to a login, and again for a shell that has begun to speak; see `Session.openShell`. */
  readonly connectTimeout: number;
}

/** A login on a host. One SSH connection (or none, for `local`). */
export interface Connection {
  /** The key that the host presented; undefined for `local`. `fingerprint` is `SHA256:…` as ssh-keygen prints it. */
  readonly hostKey: { readonly type: string; readonly fingerprint: string } | undefined;
  /** The name that we logged in with. */
  readonly user: string;
  /** Opens a shell and runs `hello` in it at once, in a subshell, as a frame; counts as no message. */
  openShell(options: OpenShellOptions): Promise<Opened>;
  /** Runs one command on a channel of its own: large contents, killing what overran its time. */
  exec(command: string): Promise<Duplex>;
  /**
   * What a script prints, whatever its length, on a channel of its own: binary exact, its end known as such.
   * @throws ProblemError `step-failed` when the script ends with another status than 0, `connection-lost`
   */
  download(options: DownloadOptions): AsyncGenerator<Uint8Array, void>;
  /** The run is to end: from now on a host that falls silent is given up soon, whatever is at work there. */
  hurry(): void;
  /** Resolves when the connection is gone, with the reason if it wasn't `close`. */
  readonly closed: Promise<Error | undefined>;
  close(): Promise<void>;
}

export interface OpenShellOptions {
  readonly root: boolean;
  /** A script, run as a frame of its own as soon as the shell is there. */
  readonly hello: string;
  /** Runs in the shell itself when it ends, however it ends short of SIGKILL: what a lock or a temporary file needs. */
  readonly atExit?: string;
  readonly signal: AbortSignal;
}

export interface DownloadOptions {
  readonly root: boolean;
  /** Run as this user (from root's shell only). */
  readonly user: string | undefined;
  readonly script: string;
  readonly signal: AbortSignal;
}

export interface Opened {
  readonly shell: Shell;
  /** What `hello` answered. */
  readonly hello: Answer;
}

/** A long-lived POSIX shell (the login user's or root's) that runs messages, one at a time, in order. */
export interface Shell {
  /** Messages sent so far; counted where bytes are written. */
  readonly messages: number;
  /**
   * Sends the frames as one message. Answers come in order, each as soon as its frame is done. Once `stop` is aborted
   * only steps are waited for: what reads is ended, and answers `timedOut` or `skipped`. `signal` drops the shell.
   */
  send(frames: readonly Frame[], signal: AbortSignal, stop?: AbortSignal): AsyncIterable<Answer>;
  /**
   * Every message from now on asks the guard. `script` is run once in the shell itself and defines a function `vrun_guard`,
   * which is called in each frame's subshell ahead of its script: where that fails, the frame isn't run and its answer says
   * `refused`. To be called between messages.
   */
  guard(script: string): void;
  close(): Promise<void>;
}

/** Standard input of a frame. What comes in pieces is read while it is sent, and must have the length that it says. */
export type Stdin = Uint8Array | { readonly length: number; chunks(): AsyncIterable<Uint8Array> };

/** One script of a message, run in a subshell with a fresh environment and no standard input of its own. */
export interface Frame {
  readonly script: string;
  readonly stdin?: Stdin | undefined;
  /** Run as this user (from root's shell only). */
  readonly user?: string | undefined;
  /** Seconds; when they are over the frame's processes are killed and the answer says `timedOut`. */
  readonly timeout: number;
  /** Time that the frames which hold this same object have together. */
  readonly budget?: Budget | undefined;
  /** Of each output so many bytes are kept; 1 MiB unless it says otherwise. */
  readonly outputLimit?: number | undefined;
  /** It only reads, and takes long: it may be begun before its turn, and run beside those between. */
  readonly beside?: boolean;
  /** Nothing runs beside it, as beside a step. */
  readonly alone?: boolean;
  /** A step: when it exits with a status that isn't accepted, the frames after it are skipped. */
  readonly step?: { readonly accept: readonly number[] | 'any' } | undefined;
}

export interface Budget {
  readonly seconds: number;
}

export type OutputName = 'stdout' | 'stderr';

/** The answer to one frame. Of each output the frame's limit is kept. */
export interface Answer {
  readonly status: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly truncated: boolean;
  /** The outputs that were cut off at their end. */
  readonly cut?: readonly OutputName[];
  readonly timedOut: boolean;
  /** How long it took, as it was seen from here. */
  readonly seconds?: number;
  /** Not run, since a step before it failed or the run is to end. */
  readonly skipped: boolean;
  /** Not run, since the shell's guard said no. */
  readonly refused?: true;
  /**
   * What something left in the background by an earlier frame printed before this one began; never part of `stdout`.
   * What such a process prints while this frame runs can't be told from the frame's own output.
   */
  readonly stray: Uint8Array | undefined;
}
