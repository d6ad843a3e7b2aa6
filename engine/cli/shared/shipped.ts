// The modules that vrun ships.
import { modules } from '../../../modules/index.ts';
import { createRegistry, type Registry } from '../../module/registry.ts';

export const shipped: Registry = createRegistry(modules);
