// What script means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';
import { RUN } from '../../engine/resources/command/differences.ts';

export const DIFFERENCES: readonly Difference[] = [
  ...RUN,
  {
    key: 'copied',
    parameters: ['decrypt'],
    ansible:
      'The script is looked for when its turn comes, copied to the host under a name of its own, and vaults are opened.',
    vrun: 'It has to be there before the run begins, and is run without a file on the host.',
  },
];
