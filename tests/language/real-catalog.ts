// The real modules, and the fake ones where a module isn't there.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ModuleCatalog } from '../../engine/language/catalog.ts';
import type { Module } from '../../engine/module/define.ts';
import { createRegistry } from '../../engine/module/registry.ts';
import { fakeCatalog } from './fake-catalog.ts';

const directory = join(import.meta.dirname, '../../modules');

/** Every file of modules/ with what it exports. */
export const realModules = await Promise.all(
  readdirSync(directory)
    .filter((name) => name.endsWith('.ts') && !['index.ts', 'differences.ts'].includes(name))
    .map(async (file) => {
      const loaded: { default: Module } = await import(join(directory, file));
      return { file, module: loaded.default };
    }),
);

export const registry = createRegistry(realModules.map(({ module }) => module));

export const realCatalog: ModuleCatalog = {
  get: (name) => registry.get(name) ?? fakeCatalog.get(name),
  names: () => [...new Set([...registry.names(), ...fakeCatalog.names()])],
};
