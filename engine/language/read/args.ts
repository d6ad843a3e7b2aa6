// A task's parameters as written: a map, or the plain text that stands for one of them.

import type { Dynamic, DynamicEntry, DynamicMap } from '../dynamic/dynamic.ts';
import { compileParams, type JsonSchema, memberSchema } from '../parameters/schema.ts';
import { list } from '../parameters/sentences.ts';
import { checkLiterals } from '../parameters/validate.ts';
import type { ModuleSyntax } from '../runbook/catalog.ts';
import type { YamlEntry, YamlNode } from '../yaml/yaml.ts';
import type { FoundModule } from './find-module.ts';
import type { Reading } from './reading.ts';
import { checkName } from './variable-name.ts';

/**
 * The parameters under their own names (aliases resolved), expressions compiled, literals validated. What the task
 * doesn't give comes from the play's `module_defaults`.
 */
export function readArgs(
  { entry, syntax }: FoundModule,
  defaults: ReadonlyMap<string, DynamicMap>,
  reading: Reading,
): DynamicMap {
  const { value, keyAt } = entry;
  // Without the module's syntax its parameters are still worth a look: templates in them may be wrong.
  if (!syntax) {
    const args = reading.dynamic(value);
    return args.kind === 'map' ? args : { kind: 'map', entries: [], at: keyAt };
  }
  const given = readMap(entry, syntax, reading);
  if (!given) return { kind: 'map', entries: [], at: keyAt };
  const args = withDefaults(given, defaults.get(syntax.name));
  if (syntax.name === 'set-fact') for (const fact of args.entries) checkName(fact.key, fact.keyAt, reading);
  reading.problems.push(...checkLiterals(syntax, args, keyAt));
  return args;
}

/** The literal text of the parameter that best tells what a task without a name is about. */
export function mainParameter(syntax: ModuleSyntax, args: DynamicMap): string | undefined {
  const { schema } = compileParams(syntax.params);
  const names = [syntax.freeForm, ...(schema.required ?? [])];
  for (const name of names) {
    const value = args.entries.find(({ key }) => key === name)?.value;
    const text =
      value?.kind === 'literal' ? value.value : value?.kind === 'template' ? value.template.source : undefined;
    if (typeof text === 'string' || typeof text === 'number') return String(text).split('\n', 1)[0]?.slice(0, 80);
  }
  return undefined;
}

function withDefaults(args: DynamicMap, defaults: DynamicMap | undefined): DynamicMap {
  const names = new Set(args.entries.map(({ key }) => key));
  const missing = defaults?.entries.filter(({ key }) => !names.has(key)) ?? [];
  return missing.length === 0 ? args : { ...args, entries: [...args.entries, ...missing] };
}

function readMap(entry: YamlEntry, syntax: ModuleSyntax, reading: Reading): DynamicMap | undefined {
  const { value, keyAt } = entry;
  if (value.kind === 'map') return { kind: 'map', entries: readNamed(value.entries, syntax, reading), at: value.at };
  if (value.kind === 'scalar' && value.value === null) return { kind: 'map', entries: [], at: keyAt };
  if (syntax.freeForm !== undefined) {
    const only = { key: syntax.freeForm, keyAt, value };
    return { kind: 'map', entries: readNamed([only], syntax, reading), at: value.at };
  }
  reading.problems.push(notAMap(value, syntax));
  return undefined;
}

function notAMap(value: YamlNode, syntax: ModuleSyntax) {
  const names = Object.keys(compileParams(syntax.params).schema.properties ?? {});
  const assigned = value.kind === 'scalar' ? /^\s*(\w+)=(\S*)/.exec(String(value.value)) : null;
  return {
    code: 'bad-value',
    summary: 'Parameters are a map',
    detail: `‹${syntax.name}› takes ${names.length > 0 ? list(names) : 'a map'}.`,
    hint: assigned
      ? `Write ‹${assigned[1]}: ${assigned[2]}› instead of ‹${assigned[1]}=${assigned[2]}›.`
      : `Write ‹${syntax.name}: { ${names[0] ?? 'name'}: … }›.`,
    at: value.at,
  } as const;
}

/** Parameters under their own names, each once. */
export function readNamed(entries: readonly YamlEntry[], syntax: ModuleSyntax, reading: Reading): DynamicEntry[] {
  const { schema } = compileParams(syntax.params);
  const seen = new Map<string, string>();
  return entries.flatMap((entry) => {
    const key = Object.hasOwn(syntax.aliases, entry.key) ? (syntax.aliases[entry.key] ?? entry.key) : entry.key;
    const other = seen.get(key);
    if (other !== undefined) {
      reading.problems.push({
        code: 'bad-value',
        summary: 'One parameter under two names',
        detail: `‹${other}› and ‹${entry.key}› are the same parameter of ‹${syntax.name}›.`,
        hint: `Keep ‹${key}›.`,
        at: entry.keyAt,
      });
      return [];
    }
    seen.set(key, entry.key);
    return [{ key, keyAt: entry.keyAt, value: readParameter(entry, memberSchema(schema, key), reading) }];
  });
}

function readParameter({ key, value }: YamlEntry, schema: JsonSchema | undefined, reading: Reading): Dynamic {
  if (schema?.vrun === 'expression') {
    const expression = reading.condition(value, key);
    return expression
      ? { kind: 'expression', expression, at: value.at }
      : { kind: 'literal', value: null, at: value.at };
  }
  if (schema?.vrun !== 'expressions') return reading.dynamic(value);
  const nodes = value.kind === 'list' ? value.items : [value];
  const items = nodes.flatMap((node): Dynamic[] => {
    const expression = reading.condition(node, key);
    return expression ? [{ kind: 'expression', expression, at: node.at }] : [];
  });
  return { kind: 'list', items, at: value.at };
}
