// `environment`: variables for what runs on the host.

import type { Dynamic, DynamicEntry } from '../dynamic/dynamic.ts';
import { wrongType } from '../parameters/sentences.ts';
import type { Problem } from '../problem/problem.ts';
import { Secret } from '../value/secret.ts';
import type { Fields } from './fields.ts';
import { plainValue } from './reading.ts';

/** What a name of the environment looks like (POSIX XBD 8.1, lower case too). */
export const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The map under `environment`, or the template of one; nothing when the keyword is absent. */
export function readEnvironment(fields: Fields): readonly Dynamic[] {
  const entry = fields.entry('environment');
  if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null)) return [];
  const { problems } = fields.reading;
  const dynamic = fields.reading.dynamic(entry.value);
  if (dynamic.kind === 'list' || dynamic.kind === 'literal') {
    const { path: _, ...fault } = wrongType(
      ['environment'],
      '‹environment›',
      [{ type: 'object' }],
      plainValue(entry.value),
    );
    problems.push({ ...fault, at: entry.value.at });
    return [];
  }
  if (dynamic.kind !== 'map') return [dynamic];
  const entries = dynamic.entries.filter((variable) => {
    const problem = problemOf(variable);
    if (problem) problems.push(problem);
    return problem === undefined;
  });
  return [{ ...dynamic, entries }];
}

function problemOf({ key, keyAt, value }: DynamicEntry): Problem | undefined {
  if (!ENVIRONMENT_NAME.test(key)) return { ...notAName(key), at: keyAt };
  if (value.kind === 'map' || value.kind === 'list') return { ...notAText(key), at: keyAt };
  if (value.kind !== 'literal') return undefined;
  if (value.value instanceof Secret) return { ...misplaced(key), at: value.at };
  return value.value === null || String(value.value).includes('\0') ? { ...notAText(key), at: value.at } : undefined;
}

/** The Problem of a name that no variable of the environment can have. */
export function notAName(name: string): Problem {
  return {
    code: 'bad-value',
    summary: 'Not a name for a variable of the environment',
    detail: `‹${name}› can't be one: letters, digits and underscores, and no digit first.`,
    hint: 'Choose another name.',
  };
}

/** The Problem of a value that the environment can't hold. */
export function notAText(name: string): Problem {
  return {
    code: 'bad-value',
    summary: 'The environment holds texts',
    detail: `‹${name}› must be a text, a number or a boolean.`,
    hint: 'For a list or a map write its JSON: "{{ json x }}".',
  };
}

/** The Problem of a secret there: whoever may list processes may read it. */
export function misplaced(name: string): Problem {
  return {
    code: 'secret-misplaced',
    summary: 'A secret in a place that would show it',
    detail: `‹${name}› is in the environment of what runs on the host, where other programs may read it.`,
    hint: 'A secret travels only in the content of a file or on standard input: write it to a file with ‹template› or ‹copy›, or give it as ‹stdin›.',
  };
}
