// `vars` and `defaults`: maps of new names.

import type { DynamicMap } from '../dynamic/dynamic.ts';
import { wrongType } from '../parameters/sentences.ts';
import type { YamlEntry } from '../yaml/yaml.ts';
import { plainValue, type Reading } from './reading.ts';
import { checkName } from './variable-name.ts';

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
