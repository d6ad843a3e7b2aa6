// Keywords of a task that have to be known when it is bound, by type.

import { MOST_OUTPUT } from '../../base/limits.ts';
import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import { evaluate } from '../../language/dynamic/evaluate.ts';
import { fail } from '../../language/problem/problem.ts';
import { withoutText } from '../../language/value/float.ts';
import { type Scope, Unknown, type Value } from '../../language/value/value.ts';

/** A setting that has to be known when the task is bound. */
export function known(dynamic: Dynamic, scope: Scope): Value {
  const value = evaluate(dynamic, scope);
  if (!(value instanceof Unknown)) return value;
  return fail({
    code: 'bad-value',
    summary: 'not known yet',
    detail: `This depends on ${value.reason}, which is not known here.`,
    at: dynamic.at,
  });
}

export function numberOf(dynamic: Dynamic | undefined, scope: Scope): number | undefined {
  if (dynamic === undefined) return undefined;
  const value = withoutText(known(dynamic, scope));
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && number >= 0) return number;
  return fail({
    code: 'bad-value',
    summary: 'a number is wanted here',
    detail: `‹${String(value)}› is none.`,
    at: dynamic.at,
  });
}

export function secondsOf(dynamic: Dynamic | undefined, scope: Scope): number | undefined {
  const seconds = numberOf(dynamic, scope);
  if (dynamic === undefined || seconds === undefined || (Number.isInteger(seconds) && seconds >= 1)) return seconds;
  return fail({
    code: 'bad-value',
    summary: 'whole seconds are wanted here',
    detail: `‹${seconds}› is no whole number from 1.`,
    at: dynamic.at,
  });
}

/** Whole mebibytes, as bytes. */
export function mebibytesOf(dynamic: Dynamic | undefined, scope: Scope): number | undefined {
  const number = numberOf(dynamic, scope);
  if (dynamic === undefined || number === undefined) return undefined;
  if (Number.isInteger(number) && number >= 1 && number <= MOST_OUTPUT) return number * 1024 * 1024;
  return fail({
    code: 'bad-value',
    summary: 'whole MiB are wanted here',
    detail: `‹${number}› is no whole number from 1 to ${MOST_OUTPUT}.`,
    at: dynamic.at,
  });
}

export function booleanOf(dynamic: Dynamic | undefined, scope: Scope): boolean | undefined {
  if (dynamic === undefined) return undefined;
  const value = known(dynamic, scope);
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  return fail({
    code: 'not-boolean',
    summary: 'true or false is wanted here',
    detail: `‹${String(value)}› is neither.`,
    at: dynamic.at,
  });
}
