// `module_defaults`: parameters that the tasks of a play have unless they give them themselves.

import type { DynamicMap } from '../dynamic/dynamic.ts';
import { plainModuleName } from '../keywords/module-names.ts';
import { wrongType } from '../parameters/sentences.ts';
import { checkLiterals } from '../parameters/validate.ts';
import { didYouMean } from '../problem/did-you-mean.ts';
import type { YamlEntry } from '../yaml/yaml.ts';
import { readNamed } from './args.ts';
import { plainValue, type Reading } from './reading.ts';

/** The defaults by module, under the module's own name. What no module has is a Problem at its place here. */
export function readModuleDefaults(entry: YamlEntry | undefined, reading: Reading): ReadonlyMap<string, DynamicMap> {
  const defaults = new Map<string, DynamicMap>();
  if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null)) return defaults;
  if (entry.value.kind !== 'map') {
    report(entry, reading);
    return defaults;
  }
  for (const module of entry.value.entries) {
    const name = plainModuleName(module.key, reading.catalog);
    const params = readDefaults(module, name, reading);
    if (!params) continue;
    const before = defaults.get(name)?.entries ?? [];
    const again = new Set(params.entries.map(({ key }) => key));
    defaults.set(name, { ...params, entries: [...before.filter(({ key }) => !again.has(key)), ...params.entries] });
  }
  return defaults;
}

function readDefaults(module: YamlEntry, name: string, reading: Reading): DynamicMap | undefined {
  const { key, keyAt, value } = module;
  const { catalog, problems } = reading;
  const syntax = catalog.get(name);
  if (!syntax) {
    const hint = didYouMean(name, catalog.names()) ?? '‹vrun doc› lists all modules.';
    problems.push({
      code: 'unknown-module',
      summary: 'Unknown module',
      detail: `‹${key}› is no module that could have defaults.`,
      hint,
      at: keyAt,
    });
    return undefined;
  }
  if (value.kind === 'scalar' && value.value === null) return undefined;
  if (value.kind !== 'map') {
    report(module, reading);
    return undefined;
  }
  const params: DynamicMap = { kind: 'map', entries: readNamed(value.entries, syntax, reading), at: value.at };
  // What is only wrong because the task's own parameters aren't there yet is told of the task.
  const found = checkLiterals({ ...syntax, check: undefined }, params, keyAt);
  problems.push(...found.filter(({ code }) => code !== 'missing-parameter'));
  return params;
}

function report({ key, value }: YamlEntry, reading: Reading): void {
  const { path: _, ...fault } = wrongType([key], `‹${key}›`, [{ type: 'object' }], plainValue(value));
  reading.problems.push({ ...fault, at: value.at });
}
