// An input that is declared secret is one wherever it is set in clear text.

import type { Dynamic } from '../dynamic/dynamic.ts';
import type { Param } from '../runbook/runbook.ts';
import { Secret } from '../value/secret.ts';

/** The value of an input as a secret of its name; what is computed, or is none, stays as it is. */
export function hidden(value: Dynamic, { name }: Pick<Param, 'name'>): Dynamic {
  if (value.kind !== 'literal' || value.value === null || value.value instanceof Secret) return value;
  return { ...value, value: new Secret(name, String(value.value)) };
}
