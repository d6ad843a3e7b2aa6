// From variables as read to variables with values: secrets opened, templates compiled, each once.

import { toDynamic } from '../../language/dynamic/evaluate.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { SecretOpener } from '../../language/yaml/age.ts';
import type { YamlMap } from '../../language/yaml/yaml.ts';
import type { RawVariable } from './builder.ts';
import type { Variable } from './inventory.ts';
import { toldAsJinja } from './jinja.ts';

export type VariableOf = (raw: RawVariable) => Variable | undefined;

/** Makes every variable's value. What can't be read adds its Problems. */
export async function readValues(
  variables: ReadonlySet<RawVariable>,
  opener: SecretOpener,
  problems: Problem[],
): Promise<VariableOf> {
  // As one map, so that a secret is called after its variable.
  const roots = [...variables].map((raw): YamlMap => {
    return { kind: 'map', entries: [{ key: raw.name, keyAt: raw.at, value: raw.node }], at: raw.at };
  });
  const secrets = await opener.open(roots, problems);
  const values = new Map<RawVariable, Variable>();
  for (const raw of variables) {
    const found: Problem[] = [];
    const value = toDynamic(raw.node, found, secrets);
    problems.push(...found.map(toldAsJinja));
    const { name, from, at, directory } = raw;
    values.set(raw, { name, value, origin: { from, at, directory } });
  }
  return (raw) => values.get(raw);
}
