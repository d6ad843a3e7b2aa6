// Runs a dynamic inventory: a program of the user's, started without a shell, with a deadline.
import { spawn } from 'node:child_process';

/** Seconds that a dynamic inventory may take for one call. */
export const SCRIPT_SECONDS = 120;

/** Bytes that it may print. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What a call printed, or why there is nothing; `stderr` is what it said beside it. */
export type ScriptAnswer =
  | { readonly kind: 'printed'; readonly stdout: Buffer; readonly stderr: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly stderr: string };

/** Calls a program and tells what it printed. */
export type ScriptRunner = (path: string, args: readonly string[], options: ScriptOptions) => Promise<ScriptAnswer>;

/** Tells what programs have printed elsewhere, by their paths and in the order of their calls: nothing is run. */
export function printedBefore(printed: ReadonlyMap<string, readonly Uint8Array[]>): ScriptRunner {
  const left = new Map([...printed].map(([path, outputs]) => [path, [...outputs]]));
  return async (path) => {
    const stdout = left.get(path)?.shift();
    return stdout
      ? { kind: 'printed', stdout: Buffer.from(stdout), stderr: '' }
      : { kind: 'failed', reason: 'it was not called there', stderr: '' };
  };
}

export interface ScriptOptions {
  /** Who calls it; `runScript` where left out. */
  readonly run?: ScriptRunner | undefined;
  readonly seconds: number;
  readonly environment: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal: AbortSignal;
}

/** Runs `path` with `args`. It gets no standard input; its whole process group ends with the deadline or the signal. */
export function runScript(path: string, args: readonly string[], options: ScriptOptions): Promise<ScriptAnswer> {
  return new Promise((resolve) => {
    const child = spawn(path, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what the script started ends with it.
      detached: true,
      ...(options.environment && { env: { ...options.environment } }),
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let printed = 0;
    let stopped: string | undefined;
    // What it has started in a session of its own may hold the pipes open for ever.
    const drop = () => {
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const stop = (reason: string) => {
      stopped ??= reason;
      if (child.exitCode !== null || child.signalCode !== null) drop();
      else child.once('exit', drop);
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group has already gone.
      }
    };
    const timer = setTimeout(() => stop(`it took longer than ${options.seconds} seconds`), options.seconds * 1000);
    const interrupted = () => stop('it was interrupted');
    options.signal.addEventListener('abort', interrupted, { once: true });
    if (options.signal.aborted) interrupted();
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.length;
      if (printed > MOST_BYTES) stop(`it printed more than ${MOST_BYTES / 1024 / 1024} MiB`);
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (errors.length < 64) errors.push(chunk);
    });
    const finish = (failure: string | undefined) => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', interrupted);
      const stderr = Buffer.concat(errors).toString('utf8').trim();
      const reason = stopped ?? failure;
      resolve(
        reason === undefined
          ? { kind: 'printed', stdout: Buffer.concat(output), stderr }
          : { kind: 'failed', reason, stderr },
      );
    };
    child.once('error', (error) => finish(`it can't be started: ${error.message}`));
    child.once('close', (status, signal) =>
      finish(status === 0 ? undefined : signal ? `it was ended by ${signal}` : `it exited with status ${status}`),
    );
  });
}
