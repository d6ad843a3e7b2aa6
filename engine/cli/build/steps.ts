// The programs that a build runs: git and npm. What they say is kept, and shown where they fail.
import { spawn } from 'node:child_process';
import { hasCode } from '../../base/file-error.ts';
import { fail } from '../../language/problem/problem.ts';
import { visible } from '../../language/problem/visible.ts';

/** In lines: how much of what a program said is shown when it fails. */
const SHOWN = 40;
/** In bytes: how much of it is kept. */
const KEPT = 256 * 1024;

export interface BuildProgram {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends the program and what it started. */
  readonly signal: AbortSignal;
  /** Told what it says while it runs. */
  readonly heard?: (text: string) => void;
  readonly input?: string;
}

export interface ProgramEnd {
  readonly ok: boolean;
  /** Standard output alone, unless it is more than is kept. */
  readonly stdout: string;
  /** The last lines of both streams, safe to show. */
  readonly said: string;
  /** How it ended, where it didn't end well. */
  readonly how: string;
}

/** Runs a program to its end. @throws what `signal` was aborted with */
export async function runProgramOf(file: string, args: readonly string[], program: BuildProgram): Promise<ProgramEnd> {
  const { cwd, environment, signal, heard, input } = program;
  signal.throwIfAborted();
  // A group of its own: npm starts others, and all of them end with it.
  const child = spawn(file, args, { cwd, env: { ...environment }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    } catch {
      // it has ended by itself
    }
  };
  signal.addEventListener('abort', kill, { once: true });
  let stdout = '';
  let all = '';
  const listen = (isOut: boolean) => (text: string) => {
    if (isOut && stdout.length < 64 * KEPT) stdout += text;
    all = (all + text).slice(-KEPT);
    heard?.(visible(text));
  };
  child.stdout.setEncoding('utf8').on('data', listen(true));
  child.stderr.setEncoding('utf8').on('data', listen(false));
  child.stdin.on('error', () => undefined); // one that doesn't read its input
  child.stdin.end(input);
  const how = await new Promise<string>((resolve, reject) => {
    child.once('error', (error) => (hasCode(error, 'ENOENT') ? reject(error) : resolve(error.message)));
    child.once('close', (status, ended) =>
      resolve(status === 0 ? '' : ended === null ? `status ${status}` : `signal ${ended}`),
    );
  }).catch(() =>
    fail({ code: 'config', summary: `there is no ${file} here`, hint: `A build needs git and npm: install ${file}.` }),
  );
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  const said = visible(all.trimEnd().split('\n').slice(-SHOWN).join('\n'));
  return { ok: how === '', stdout, said, how };
}
