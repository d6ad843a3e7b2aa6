// What fetch means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'place',
    parameters: ['flat'],
    ansible: 'dest is a directory, in which the file is HOST/PATH; with flat it is the file.',
    vrun: 'dest is the file, relative to the project’s root; with a slash at its end a directory, in which the file is HOST/NAME.',
    instead: 'Take it out.',
  },
  {
    key: 'fail-on-missing',
    parameters: ['fail_on_missing'],
    ansible: 'A file that is not there may be passed over.',
    vrun: 'It is a failure.',
    instead: 'Look at it by `stat` first, and set `when: RESULT.stat.exists`.',
  },
  {
    key: 'validate-checksum',
    parameters: ['validate_checksum'],
    ansible: 'What came may be taken without a look at its digest.',
    vrun: 'It is always held against the digest that was read on the host.',
    instead: 'Take it out: what comes is always held against its digest.',
  },
];
