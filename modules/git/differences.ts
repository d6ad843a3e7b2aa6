// What git means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'path',
    parameters: ['repo'],
    ansible: 'A path becomes an address: /srv/x.git is file:///srv/x.git.',
    vrun: 'It is the remote as it is written.',
  },
  {
    key: 'default-branch',
    parameters: ['version'],
    ansible: 'Without `version` a clone stays on the branch that is checked out in it.',
    vrun: 'It is at the branch that the repository names as its own (HEAD).',
  },
  {
    key: 'detached',
    ansible: 'A branch is checked out as a local branch that follows it.',
    vrun: 'The commit is checked out, with HEAD detached.',
  },
  {
    key: 'shallow',
    parameters: ['depth', 'version'],
    ansible: 'A clone that was cut short by `depth` can’t be brought to another branch without it.',
    vrun: 'What `version` names is fetched.',
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
];
