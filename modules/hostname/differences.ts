// What hostname means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'strategy',
    parameters: ['use'],
    ansible: 'A way to set it by the host’s system.',
    vrun: '/etc/hostname and the running name, on Debian and Ubuntu.',
    instead: 'Leave it out.',
  },
  {
    key: 'names',
    parameters: ['name'],
    ansible: 'Any text of up to 64 characters.',
    vrun: 'Names as DNS has them: letters, digits and hyphens, apart by dots.',
  },
  {
    key: 'pretty-name',
    ansible: 'The pretty name of hostnamectl is set, too.',
    vrun: 'It is left alone.',
  },
];
