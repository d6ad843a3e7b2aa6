// What command means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';
import { RUN, STDIN } from '../../engine/resources/command/differences.ts';

export const DIFFERENCES: readonly Difference[] = [
  ...RUN,
  ...STDIN,
  {
    key: 'words',
    ansible: '`$HOME` in a word is replaced by the environment’s value.',
    vrun: 'Words reach the program as they are written.',
  },
];
