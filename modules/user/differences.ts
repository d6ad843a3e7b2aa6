// What user means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
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
    parameters: ['local', 'seuser', 'login_class', 'hidden', 'profile', 'authorization', 'role', 'uid_min', 'uid_max'],
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
];
