import { describe, expect, test } from 'vitest';
import { Secret } from '../../engine/module/index.ts';
import { expiryDay, expiryWord } from '../../engine/module/resources/user-want.ts';
import user from '../../modules/user.ts';
import { bind } from './bind.ts';
import { ALICE, BOB } from './keys.ts';
import { table } from './table.ts';

const HASH = '$6$saltsalt$jCP90RmSIIja2o9FRs25ASQaR1lMN6uKHmNcHaoNCpAXgV3n5NfAlQdZQcvMVQO1BTCOFF0LzoHFZBt9E45NW0';
const DIGEST = 'b1c1'; // of some other hash
const keys = {
  path: '/home/ada/.ssh/authorized_keys',
  owner: '1000',
  group: '1000',
  hasHome: true,
  directory: undefined,
  file: undefined,
  text: '',
};
const absent = {
  writable: true,
  account: undefined,
  ownGroup: false,
  keys: { ...keys, owner: 'ada:', group: undefined },
};
const account = {
  uid: 1000,
  gid: 1000,
  group: 'ada',
  groups: ['adm', 'sudo'],
  comment: 'Ada',
  home: '/home/ada',
  homeExists: true,
  shell: '/bin/bash',
  password: { locked: false, set: true, digest: DIGEST, expires: undefined },
};
const there = (given: Partial<typeof account> = {}) => ({
  writable: true,
  account: { ...account, ...given },
  ownGroup: true,
  keys,
});

