// The real modules, and the fake ones where a module isn't there.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ModuleCatalog } from '../../engine/language/runbook/catalog.ts';
import type { Module } from '../../engine/module/define.ts';
import { createRegistry } from '../../engine/module/registry.ts';
import { fakeCatalog } from './fake-catalog.ts';

const directory = join(import.meta.dirname, '../../modules');

/** Every module of modules/ with what it exports. */
export const realModules = await Promise.all(
  readdirSync(directory)
    .map((name) => basename(name, '.ts'))
    .filter((name) => !['index', 'differences'].includes(name))
    .map(async (name) => {
      const folder = join(directory, name);
      const file = existsSync(folder) ? join(folder, `${name}.ts`) : `${folder}.ts`;
      const loaded: { default: Module } = await import(file);
      return { file: `${name}.ts`, module: loaded.default };
    }),
);

export const registry = createRegistry(realModules.map(({ module }) => module));

export const realCatalog: ModuleCatalog = {
  get: (name) => registry.get(name) ?? fakeCatalog.get(name),
  names: () => [...new Set([...registry.names(), ...fakeCatalog.names()])],
};
