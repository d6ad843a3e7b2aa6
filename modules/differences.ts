// The one table of what differs from Ansible and is meant so. Each module's page, lint's hint for a parameter that isn't
// there, docs/from-ansible.md and the differential test (tests/differential) are made from it.
import type { Difference } from '../engine/module/difference.ts';
import { ACCOUNTS } from './differences/accounts.ts';
import { COMMANDS } from './differences/commands.ts';
import { FILES } from './differences/files.ts';
import { SERVICES } from './differences/services.ts';
import { SETTINGS } from './differences/settings.ts';
import { TEXT_FILES } from './differences/text-files.ts';

export { EVERYWHERE } from './differences/everywhere.ts';

/** By the module's name here. */
export const DIFFERENCES: Readonly<Record<string, readonly Difference[]>> = {
  ...SERVICES,
  ...ACCOUNTS,
  ...SETTINGS,
  ...COMMANDS,
  ...FILES,
  git: [
    {
      key: 'detached',
      ansible: 'A branch is checked out as a local branch that follows it.',
      vrun: 'The commit is checked out, with HEAD detached.',
    },
    {
      key: 'both',
      ansible: 'A name that is a branch and a tag means the one that git finds first.',
      vrun: 'It is refused; write refs/heads/NAME or refs/tags/NAME.',
    },
    {
      key: 'host-keys',
      parameters: ['accept_hostkey', 'accept_newhostkey', 'ssh_opts'],
      ansible: 'A host key that is not known may be accepted, and ssh gets options.',
      vrun: 'Host keys are strict.',
      instead:
        "Put the server's key into /etc/ssh/ssh_known_hosts in a task before, and other options into ssh_config there.",
    },
    {
      key: 'refspec',
      parameters: ['refspec'],
      ansible: 'More references are fetched.',
      vrun: 'The reference that version names is fetched.',
      instead: 'Write the whole reference as version: `version: refs/pull/12/head`.',
    },
    {
      key: 'single-branch',
      parameters: ['single_branch'],
      ansible: 'The history of one branch is fetched.',
      vrun: 'With depth nothing but the reference that version names is fetched.',
      instead: 'Leave it out, or say `depth: 1`.',
    },
    {
      key: 'work-tree',
      parameters: [
        'bare',
        'archive',
        'archive_prefix',
        'separate_git_dir',
        'reference',
        'clone',
        'remote',
        'track_submodules',
      ],
      ansible:
        'Bare clones, archives, other places for the repository, remotes of other names, the newest commits of submodules.',
      vrun: 'A clone with its files at dest, its remote is origin, and submodules are at the commits that it names.',
      instead: 'For a bare clone or an archive run git by `command` with `creates`.',
    },
    {
      key: 'keys',
      parameters: ['gpg_whitelist', 'gpg_allowlist'],
      ansible: 'A list of the keys that verify_commit accepts.',
      vrun: "It accepts those that the user's keyring holds.",
      instead: 'Give the user of the task a keyring with these keys alone.',
    },
  ],
  ...TEXT_FILES,
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
