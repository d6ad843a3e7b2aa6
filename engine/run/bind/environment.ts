// `environment`: from what a task and its surroundings say to the lines that its scripts begin with.

import { isMap } from '../../base/plain-data.ts';
import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import { evaluate } from '../../language/dynamic/evaluate.ts';
import type { Position } from '../../language/problem/position.ts';
import { fail } from '../../language/problem/problem.ts';
import { ENVIRONMENT_NAME, misplaced, notAName, notAText } from '../../language/read/environment.ts';
import { findUnknown } from '../../language/value/find-unknown.ts';
import { Float } from '../../language/value/float.ts';
import { Secret } from '../../language/value/secret.ts';
import type { Scope, Unknown, Value, ValueMap } from '../../language/value/value.ts';
import { lines, type Script, sh } from '../../module/index.ts';

/**
 * A script that exports the variables, inner over outer; undefined when there are none. Values are words, whatever they
 * hold, and names are letters, digits and underscores: neither can become code.
 * @throws ProblemError for a name or a value that the environment can't hold, above all a secret
 */
export function exportsOf(environment: readonly Dynamic[], scope: Scope): Script | Unknown | undefined {
  if (environment.length === 0) return undefined;
  const variables = new Map<string, string>();
  for (const dynamic of environment) {
    const values = evaluate(dynamic, scope);
    const unknown = findUnknown(values);
    if (unknown) return unknown;
    if (values === null || values === '') continue;
    for (const [name, value] of Object.entries(mapOf(values, dynamic.at))) {
      const at = dynamic.kind === 'map' ? dynamic.entries.find(({ key }) => key === name)?.value.at : undefined;
      variables.set(name, textOf(name, value, at ?? dynamic.at));
    }
  }
  if (variables.size === 0) return undefined;
  return lines(...[...variables].map(([name, value]) => sh`export ${name}=${value}`));
}

function mapOf(value: Value, at: Position): ValueMap {
  if (isMap(value)) return value;
  const detail = 'It must be a map: for each variable of the environment its text.';
  return fail({ code: 'bad-value', summary: '‹environment› is no map', detail, at });
}

function textOf(name: string, value: Value, at: Position): string {
  if (!ENVIRONMENT_NAME.test(name)) return fail({ ...notAName(name), at });
  if (value instanceof Secret) return fail({ ...misplaced(name), at });
  const isNumber = typeof value === 'number' || value instanceof Float;
  const isText = typeof value === 'string' || isNumber || typeof value === 'boolean';
  if (!isText || String(value).includes('\0')) return fail({ ...notAText(name), at });
  return String(value);
}
