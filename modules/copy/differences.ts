// What copy means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';
import { PLACED } from '../../engine/resources/copy/differences.ts';
import { WRITTEN } from '../../engine/resources/file/differences.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'host-tree-mode',
    ansible:
      'With remote_src and a directory, owner, group and mode are given to the directory itself too, and mode to nothing else; links at its top are left out.',
    vrun: 'owner and group are for what is copied, mode for files, directory_mode for directories that are made; links are copied as links unless local_follow is set.',
  },
  {
    key: 'content-in-directory',
    ansible: 'A content whose dest is a directory becomes a file in it with a name by chance, another one in each run.',
    vrun: 'A directory is a failure; a link to one is replaced by the file, as every link is.',
  },
  {
    key: 'host-directory',
    ansible:
      'With remote_src and a directory, a directory above `dest` that is missing is a failure; a file in the place of dest isn’t, and stays.',
    vrun: 'Directories above it are made; a file in its place is a failure.',
  },
  {
    key: 'into-itself',
    ansible: 'A directory of the host is copied into itself.',
    vrun: 'That is a failure.',
  },
  {
    key: 'host-mode',
    ansible: 'With remote_src, `validate` and a directory as dest that is missing, the source may get the mode.',
    vrun: 'The source is never changed.',
  },
  {
    key: 'host-file-time',
    ansible: 'With remote_src a file keeps the time of its source.',
    vrun: 'It is as new as it is.',
  },
  {
    key: 'links',
    ansible: 'A link in a directory that leads nowhere is an error of a step.',
    vrun: 'It is a problem before the first connection.',
  },
  {
    key: 'content',
    ansible: 'content may be any value, and becomes JSON.',
    vrun: 'It is a text.',
  },
  {
    key: 'checksum',
    parameters: ['checksum'],
    ansible: 'The file is held against a digest.',
    vrun: 'What is sent is always held against the digest of what was read here.',
    instead: 'Take it out. A file that is fetched is held against a digest by `get-url`.',
  },
  {
    key: 'decrypt',
    parameters: ['decrypt'],
    ansible: 'Files of ansible-vault are decrypted.',
    vrun: 'Secrets are values of the runbook: `!secret`.',
  },
  ...PLACED,
  ...WRITTEN,
];
