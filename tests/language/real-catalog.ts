// The real modules, and the fake ones where a module isn't there.
import type { ModuleCatalog } from '../../engine/language/runbook/catalog.ts';
import { createRegistry } from '../../engine/module/registry.ts';
import { modules } from '../../modules/index.ts';
import { fakeCatalog } from './fake-catalog.ts';

export const registry = createRegistry(modules);

export const realCatalog: ModuleCatalog = {
  get: (name) => registry.get(name) ?? fakeCatalog.get(name),
  names: () => [...new Set([...registry.names(), ...fakeCatalog.names()])],
};
