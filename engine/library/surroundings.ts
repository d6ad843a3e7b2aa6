// The outer world of a run that a program starts: nothing is read from its standard input, nothing written to its output, and it
// gets no signal handlers. Problems that stop nothing are collected.
import { Readable, Writable } from 'node:stream';
import { type Environment, surroundings } from '../cli/shared/environment.ts';
import { problemsIn } from '../cli/shared/problems.ts';
import { type Problem, ProblemError } from '../language/problem/problem.ts';
import type { Whereabouts } from './runbook.ts';

/** Whatever was thrown, as a ProblemError. */
export function asProblems(error: unknown): ProblemError {
  return error instanceof ProblemError ? error : new ProblemError(problemsIn(error));
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
