// What copy and template mean otherwise than Ansible's.
import type { Difference } from '../../module/difference.ts';

/** Of copy and template. */
export const PLACED: readonly Difference[] = [
  {
    key: 'follow',
    parameters: ['follow'],
    ansible: 'With follow, what a link at dest leads to is written.',
    vrun: 'A link at dest is replaced by the file, which is Ansible’s default.',
    instead: 'Name the file that the link leads to.',
  },
  {
    key: 'dest',
    ansible: 'Of a directory, and of a file that `force: false` leaves alone, the result’s `dest` is the task’s.',
    vrun: '`dest` is the path of what is written, with its name.',
  },
];
