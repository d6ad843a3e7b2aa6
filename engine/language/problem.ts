// What is wrong, where, why, and what to do: the one shape of every error that a user sees.
import type { Position } from './position.ts';

/** Every kind of problem has a code, so that tests and tools need not match prose. */
export type ProblemCode =
  // reading text
  | 'file-missing'
  | 'file-unreadable'
  | 'yaml-syntax'
  | 'yaml-duplicate-key'
  | 'yaml-tab'
  | 'yaml-tag'
  | 'yaml-unquoted-template'
  | 'runbook-empty'
  | 'runbook-shape'
  // words
  | 'unknown-keyword'
  | 'unknown-module'
  | 'two-modules'
  | 'no-module'
  | 'not-built'
  | 'bad-value'
  | 'octal-mode'
  | 'not-boolean'
  | 'missing-parameter'
  | 'unknown-parameter'
  | 'unknown-handler'
  | 'duplicate-handler'
  | 'reserved-name'
  // templates, expressions, variables
  | 'template-syntax'
  | 'template-value'
  | 'expression-syntax'
  | 'expression-value'
  | 'undefined-variable'
  | 'recursive-variable'
  | 'shadowed-variable'
  | 'secret-misplaced'
  | 'secret-unreadable'
  | 'secret-short'
  | 'missing-param'
  // allowed, and most likely not meant: a warning
  | 'lint'
  // inventory
  | 'inventory-shape'
  | 'inventory-empty'
  | 'unknown-host-pattern'
  | 'jinja'
  // wrong use
  | 'usage'
  | 'system'
  | 'config'
  | 'signer'
  | 'audit'
  | 'record-unwritable'
  | 'proof'
  // on the way to a host and on it
  | 'unreachable'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'auth-failed'
  | 'become-failed'
  | 'shell-unusable'
  | 'connection-lost'
  | 'locked'
  | 'step-failed'
  | 'check-failed'
  | 'output-truncated'
  | 'timed-out'
  | 'not-converged'
  | 'missing-resource'
  | 'would-lock-out'
  | 'module-bug'
  | 'interrupted';

/** One problem: a constant summary, what and why in `detail`, the fix in `hint` (a command to copy is indented). */
export interface Problem {
  readonly code: ProblemCode;
  readonly summary: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly at?: Position;
  /** Warnings are shown and do not stop anything. */
  readonly severity?: 'error' | 'warning';
}

/** Thrown with every problem found at once. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.summary).join('; '));
    this.name = 'ProblemError';
    this.problems = problems;
  }
}

/** Throws one problem. */
export function fail(problem: Problem): never {
  throw new ProblemError([problem]);
}

/** Each problem once: what stands in a file that is included in two places is found twice. */
export function distinctProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, at, summary }) => {
    const key = JSON.stringify([code, at?.file, at?.line, at?.column, summary]);
    return !seen.has(key) && seen.add(key);
  });
}
