// What went wrong while an expression ran, without telling a secret: libraries quote values in their messages.

import type { Locate } from '../problem/locate.ts';
import { type Problem, ProblemError } from '../problem/problem.ts';
import { follow, undefinedVariable } from '../value/path.ts';
import { ReadsTruncated, truncatedProblem } from '../value/truncated.ts';
import type { Scope } from '../value/value.ts';
import { MixedTypes } from './environment.ts';
import { expressionProblem } from './problem.ts';
import { Unrepresentable } from './value.ts';

/** Errors that speak of types only. */
const SPEAKS_OF_TYPES = [
  'no_such_overload',
  'no_matching_overload',
  'invalid_logical_operand',
  'invalid_condition_type',
];

/** The ProblemError of an `error` thrown by an evaluation; `secret` when a secret was read on the way. */
export function evaluationFailure(
  source: string,
  locate: Locate,
  error: unknown,
  scope: Scope,
  secret: boolean,
): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof ReadsTruncated) {
    return new ProblemError([truncatedProblem(error.field, locate(0, source.length))]);
  }
  const missing = missingMember(source, locate, error, scope);
  if (missing) return new ProblemError(missing);
  const code = codeOf(error);
  const quiet = error instanceof MixedTypes || error instanceof Unrepresentable || SPEAKS_OF_TYPES.includes(code);
  const problem = expressionProblem(source, error, 'expression-value', locate);
  if (!secret || quiet) return new ProblemError([problem]);
  const summary = `This expression fails on a secret${code ? ` (${code.replaceAll('_', ' ')})` : ''}`;
  return new ProblemError([{ code: 'expression-value', summary, ...(problem.at ? { at: problem.at } : {}) }]);
}

/** A member that isn't there is an undefined variable, as it is in templates: said with the nearest names. */
function missingMember(source: string, locate: Locate, error: unknown, scope: Scope): readonly Problem[] | undefined {
  const end = codeOf(error) === 'no_such_key' ? endOf(error) : undefined;
  const text = end === undefined ? undefined : /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.exec(source.slice(0, end))?.[0];
  if (end === undefined || text === undefined) return undefined;
  const at = locate(end - text.length, end);
  const steps = text.split('.');
  const path = steps[0] === 'vars' ? steps.slice(1) : steps;
  try {
    follow(scope, { path, at });
  } catch (again) {
    // the head may be a macro's variable, which the scope doesn't have
    if (again instanceof ProblemError && path.length > 1 && again.problems[0]?.summary.includes('.'))
      return again.problems;
  }
  return [undefinedVariable(path, [], at)];
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function endOf(error: unknown): number | undefined {
  const range: unknown = error instanceof Error && 'range' in error ? error.range : undefined;
  if (typeof range !== 'object' || range === null || !('end' in range)) return undefined;
  return typeof range.end === 'number' ? range.end : undefined;
}
