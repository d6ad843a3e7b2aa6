// What slurp means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'text',
    ansible: 'content is to be decoded by a filter.',
    vrun: '`text` is the file itself; content and encoding are as in Ansible.',
  },
  {
    key: 'size',
    ansible: 'Files of any size are read.',
    vrun: 'Files of at most 256 KiB are: registers go into the record.',
  },
];
