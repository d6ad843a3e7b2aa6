// What accounts, their keys and jobs mean otherwise than Ansible's.
import type { Difference } from '../../engine/module/difference.ts';

export const ACCOUNTS: Readonly<Record<string, readonly Difference[]>> = {
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
      key: 'place',
      ansible: 'A key whose options or comment change goes to the end of the file.',
      vrun: 'It keeps its line.',
    },
    {
      key: 'comments-of-the-file',
      parameters: ['exclusive'],
      ansible: 'The file’s comments and blank lines go with the other keys. With `state: absent` it means nothing.',
      vrun: 'They stay. With `state: absent` it is a Problem.',
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
      vrun: 'With `state: absent` no key of theirs is left, in the file that `path` names either.',
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
      key: 'no-home',
      parameters: ['home', 'create_home'],
      ansible: 'A home /nonexistent is made as any other, and a file in the place of a home is left there.',
      vrun: '/nonexistent is never made, and a file in the place of a home is refused beforehand.',
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
      ansible:
        'Seconds since 1970; a negative number for never. A new account with `system: true` gets it with the second run.',
      vrun: 'Also a day such as 2027-01-31, and `never`. A new system account has it at once.',
    },
    {
      key: 'half-way',
      parameters: ['move_home', 'remove', 'state'],
      ansible: 'A home that can’t be moved or removed is left behind, with the account changed.',
      vrun: 'It is refused beforehand: one that is there already, is in use, is mounted, is immutable, is a link or a file, holds another account’s, or belongs to somebody else. What is missing above the new place is made.',
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
      key: 'groups-by-number',
      parameters: ['groups'],
      ansible: 'A group by its number is a change in every run.',
      vrun: 'It is the group of that number.',
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
