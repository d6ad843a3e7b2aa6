// What group means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'names',
    parameters: ['name'],
    ansible: 'Any name is tried that groupadd takes, such as one of digits.',
    vrun: 'A name begins with a letter or `_`: one of digits couldn’t be told from a number.',
  },
  {
    key: 'numbers',
    parameters: ['gid_min', 'gid_max', 'local'],
    ansible: 'The range of a new number, and tools of libuser for directories of accounts.',
    vrun: 'It has neither.',
    instead: 'Give the number with `gid`; ranges are in /etc/login.defs.',
  },
];
