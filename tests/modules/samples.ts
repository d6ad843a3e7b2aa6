// Parameters of every module for which a probe can be made: samples/NAME.json, a list. They serve the checks of all
// probes; the list is empty for a module that reads nothing.
import { existsSync, readFileSync } from 'node:fs';
import { lines, type Module, type Script } from '../../engine/module/index.ts';
import { bind } from './bind.ts';

/** The wants of a module's samples; undefined when it has no file of samples. */
export function sampleWants(module: Module): readonly unknown[] | undefined {
  const file = new URL(`samples/${module.name}.json`, import.meta.url);
  if (!existsSync(file)) return undefined;
  const samples: Record<string, unknown>[] = JSON.parse(readFileSync(file, 'utf8'));
  return samples.map((params) => bind(module, params, { 'any.hbs': 'text\n', any: 'text\n' }));
}

/** The probes of all samples: one script where the module shares it, else one each. Those that read nothing are left out. */
export function sampleProbes(module: Module, wants: readonly unknown[]): readonly Script[] {
  const groups = module.shared ? [wants] : wants.map((want) => [want]);
  return groups.flatMap((group) => module.probe(group) ?? []);
}

/** Every script as one, for tools that read files. */
export function asFile(script: Script): string {
  return `${lines(script).text}\n`;
}
