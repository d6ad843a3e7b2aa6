// What lineinfile means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';
import { EDITED, EMPTY_PATTERN, GROUPS } from '../../engine/resources/text/differences.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'settled',
    ansible:
      'Where regexp finds several lines and not the new one, a run replaces one of them, and the next run another.',
    vrun: 'All of them are replaced at once. With backrefs, a line that every run would make anew is a failure.',
  },
  {
    key: 'last-line',
    ansible: 'A last line without a line break may have the new one put right behind it, on the same line.',
    vrun: 'It gets a line break first, and is matched as if it had one.',
  },
  GROUPS,
  EMPTY_PATTERN,
  ...EDITED,
];
