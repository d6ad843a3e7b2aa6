// What replace means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';
import { EDITED, EMPTY_PATTERN, GROUPS } from '../../engine/resources/text/differences.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'settled',
    ansible: 'What is found in the replaced text is replaced by the next run.',
    vrun: 'It is replaced in the same run; where every run would replace something, the task fails.',
  },
  {
    key: 'nothing-between',
    ansible: 'Where `after` or `before` aren’t found, owner, group and mode are left alone, too.',
    vrun: 'They are set.',
  },
  GROUPS,
  {
    key: 'encoding',
    ansible: 'encoding takes every encoding of Python’s.',
    vrun: 'It takes utf-8 and latin-1.',
  },
  EMPTY_PATTERN,
  ...EDITED,
];
