// Problems on standard error.
import { resolve } from 'node:path';
import { systemReason } from '../../base/file-error.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { renderProblems } from '../../language/problem/render.ts';
import { type Environment, wantsColor } from './environment.ts';

/** Writes problems, or hands them to who takes them; true when an error is among them. */
export function reportProblems(problems: readonly Problem[], environment: Environment): boolean {
  if (environment.report) environment.report(problems);
  else if (problems.length > 0) {
    const { stderr, cwd } = environment;
    stderr.write(`${renderProblems(problems, { color: wantsColor(environment, stderr), cwd })}\n`);
  }
  return problems.some(isError);
}

/** What was thrown, as Problems: nobody sees a stack trace. */
export function problemsIn(error: unknown): readonly Problem[] {
  if (error instanceof ProblemError) return error.problems;
  const refused = systemReason(error);
  if (refused !== undefined)
    return [{ code: 'system', summary: 'the operating system refused something', detail: refused }];
  const detail = error instanceof Error ? error.message : String(error);
  return [{ code: 'usage', summary: 'vrun itself has failed', detail, hint: 'This is a bug in vrun.' }];
}

export function isError(problem: Problem): boolean {
  return problem.severity !== 'warning';
}

/** Throws when an error is among them; warnings are written. */
export function refuse(problems: readonly Problem[], environment: Environment): void {
  if (problems.some(isError)) throw new ProblemError(problems);
  reportProblems(problems, environment);
}

/** By file and line, those without a place last. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const key = ({ at }: Problem) =>
    at ? ([resolve(at.file), at.line, at.column] as const) : (['\uffff', 0, 0] as const);
  return problems.toSorted((one, other) => {
    const [a, b] = [key(one), key(other)];
    return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1] || a[2] - b[2];
  });
}
