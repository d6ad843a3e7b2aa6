// What every module that writes files or gives them attributes means otherwise than Ansible's.
import type { Difference } from '../../module/difference.ts';

/** Of every module that writes files or gives them attributes. */
export const WRITTEN: readonly Difference[] = [
  {
    key: 'symbolic-mode',
    ansible:
      'Symbolic modes are its own: `=` takes the set-id bits of a directory away, and octal operations are not known.',
    vrun: 'Symbolic modes are those of chmod(1), to the letter.',
  },
  {
    key: 'unsafe-writes',
    parameters: ['unsafe_writes'],
    ansible: 'unsafe_writes writes over a file that can’t be replaced in one step.',
    vrun: 'A file is replaced in one step or not at all.',
  },
  {
    key: 'attributes',
    parameters: ['attributes', 'attr', 'selevel', 'serole', 'setype', 'seuser'],
    ansible: 'Attributes of chattr(1) and SELinux’s labels can be set.',
    vrun: 'They are left as they are.',
    instead: 'Set them by a `command` with `unless`.',
  },
];
