// What assert means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'message',
    parameters: ['success_msg', 'quiet'],
    ansible:
      'It may say something when all is well, and lists its conditions; a `fail_msg` that isn’t a text is a failure, and one may be empty.',
    vrun: 'It says nothing when all is well, and of the conditions those that don’t hold; a `fail_msg` is any value with something in it.',
    instead: 'Leave it out; for a word when all is well use `debug`.',
  },
];
