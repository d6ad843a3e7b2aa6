// The modules that vrun ships: each is loaded when a runbook or a command first names it.
import { listed } from 'vrun:modules';
import { type Registry, registryOf } from '../../module/registry.ts';

export const shipped: Registry = registryOf(listed);
