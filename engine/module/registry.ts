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
  const loaders = new Map(modules.map((module) => [module.name, () => module]));
  if (loaders.size !== modules.length) throw new Error('two modules have the same name');
  return registryOf(loaders);
}

/** A registry of modules by name, each of which is loaded when it is first asked for. */
export function registryOf(loaders: ReadonlyMap<string, () => Module>): Registry {
  const loaded = new Map<string, Module>();
  const syntaxes = new Map<string, ModuleSyntax>();
  const module = (name: string) => {
    const known = loaded.get(name);
    if (known) return known;
    const load = loaders.get(name);
    if (!load) throw new Error(`no module ${name}`);
    const own = load();
    loaded.set(name, own);
    return own;
  };
  return {
    get: (name) => {
      const known = syntaxes.get(name);
      if (known || !loaders.has(name)) return known;
      const syntax = syntaxOf(module(name));
      syntaxes.set(name, syntax);
      return syntax;
    },
    names: () => [...loaders.keys()],
    module,
  };
}

function syntaxOf(module: Module): ModuleSyntax {
  const { name, summary, params, results, freeForm, aliases, command, differences } = module;
  const instead = (parameter: string) => insteadOf(differences, parameter);
  const check = (values: Readonly<Record<string, unknown>>) => module.checkParams(values);
  return { name, summary, params, results, instead, freeForm, aliases, command, check };
}