table(user, [
  ...(
    [
      [{ blocker: '/srv/file', shut: undefined }, '/srv/file is not a directory'],
      [{ blocker: undefined, shut: '/srv' }, 'nothing can be written in /srv'],
    ] as const
  ).map(([place, failure]) => ({
    title: `${failure}, where its home would be`,
    params: { name: 'app', home: '/srv/file/home' },
    have: { writable: true, account: undefined, ownGroup: false, keys: undefined, place },
    changes: [],
    failure,
  })),
  {
    title: 'a new account with the defaults',
    params: { name: 'ada' },
    have: absent,
    changes: [
      '+ user ada',
      '  $ useradd --create-home --user-group -- ada',
      '  revert userdel -- ada',
      '  = user:ada',
      '  = group:ada',
      '  = path:/home/ada',
    ],
    result: { name: 'ada', uid: null },
  },
  {
    title: 'a number that another account has, for a new one',
    params: { name: 'ada', uid: 1000 },
    have: { ...absent, taken: 'ops' },
    changes: [],
    failure: 'the number 1000 belongs to the user ops',
  },
  {
    title: 'a number that another account has, for one that is there',
    params: { name: 'ada', uid: 1001 },
    have: { ...there(), taken: 'ops' },
    changes: [],
    failure: 'the number 1001 belongs to the user ops',
  },
  {
    title: 'its own number, which another account has too',
    params: { name: 'ada', uid: 1000 },
    have: { ...there(), taken: 'toor' },
    changes: [],
  },
  {
    title: 'a new account without root',
    params: { name: 'ada' },
    have: { ...absent, writable: false },
    changes: [],
    failure: 'accounts cannot be changed',
  },
  {
    title: 'keys of its own need no root',
    params: { name: 'ada', authorized_keys: ALICE },
    have: { ...there(), writable: false },
    changes: [
      expect.stringMatching(/^\+ authorized keys of ada/),
      '  $ mkdir -m 00700 -- /home/ada/.ssh &&',
      '  $ chown -h -- 1000:1000 /home/ada/.ssh &&',
      '  $ chmod -- 00700 /home/ada/.ssh',
      `  > /home/ada/.ssh/authorized_keys 0600 1000:1000 ${JSON.stringify(`${ALICE}\n`)}`,
      '  = path:/home/ada/.ssh/authorized_keys',
    ],
  },
  {
    title: 'a system account has no home unless asked',
    params: { name: 'vantus', system: true, group: 'vantus', shell: '/usr/sbin/nologin', comment: 'Vantus app' },
    have: absent,
    changes: [
      '+ user vantus: system account, group vantus, shell /usr/sbin/nologin',
      "  $ useradd --system --no-create-home --gid vantus --shell /usr/sbin/nologin --comment 'Vantus app' -- vantus",
      '  revert userdel -- vantus',
      '  = user:vantus',
    ],
  },
  {
    title: 'a group of the same name that is there becomes the primary one',
    params: { name: 'ada' },
    have: { ...absent, ownGroup: true },
    changes: [
      '+ user ada',
      '  $ useradd --create-home --gid ada -- ada',
      '  revert userdel -- ada',
      '  = user:ada',
      '  = group:ada',
      '  = path:/home/ada',
    ],
  },
  {
    title: 'a password travels on standard input and is never shown',
    params: { name: 'ada', password: new Secret('ada', HASH), password_lock: true, expires: '2031-12-31' },
    have: absent,
    changes: [
      '+ user ada: password (secret)',
      '  $ useradd --create-home --user-group --expiredate 2031-12-31 -- ada',
      '  revert userdel -- ada',
      '  $ chpasswd -e',
      '  < ‹secret content›',
      '  $ usermod --lock -- ada',
      '  = user:ada',
      '  = group:ada',
      '  = path:/home/ada',
    ],
  },
  {
    title: 'keys of a new account',
    params: { name: 'ada', authorized_keys: [ALICE] },
    have: absent,
    changes: [
      '+ user ada',
      '  $ useradd --create-home --user-group --home-dir /home/ada -- ada',
      '  revert userdel -- ada',
      '  = user:ada',
      '  = group:ada',
      '  = path:/home/ada',
      expect.stringMatching(/^\+ authorized keys of ada: \+ alice@example SHA256:/),
      '  $ mkdir -m 00700 -- /home/ada/.ssh &&',
      '  $ chown -h -- ada: /home/ada/.ssh &&',
      '  $ chmod -- 00700 /home/ada/.ssh',
      `  > /home/ada/.ssh/authorized_keys 0600 ada:: ${JSON.stringify(`${ALICE}\n`)}`,
      '  = path:/home/ada/.ssh/authorized_keys',
    ],
  },
  {
    title: 'keys need a home',
    params: { name: 'app', system: true, authorized_keys: [BOB] },
    have: absent,
    changes: [],
    failure: 'no home directory',
  },
  {
    title: 'an account as it should be',
    params: {
      name: 'ada',
      uid: 1000,
      group: 'ada',
      groups: 'sudo',
      shell: '/bin/bash',
      home: '/home/ada/',
      comment: 'Ada',
      expires: 'never',
      password_lock: false,
    },
    have: there(),
    changes: [],
    result: { uid: 1000, group: 1000, home: '/home/ada', shell: '/bin/bash' },
  },
  {
    title: 'every field that differs, in one command',
    params: {
      name: 'ada',
      uid: 1001,
      group: 'users',
      shell: '/bin/sh',
      home: '/srv/ada',
      move_home: true,
      comment: '',
    },
    have: there(),
    changes: [
      '~ user ada: uid 1000, group ada, shell /bin/bash, home /home/ada, comment Ada → uid 1001, group users, shell /bin/sh, home /srv/ada, comment none',
      "  $ usermod --uid 1001 --gid users --shell /bin/sh --home /srv/ada --move-home --comment '' -- ada",
      '  $ if [ -d /srv/ada ]; then exit 0; fi',
      '  $ mkdir -p -- /srv/ada && cp -R /etc/skel/. /srv/ada && chown -R -- ada: /srv/ada &&',
      `  $ mode=$(sed -n 's/^HOME_MODE[[:space:]]*//p' /etc/login.defs) && chmod "\${mode:-0755}" /srv/ada`,
    ],
  },
  {
    title: 'groups are added to those that it has',
    params: { name: 'ada', groups: ['sudo', 'www-data'] },
    have: there(),
    changes: [
      '~ user ada: groups adm,sudo → groups adm,sudo,www-data',
      '  $ usermod --append --groups www-data -- ada',
    ],
  },
  {
    title: 'or are all that it has',
    params: { name: 'ada', groups: ['sudo', 'ada'], append: false },
    have: there(),
    changes: ['~ user ada: groups adm,sudo → groups sudo', '  $ usermod --groups sudo -- ada'],
  },
  {
    title: 'no groups at all',
    params: { name: 'ada', groups: [], append: false },
    have: there(),
    changes: ['~ user ada: groups adm,sudo → groups none', "  $ usermod --groups '' -- ada"],
  },
  {
    title: 'append alone says nothing about groups',
    params: { name: 'ada', append: false },
    have: there(),
    changes: [],
  },
  {
    title: 'a home that is gone is made again',
    params: { name: 'ada' },
    have: there({ homeExists: false }),
    changes: [
      '+ directory /home/ada: home of ada',
      '  $ if [ -d /home/ada ]; then exit 0; fi',
      '  $ mkdir -p -- /home/ada && cp -R /etc/skel/. /home/ada && chown -R -- ada: /home/ada &&',
      `  $ mode=$(sed -n 's/^HOME_MODE[[:space:]]*//p' /etc/login.defs) && chmod "\${mode:-0755}" /home/ada`,
      '  = path:/home/ada',
    ],
  },
  {
    title: 'having no home is no fault of nobody',
    params: { name: 'nobody' },
    have: there({ home: '/nonexistent', homeExists: false }),
    changes: [],
  },
  { title: 'a password is set once', params: { name: 'ada', password: HASH }, have: there(), changes: [] },
  {
    title: 'a password that always holds, on a locked account',
    params: { name: 'ada', password: HASH, update_password: 'always' },
    have: there({ password: { ...account.password, locked: true } }),
    changes: [
      '~ password of user ada: another hash (secret)',
      '  $ chpasswd -e',
      '  < ‹secret content›',
      '  $ usermod --lock -- ada',
    ],
  },
  {
    title: 'an account is locked',
    params: { name: 'ada', password_lock: true },
    have: there(),
    changes: ['~ password of user ada: unlocked → locked', '  $ usermod --lock -- ada'],
  },
  {
    title: 'what has no password is not unlocked',
    params: { name: 'ada', password_lock: false },
    have: there({ password: { ...account.password, locked: true, set: false } }),
    changes: [],
    failure: 'no password to unlock',
  },
  {
    title: 'without root the password entry is unknown',
    params: { name: 'ada', password_lock: true },
    have: { ...there(), account: { ...account, password: undefined } },
    changes: [],
    failure: 'cannot read',
  },
  {
    title: 'removed',
    params: { name: 'ada', state: 'absent' },
    have: there(),
    changes: ['- user ada: uid 1000 →', '  $ userdel ada'],
  },
  {
    title: 'removed with its home',
    params: { name: 'ada', state: 'absent', remove: true },
    have: there(),
    changes: ['- user ada: uid 1000, with /home/ada →', '  $ userdel --remove ada'],
  },
  {
    title: 'the superuser stays, under whatever name',
    params: { name: 'toor', state: 'absent' },
    have: there({ uid: 0 }),
    changes: [],
    failure: 'is not removed',
  },
  {
    title: 'keys of an account whose home is gone',
    params: { name: 'ada', create_home: false, authorized_keys: [BOB] },
    have: there({ homeExists: false }),
    changes: [],
    failure: 'no home directory',
  },
  { title: 'nobody to remove', params: { name: 'ada', state: 'absent' }, have: absent, changes: [] },
]);

