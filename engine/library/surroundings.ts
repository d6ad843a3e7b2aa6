// The outer world of a run that a program starts: nothing is read from its standard input, nothing written to its output, and it
// gets no signal handlers. Problems that stop nothing are collected.
import { Readable, Writable } from 'node:stream';
import { type Environment, surroundings } from '../cli/shared/environment.ts';
import type { Problem } from '../language/problem/problem.ts';

export interface Whereabouts {
  /** Where vrun.yml is sought, from there upward, and what paths are relative to. Default: the working directory. */
  readonly cwd?: string;
  /** The environment, for SSH_AUTH_SOCK, PATH and the like. Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** `signals` interrupt as a Ctrl-C does. */
export function quietEnvironment(
  { cwd, env }: Whereabouts,
  { warnings, signals }: { readonly warnings: Problem[]; readonly signals: readonly AbortSignal[] },
): Environment {
  const around = surroundings();
  return {
    ...around,
    cwd: cwd ?? around.cwd,
    variables: env ?? around.variables,
    stdin: Readable.from([]),
    stdout: nowhere(),
    stderr: nowhere(),
    report: (problems) => {
      warnings.push(...problems);
    },
    onInterrupt: (interrupted) => {
      for (const signal of signals) {
        if (signal.aborted) interrupted();
        else signal.addEventListener('abort', interrupted, { once: true });
      }
      return () => {
        for (const signal of signals) signal.removeEventListener('abort', interrupted);
      };
    },
  };
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
