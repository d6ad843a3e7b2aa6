// `vars` and `defaults`: maps of new names.
import { wrongType } from './fault-sentences.ts';
import { reservedName } from './names.ts';
import type { Position } from './position.ts';
import { plainValue, type Reading } from './reading.ts';
import type { DynamicMap } from './value.ts';
import type { YamlEntry } from './yaml.ts';

/** The variables that the map at `entry` makes. A name that can't be one is a Problem, and left out. */
export function readVariables(entry: YamlEntry, reading: Reading): DynamicMap {
  const { key, keyAt, value } = entry;
  if (value.kind !== 'map') {
    if (value.kind === 'list' || value.value !== null) {
      const { path: _, ...fault } = wrongType([key], `‹${key}›`, [{ type: 'object' }], plainValue(value));
      reading.problems.push({ ...fault, at: value.at });
    }
    return { kind: 'map', entries: [], at: keyAt };
  }
  const entries = value.entries.flatMap((variable) =>
    checkName(variable.key, variable.keyAt, reading)
      ? [{ key: variable.key, keyAt: variable.keyAt, value: reading.dynamic(variable.value) }]
      : [],
  );
  return { kind: 'map', entries, at: value.at };
}

/** True when `name` can be a variable; otherwise the Problem is reported. */
export function checkName(name: string, at: Position, reading: Pick<Reading, 'problems'>): boolean {
  const why = reservedName(name);
  if (why === undefined) return true;
  reading.problems.push({
    code: 'reserved-name',
    summary: 'Not a name for a variable',
    detail: `‹${name}› can't be a variable: ${why}.`,
    hint: 'Choose another name.',
    at,
  });
  return false;
}
