// What sysctl means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'file',
    parameters: ['sysctl_file'],
    ansible: 'The line is in /etc/sysctl.conf, or in a file of the task’s choice.',
    vrun: 'It is in /etc/sysctl.d/99-vrun.conf, which has the last word at boot; `persist: false` leaves it out.',
    instead: 'Leave it out; lines of other files are for lineinfile.',
  },
  {
    key: 'running-value',
    parameters: ['reload', 'sysctl_set', 'ignoreerrors'],
    ansible:
      'The running value comes with the reload of the whole file after a change of it, or with `sysctl_set`; what fails may be ignored.',
    vrun: 'The running value is part of what is wanted, and set alone.',
    instead:
      'Leave it out: the running value is always set; for a failure that may pass write `ignore_errors: true` on the task.',
  },
  {
    key: 'values',
    parameters: ['value'],
    ansible: 'yes, no, on and off become 1 and 0.',
    vrun: 'Numbers are written as the kernel shows them; what it would refuse or show otherwise is refused.',
  },
];
