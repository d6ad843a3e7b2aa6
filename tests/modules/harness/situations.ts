// The situations of all modules, by the module's name.
import { listed } from 'vrun:situations';
import type { Situations } from './situation.ts';

export const situations: ReadonlyMap<string, Situations> = listed;
