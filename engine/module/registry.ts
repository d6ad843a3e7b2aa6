// All modules by name, and what the language has to know of them.
import type { ModuleCatalog, ModuleSyntax } from '../language/runbook/catalog.ts';
import type { Module } from './define.ts';
import { insteadOf } from './difference.ts';

export interface Registry extends ModuleCatalog {
  /** @throws Error for a name that the reader would have refused. */
  module(name: string): Module;
}

/** A registry of these modules. Two of one name are a mistake of the caller's. */
export function createRegistry(modules: readonly Module[]): Registry {
  const byName = new Map(modules.map((module) => [module.name, module]));
  if (byName.size !== modules.length) throw new Error('two modules have the same name');
  const syntaxes = new Map(modules.map((module) => [module.name, syntaxOf(module)]));
  return {
    get: (name) => syntaxes.get(name),
    names: () => [...byName.keys()],
    module: (name) => {
      const module = byName.get(name);
      if (!module) throw new Error(`no module ${name}`);
      return module;
    },
  };
}

function syntaxOf(module: Module): ModuleSyntax {
  const { name, summary, params, results, freeForm, aliases, command, differences } = module;
  const instead = (parameter: string) => insteadOf(differences, parameter);
  const check = (values: Readonly<Record<string, unknown>>) => module.checkParams(values);
  return { name, summary, params, results, instead, freeForm, aliases, command, check };
}
