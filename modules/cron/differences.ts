// What cron means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'marker',
    ansible: 'The comment above a job is `#Ansible: NAME`.',
    vrun: 'It is `#vrun: NAME`; one of Ansible’s counts as well.',
  },
  {
    key: 'white-space',
    parameters: ['name', 'job'],
    ansible: 'A line without a name is taken over where it is the same to the letter.',
    vrun: 'Also where other white space parts its fields. A name with white space at its ends is refused.',
  },
  {
    key: 'fields',
    parameters: ['minute', 'hour', 'day', 'month', 'weekday', 'cron_file'],
    ansible: 'Any text is written, and cron may pass over the table.',
    vrun: 'What cron doesn’t understand is refused, as are jobs of more than 998 bytes and file names that cron passes over.',
  },
  {
    key: 'user-of-a-file',
    parameters: ['user'],
    ansible: 'A `cron_file` needs a user.',
    vrun: 'It is root when not given.',
  },
  {
    key: 'variables',
    parameters: ['env', 'name'],
    ansible: 'Only the first assignment decides whether a variable is as it should be; ‹A = b› is none.',
    vrun: 'All of its assignments count. Names are of letters, digits and `_`, and `disabled` and times are refused with a variable.',
  },
  {
    key: 'other-owner',
    ansible: 'A crontab that outlived its account, and belongs to nobody, is left as it is.',
    vrun: 'It is given to its user: cron wouldn’t run it.',
  },
  {
    key: 'twice',
    ansible: 'A job that stands in the table twice by the same name stays so.',
    vrun: 'It stands there once.',
  },
  {
    key: 'backup',
    parameters: ['backup'],
    ansible: 'The copy lies in /tmp, also of a table that isn’t changed.',
    vrun: 'A file’s lies beside it, a crontab’s in the home of the task’s user.',
  },
];
