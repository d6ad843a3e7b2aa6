// What shell means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';
import { RUN, STDIN } from '../../engine/resources/command/differences.ts';

export const DIFFERENCES: readonly Difference[] = [...RUN, ...STDIN];
