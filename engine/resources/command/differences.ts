// What every module that runs a command means otherwise than Ansible's.
import type { Difference } from '../../module/difference.ts';

/** Of `command`, `shell` and `script`. */
export const RUN: readonly Difference[] = [
  {
    key: 'directory',
    ansible: 'Without `chdir` it runs in the home directory of the login user.',
    vrun: 'It runs in /.',
  },
  {
    key: 'one-path',
    parameters: ['creates', 'removes'],
    ansible: 'They may be patterns, and without `chdir` relative to the home directory.',
    vrun: 'Each is one path, absolute or relative to `chdir`.',
    instead: 'For a pattern: `unless: ls /srv/app/*.db`.',
  },
  {
    key: 'not-run',
    ansible:
      'Where `creates` or `removes` says that there is nothing to do, `stdout` says so, and the script is skipped.',
    vrun: '`stdout` is empty, and the task is ok.',
  },
  {
    key: 'ends',
    parameters: ['strip_empty_ends'],
    ansible:
      'Line breaks at the end of the output are left out, but for a script’s, or where `strip_empty_ends` is false.',
    vrun: 'They are always left out.',
    instead: 'Leave it out; an output that has to be kept to the byte goes into a file, and comes here by `fetch`.',
  },
];

export const STDIN: readonly Difference[] = [
  {
    key: 'stdin',
    parameters: ['stdin_add_newline'],
    ansible: '`stdin` gets a line break at its end, and a program that doesn’t read it may be a failure (Broken pipe).',
    vrun: 'It is given as it is written, read or not.',
    instead: 'Write the line break into `stdin`: "yes\\n".',
  },
];
