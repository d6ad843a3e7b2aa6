// What mount means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'source',
    ansible: 'With `mounted` anything that is mounted at the path will do.',
    vrun: 'It has to come from `src`, with the flags of `opts`; else it is unmounted, or mounted anew.',
  },
  {
    key: 'absent',
    ansible: '`absent` unmounts only what has a line in the table, and fails at a mount point that isn’t empty.',
    vrun: 'It unmounts in any case, and such a directory stays.',
  },
  {
    key: 'stacked',
    ansible: '`unmounted` takes away what is uppermost.',
    vrun: 'It takes away all that is mounted there.',
  },
  {
    key: 'ephemeral',
    ansible: '`ephemeral` is a change each time.',
    vrun: 'It is one where something has to be mounted.',
  },
  {
    key: 'boot',
    ansible: '`boot: false` is without effect where `opts` has defaults, or isn’t given.',
    vrun: 'It adds noauto in any case.',
  },
  {
    key: 'fields',
    ansible: 'A line with fewer than six fields is written anew, or, when it is to go, stays. & becomes \\046.',
    vrun: 'Missing fields are 0, as fstab(5) says; only spaces, tabs, backslashes and # are written as numbers.',
  },
  {
    key: 'systemd',
    ansible: 'systemd goes on with the old table.',
    vrun: 'It reads the table again once that is written.',
  },
  {
    key: 'swap',
    ansible: 'Swap space that is to be mounted fails.',
    vrun: 'That is a Problem before the first connection.',
  },
];
