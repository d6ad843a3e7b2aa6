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
  | 'module-definition'
  | 'signer'
  | 'audit'
  | 'record-unwritable'
  | 'proof'
  // dispatched runs
  | 'enrolment'
  | 'not-enrolled'
  | 'seal-broken'
  // the broker of dispatched runs: not there, not for us, not what is needed, and what it keeps is not what was put there
  | 'broker-away'
  | 'broker-refused'
  | 'broker-unfit'
  | 'broker-data'
  | 'worker-away'
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
  | 'fenced'
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
  /** Where it says more than its code: trying again is in vain, or is worth it for as long as there is time. */
  readonly retry?: 'never' | 'patiently';
}

/** What a problem on the way to a host, or on it, means for the run; nothing of it where a field is absent. */
export interface Bearing {
  /** The host was not reached. Every other failure is one on it. */
  readonly away?: true;
  /** Connecting again is worth a try. */
  readonly again?: true;
  /** A host that is booting may answer so for a while. */
  readonly passing?: true;
  /** It speaks of the connection and never of what a task does: it is shown though the task says no_log. */
  readonly plain?: true;
}

const BEARINGS: { readonly [code in ProblemCode]?: Bearing } = {
  unreachable: { away: true, again: true, passing: true, plain: true },
  'connection-lost': { away: true, again: true, passing: true, plain: true },
  'auth-failed': { away: true, passing: true },
  'host-key-unknown': { away: true },
  'host-key-changed': { away: true },
  'host-key-revoked': { away: true },
  'become-failed': { passing: true },
  'shell-unusable': { passing: true },
  'timed-out': { passing: true },
  locked: { plain: true },
  fenced: { plain: true },
  interrupted: { plain: true },
};

/** What a problem means for the run, by its code. */
export function bearingOf({ code }: Pick<Problem, 'code'>): Bearing {
  return BEARINGS[code] ?? {};
}

/** Thrown with every problem found at once. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ summary, detail }) => [summary, detail].filter((part) => part).join(': ')).join('; '));
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
