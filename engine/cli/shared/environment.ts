// What a command gets from outside: the only file that looks at the process.
import { homedir, hostname, userInfo } from 'node:os';
import type { Readable } from 'node:stream';
import { fail, type Problem } from '../../language/problem/problem.ts';
import type { OutputStream } from '../../view/summary/view.ts';

/** Where and as whom vrun runs. */
export interface Surroundings {
  readonly cwd: string;
  readonly home: string;
  /** Who runs vrun, and where: `alice@laptop`. */
  readonly user: string;
  readonly machine: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** A stream that may be a terminal: `process.stdin` is one. */
export type TerminalInput = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

/** The outer world of one command. Tests make their own. */
export interface Environment extends Surroundings {
  readonly stdin: TerminalInput;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Calls back at each Ctrl-C (and TERM and HUP); returns what stops that. */
  onInterrupt(interrupted: () => void): () => void;
  /** Takes problems, where they aren't to be written to `stderr`. */
  readonly report?: (problems: readonly Problem[]) => void;
}

/** Those of this process. @throws ProblemError `system` where the working directory is gone */
export function surroundings(): Surroundings {
  return {
    cwd: workingDirectory(),
    home: homeDirectory(),
    user: userName(),
    machine: hostname(),
    variables: process.env,
  };
}

/** The real one. @throws ProblemError `system` where the working directory is gone */
export function processEnvironment(): Environment {
  return {
    ...surroundings(),
    // Opened by Node where it is first asked for: few commands read it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    onInterrupt: (interrupted) => {
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
      for (const signal of signals) process.on(signal, interrupted);
      return () => {
        for (const signal of signals) process.off(signal, interrupted);
      };
    },
  };
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return fail({
      code: 'system',
      summary: 'the working directory is gone',
      detail: 'It was removed, or a directory above it can no longer be entered.',
      hint: 'Change to one that is there:\n    cd ~',
    });
  }
}

/** As os.homedir, but never an error and never empty: a user id may be in no user database. */
function homeDirectory(): string {
  try {
    return homedir() || userInfo().homedir || '/';
  } catch {
    return '/';
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown'); // a user id without an entry in the user database
  }
}

/** Whether to colour a stream: https://no-color.org, FORCE_COLOR, and what the stream is. */
export function wantsColor({ variables }: Environment, stream: OutputStream): boolean {
  if (variables.NO_COLOR !== undefined && variables.NO_COLOR !== '') return false;
  if (variables.FORCE_COLOR !== undefined && variables.FORCE_COLOR !== '0') return true;
  return stream.isTTY === true && variables.TERM !== 'dumb';
}
