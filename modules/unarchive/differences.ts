// What unarchive means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'directories',
    ansible:
      'Owner, group and mode of the task are given to every directory that the archive has, and dest has to be there.',
    vrun: 'Directories that are there keep theirs; dest is made.',
  },
  {
    key: 'attributes',
    ansible:
      'Files have the owner (for root), the group and the mode that the archive says, and are unpacked again where they haven’t.',
    vrun: 'They belong to the task’s user unless owner and group say otherwise, and only their owner may write to them.',
  },
  {
    key: 'creates',
    ansible:
      'Where `creates` is there, the task is `skipped`; where the archive doesn’t make it, it is unpacked each time.',
    vrun: 'It is ok; what the archive doesn’t make is a failure.',
  },
  {
    key: 'address',
    ansible: 'With remote_src, src may be an address, which is fetched without a digest.',
    vrun: 'It is fetched in a task of its own.',
    instead: 'Fetch it with `get-url`, which knows it by its digest, and name that file with `remote_src: true`.',
  },
  {
    key: 'keep-newer',
    parameters: ['keep_newer'],
    ansible: 'Files that are newer than those in the archive stay.',
    vrun: 'Every file is as the archive has it.',
    instead: 'Leave files that the host changes out by `exclude`, or say with `creates` when to unpack.',
  },
  {
    key: 'copy',
    parameters: ['copy'],
    ansible: 'An old name of remote_src, the other way round.',
    vrun: 'It has the one name.',
    instead: 'In place of `copy: false` write `remote_src: true`.',
  },
  {
    key: 'options',
    ansible: 'extra_opts takes any option of tar and unzip.',
    vrun: 'It takes --strip-components, --exclude, and what is done anyway (--no-same-owner, --overwrite, -o); --strip-components of zip archives, too.',
  },
];
