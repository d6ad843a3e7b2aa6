// Regular expressions of parameters: Python's, on the bytes of a line as in Ansible's lineinfile, or on texts.
import type { ParameterProblem } from '../../language/runbook/catalog.ts';
import type { Failure } from '../../module/failure.ts';
import {
  compilePattern,
  PatternFault,
  type PatternOptions,
  type PythonPattern,
  Subject,
} from '../../pattern/python/pattern.ts';
import { compileReplacement } from '../../pattern/python/replacement.ts';

/** What finds lines: on bytes, so that `\w` and `(?i)` are about ASCII. */
export function linePattern(source: string): PythonPattern {
  return compilePattern(source, { bytes: true });
}

/** A line as such a pattern sees it. */
export function lineSubject(row: string): Subject {
  return new Subject(Buffer.from(row).toString('latin1'), true);
}

/** Problems of parameters that hold regular expressions; `spared` are words that are none. */
export function checkPatterns(
  params: Readonly<Record<string, unknown>>,
  names: readonly string[],
  { spared = [], ...options }: PatternOptions & { readonly spared?: readonly string[] } = { bytes: true },
): readonly ParameterProblem[] {
  return names.flatMap((parameter) => {
    const source = params[parameter];
    if (typeof source !== 'string' || spared.includes(source)) return [];
    return problemsIn(parameter, source, 'Not a regular expression of Python’s', () => compilePattern(source, options));
  });
}

/** Problems of a parameter that is put in place of what another one's expression finds: `\1`, `\g<name>`. */
export function checkReplacement(
  params: Readonly<Record<string, unknown>>,
  { parameter, pattern, ...options }: PatternOptions & { readonly parameter: string; readonly pattern: string },
): readonly ParameterProblem[] {
  const [template, source] = [params[parameter], params[pattern]];
  if (typeof template !== 'string' || typeof source !== 'string') return [];
  if (checkPatterns(params, [pattern], options).length > 0) return [];
  const compiled = compilePattern(source, options);
  return problemsIn(parameter, template, 'This can’t be put in the place of a match', () =>
    compileReplacement(template, compiled),
  );
}

function problemsIn(
  parameter: string,
  text: string,
  summary: string,
  compile: () => unknown,
): readonly ParameterProblem[] {
  try {
    compile();
    return [];
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error;
    const { start, end, message } = error;
    const detail = `Character ${start + 1}: ${message}.`;
    return [{ parameter, within: { text, start, end }, summary, detail, hint: HINT }];
  }
}

const HINT = 'A backslash before a character that is no letter and no digit makes it stand for itself.';

/** What is wrong with a pattern or a replacement that only the run knows. */
export function badPattern(error: unknown): Failure {
  if (!(error instanceof PatternFault)) throw error;
  return {
    summary: 'this can’t be put in the place of a match',
    detail: `Character ${error.start + 1}: ${error.message}.`,
    hint: HINT,
  };
}
