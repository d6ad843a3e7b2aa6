// The one table of what differs from Ansible and is meant so. Each module's page, lint's hint for a parameter that isn't
// there, docs/from-ansible.md and the differential test (tests/differential) are made from it.
import type { Difference } from '../engine/module/difference.ts';
import { TEXT_FILES } from './differences/text-files.ts';

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
  'authorized-key': [
    {
      key: 'options-stay',
      parameters: ['key_options'],
      ansible: 'A key that is given without options loses those that stand before it.',
      vrun: 'They stay, and of two lines of a key the restricted one does; where two restrictions differ the task fails. An empty text takes them away.',
    },
    {
      key: 'one-line',
      ansible: 'Of a key that stands in the file twice the last line is looked at.',
      vrun: 'A key has one line; the others go.',
    },
    {
      key: 'comment-stays',
      parameters: ['comment'],
      ansible: 'A key that is given without a comment loses its own.',
      vrun: 'It stays.',
    },
    {
      key: 'comments-of-the-file',
      parameters: ['exclusive'],
      ansible: 'The file’s comments and blank lines go with the other keys.',
      vrun: 'They stay.',
    },
    {
      key: 'url',
      parameters: ['validate_certs'],
      ansible: 'A key may be a URL, which the host fetches.',
      vrun: 'It is refused: whoever answers there would decide who may log in.',
      instead: 'Keep the keys in a file beside the runbook and name it with `src`.',
    },
    {
      key: 'directory-of-a-path',
      parameters: ['manage_dir'],
      ansible: 'The directory of `path` is given to the user, too.',
      vrun: 'Only where `manage_dir: true` says so.',
    },
    {
      key: 'links',
      parameters: ['follow'],
      ansible: 'A link in the place of the file is replaced, or followed.',
      vrun: 'It is refused, as is one in the place of its directory: the user could lead root astray.',
      instead: 'Name the file itself with `path`.',
    },
    {
      key: 'modes',
      ansible: 'Owner and mode of the file and its directory are set only with a change of the keys.',
      vrun: 'They are part of what is wanted: sshd refuses keys that others may write.',
    },
    {
      key: 'absent-user',
      ansible: 'It fails for a user who isn’t there.',
      vrun: 'With `state: absent` it is ok: there is no key left.',
    },
  ],
  cron: [
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
      key: 'last-job',
      ansible: 'A crontab stays when its last line goes.',
      vrun: 'It goes, too.',
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
  ],
  group: [
    {
      key: 'names',
      parameters: ['name'],
      ansible: 'Any name is tried that groupadd takes, such as one of digits.',
      vrun: 'A name begins with a letter or `_`: one of digits couldn’t be told from a number.',
    },
    {
      key: 'numbers',
      parameters: ['gid_min', 'gid_max', 'local'],
      ansible: 'The range of a new number, and tools of libuser for directories of accounts.',
      vrun: 'It has neither.',
      instead: 'Give the number with `gid`; ranges are in /etc/login.defs.',
    },
  ],
  user: [
    {
      key: 'system-home',
      parameters: ['create_home', 'system'],
      ansible: 'A system account gets a home, too.',
      vrun: 'Only with `create_home: true`, as from `useradd --system`.',
    },
    {
      key: 'plain-password',
      parameters: ['password'],
      ansible: 'A text that is no hash is written with a warning; an empty one lets anybody in.',
      vrun: 'Both are refused.',
    },
    {
      key: 'stays-locked',
      parameters: ['password', 'password_lock'],
      ansible: 'A new hash unlocks an account that is locked.',
      vrun: 'It stays locked, unless `password_lock: false` says otherwise; an account without a password isn’t unlocked.',
    },
    {
      key: 'expiry',
      parameters: ['expires'],
      ansible: 'Seconds since 1970; a negative number for never.',
      vrun: 'Also a day such as 2027-01-31, and `never`.',
    },
    {
      key: 'half-way',
      parameters: ['move_home', 'remove', 'state'],
      ansible: 'A home that can’t be moved or removed is left behind, with the account changed.',
      vrun: 'It is refused beforehand: one that is there already, is in use, is mounted, holds another account’s, or belongs to somebody else. What is missing above the new place is made.',
    },
    {
      key: 'root',
      parameters: ['state'],
      ansible: 'The account with number 0 can be removed.',
      vrun: 'It is refused.',
    },
    {
      key: 'other-groups',
      parameters: ['groups', 'append'],
      ansible: 'The primary group among `groups` makes the user a listed member of it as well.',
      vrun: 'It is a member anyway, and is left out. `append` without `groups` says nothing.',
    },
    {
      key: 'key-of-its-own',
      parameters: ['generate_ssh_key', 'force', 'ssh_key_comment', 'ssh_key_type'],
      ansible:
        'It is made by root, of any type that ssh-keygen knows, and with `force` made anew in every run; its comment is “ansible-generated on HOST”.',
      vrun: 'The user makes it, of type rsa, ecdsa or ed25519; one that is there is never overwritten; its comment is USER@HOST. ssh_fingerprint is SHA256:… alone.',
    },
    {
      key: 'skeleton-is-there',
      parameters: ['skeleton'],
      ansible: 'A skeleton that isn’t there makes an empty home.',
      vrun: 'The task fails.',
    },
    {
      key: 'other-systems',
      parameters: [
        'local',
        'seuser',
        'login_class',
        'hidden',
        'profile',
        'authorization',
        'role',
        'uid_min',
        'uid_max',
      ],
      ansible: 'Ways of other systems, of SELinux and of libuser.',
      vrun: 'It is for accounts of Debian and Ubuntu in /etc/passwd.',
      instead: 'Leave it out: vrun is for accounts of Debian and Ubuntu in /etc/passwd.',
    },
    {
      key: 'account-disable',
      parameters: ['password_expire_account_disable'],
      ansible: 'Days after which an account with an old password is locked.',
      vrun: 'It has no such parameter.',
      instead: 'Run `chage --inactive` in a task of its own, or give `expires`.',
    },
  ],
};

/** What has nothing to do with one module. */
export const EVERYWHERE: readonly Difference[] = [
  {
    key: 'dry-run',
    ansible: 'Check mode looks at each task as if those before it had done nothing, and skips commands.',
    vrun: 'The dry run counts in what pending changes will have made; what it can’t know is `unknown`.',
  },
  {
    key: 'failed',
    ansible: 'A task that fails may have done a part of what it should, and says nothing of it.',
    vrun: 'What can be refused is refused beforehand; what was done before a step failed is put back or told of.',
  },
];
