// What debug means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'undefined',
    parameters: ['var'],
    ansible: 'Of a variable that isn’t defined it says “VARIABLE IS NOT DEFINED!”.',
    vrun: 'It is a Problem.',
  },
  {
    key: 'verbosity',
    parameters: ['verbosity'],
    ansible: 'It is skipped below a verbosity.',
    vrun: 'It always says what it says.',
    instead: 'Leave it out, or give the task a tag.',
  },
];
