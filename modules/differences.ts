// The one table of what differs from Ansible and is meant so. Each module's page, lint's hint for a parameter that isn't
// there, docs/from-ansible.md and the differential test (tests/differential) are made from it.
import type { Difference } from '../engine/module/difference.ts';

/** By the module's name here. */
export const DIFFERENCES: Readonly<Record<string, readonly Difference[]>> = {
  apt: [],
  stat: [
    {
      key: 'whole-seconds',
      ansible: '`atime`, `mtime` and `ctime` are fractions.',
      vrun: 'They are whole seconds, so that whole numbers can be taken from them.',
    },
    {
      key: 'null',
      ansible:
        'What there is nothing to say of (`lnk_target` of a file, `pw_name` without a user) is not among the fields.',
      vrun: 'It is null. Of a path where nothing is there is `exists` alone, in both.',
    },
    {
      key: 'mime',
      parameters: ['get_mime', 'mime', 'mime_type', 'mime-type'],
      ansible: '`mimetype` and `charset` are asked of file(1).',
      vrun: 'They are not given.',
      instead: 'Ask where it is needed: ‹command: file --mime-type -b PATH› with ‹read_only: true›.',
    },
    {
      key: 'attributes',
      parameters: ['get_attributes', 'attr', 'attributes'],
      ansible: '`attributes`, `attr_flags` and `version` are asked of lsattr(1).',
      vrun: 'They are not given.',
      instead: 'Ask where it is needed: ‹command: lsattr -d PATH› with ‹read_only: true›.',
    },
  ],
  unarchive: [
    {
      key: 'directories',
      ansible:
        'Owner, group and mode of the task are given to every directory that the archive has, and dest has to be there.',
      vrun: 'Directories that are there keep theirs; dest is made.',
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
      vrun: 'It takes --strip-components, --exclude, and what is done anyway (--no-same-owner, --overwrite, -o).',
    },
  ],
};