describe('parameters that are refused', () => {
  test.each([
    [{ name: 'ada', password: 'correct horse' }, 'must be a hash'],
    [{ name: 'ada', password: '' }, 'must be a hash'],
    [{ name: 'ada', password: `${HASH}\nroot:x` }, 'must be a hash'],
    [{ name: 'ada', home: 'home/ada' }, 'absolute'],
    [{ name: 'ada', home: '/home/a:b' }, 'colon'],
    [{ name: 'ada', comment: 'Ada\nroot::0:0' }, 'control character'],
    [{ name: 'ada', expires: '2031-02-30' }, 'Not a day'],
    [{ name: 'ada', expires: 'soon' }, 'Not a day'],
    [{ name: 'ada', authorized_keys: ['ssh-rsa x'] }, 'Not a public key'],
    [{ name: 'ada', remove: true }, 'accounts that go'],
    [{ name: '-x' }, 'wrong form'],
  ])('%j', (params, words) => {
    expect(() => bind(user, params)).toThrow(words);
  });

  test('a plain password is not repeated in the problem', () => {
    const [problem] = user.checkParams({ name: 'ada', password: new Secret('p', 'hunter2') });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
});

test('days on which an account ends', () => {
  expect([expiryDay('1970-01-02'), expiryDay(86_400.5), expiryDay('-1'), expiryDay('never')]).toEqual([1, 1, -1, -1]);
  expect([expiryWord(22_644), expiryWord(-1)]).toEqual(['2031-12-31', '']);
});
