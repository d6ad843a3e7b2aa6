import { describe, expect, test } from 'vitest';
import { Content, type PathEffect, Secret, Unknown } from '../../../engine/module/index.ts';
import type { HomePlace, LoginAccount } from '../../../modules/user/account.ts';
import user from '../../../modules/user/user.ts';
import { expiryDay, expiryWord } from '../../../modules/user/want.ts';
import { bind } from '../harness/bind.ts';
import { foreseen } from '../harness/foreseen.ts';
import { ALICE, BOB } from '../harness/keys.ts';
import { table } from '../harness/table.ts';

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
  password: { locked: false, set: true, digest: DIGEST, expires: undefined, age: { min: 0, max: 99_999, warn: 7 } },
};
const there = (given: Partial<LoginAccount> = {}) => ({
  writable: true,
  account: { ...account, ...given },
  ownGroup: true,
  primary: 1000,
  groups: undefined,
  keys,
});
const HOME_SCRIPT = (home: string, skeleton = '/etc/skel') => [
  `  $ if [ -d ${home} ]; then exit 0; fi`,
  '  $ of() { sed -n "s/^$1[[:space:]]*//p" /etc/login.defs; }',
  '  $ mode=$(of HOME_MODE) umask=$(of UMASK)',
  '  $ [ -n "$mode" ] || mode=$(printf %o "$((0777 & ~0${umask:-22}))")',
  `  $ mkdir -p -- ${home} && cp -R ${skeleton}/. ${home} && chown -R -- ada:"$(id -g ada)" ${home} && chmod "$mode" ${home}`,
];

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
    title: 'a file in the place of a new home that nobody named',
    params: { name: 'ada' },
    have: { ...absent, place: { path: '/srv/homes/ada', blocker: '/srv/homes/ada', taken: true } },
    changes: [],
    failure: '/srv/homes/ada is not a directory',
  },
  {
    title: 'a file that is no hindrance, since no home is made',
    params: { name: 'ada', create_home: false },
    have: { ...absent, place: { path: '/home/ada', blocker: '/home/ada', taken: true } },
    changes: [
      '+ user ada',
      '  $ useradd --no-create-home --user-group -- ada',
      '  revert userdel -- ada',
      '  = user:ada',
      '  = group:ada',
    ],
    result: { home: '/home/ada' },
  },
  {
    title: 'a new account of nobody',
    params: { name: 'ada', home: '/nonexistent' },
    have: { ...absent, place: { path: '/nonexistent', blocker: '/nonexistent' } },
    changes: [
      '+ user ada: home /nonexistent',
      '  $ useradd --no-create-home --user-group --home-dir /nonexistent -- ada',
      '  revert userdel -- ada',
      '  = user:ada',
      '  = group:ada',
    ],
  },
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
    result: { name: 'ada', uid: new Unknown('apply', 'the account ada, which is only made then') },
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
      '  = path:/home/ada/.ssh',
      '  = path:/home/ada/.ssh/authorized_keys',
    ],
  },
  {
    title: 'a system account without a home',
    params: {
      name: 'vantus',
      system: true,
      create_home: false,
      group: 'vantus',
      shell: '/usr/sbin/nologin',
      comment: 'Vantus app',
    },
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
    title: 'a system account that ends some day: useradd makes it without',
    params: { name: 'ada', system: true, expires: '2031-12-31' },
    have: absent,
    changes: [
      '+ user ada: system account',
      '  $ useradd --system --create-home --user-group -- ada',
      '  revert userdel -- ada',
      '  $ usermod --expiredate 2031-12-31 -- ada',
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
      '  $ useradd --create-home --user-group -- ada',
      '  revert userdel -- ada',
      '  = user:ada',
      '  = group:ada',
      '  = path:/home/ada',
      expect.stringMatching(/^\+ authorized keys of ada: \+ alice@example SHA256:/),
      '  $ mkdir -m 00700 -- /home/ada/.ssh &&',
      '  $ chown -h -- ada: /home/ada/.ssh &&',
      '  $ chmod -- 00700 /home/ada/.ssh',
      `  > /home/ada/.ssh/authorized_keys 0600 ada:: ${JSON.stringify(`${ALICE}\n`)}`,
      '  = path:/home/ada/.ssh',
      '  = path:/home/ada/.ssh/authorized_keys',
    ],
  },
  {
    title: 'keys need a home',
    params: { name: 'app', create_home: false, authorized_keys: [BOB] },
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
      append: true,
    },
    have: { ...there(), groups: ['sudo'] },
    changes: [],
    result: { uid: 1000, group: 1000, home: '/home/ada', shell: '/bin/bash' },
  },
  {
    title: 'every field that differs, in one command, after its home was moved',
    params: {
      name: 'ada',
      uid: 1001,
      group: 'users',
      shell: '/bin/sh',
      home: '/srv/ada',
      move_home: true,
      comment: '',
    },
    have: { ...there(), primary: 100, place: { taken: false } },
    changes: [
      '~ user ada: uid 1000, group ada, shell /bin/bash, home /home/ada, comment Ada → uid 1001, group users, shell /bin/sh, home /srv/ada, comment none',
      "  $ if [ -e /srv/ada ] || [ -h /srv/ada ]; then echo '/srv/ada is there already' >&2; exit 1; fi",
      '  $ mkdir -p -- /srv || exit',
      '  $ if [ "$(stat -c %d -- /home/ada)" = "$(stat -c %d -- /srv)" ]; then mv -T -- /home/ada /srv/ada',
      '  $ else rm -rf -- /srv/ada.vrun-move; cp -a -- /home/ada /srv/ada.vrun-move && mv -T -- /srv/ada.vrun-move /srv/ada || { rm -rf -- /srv/ada.vrun-move; exit 1; }; fi',
      '  revert if [ -d /home/ada ]; then rm -rf -- /srv/ada; else mv -T -- /srv/ada /home/ada; fi',
      "  $ usermod --uid 1001 --gid users --shell /bin/sh --home /srv/ada --comment '' -- ada",
      '  $ [ ! -d /home/ada ] || rm -rf -- /home/ada || :',
    ],
  },
  ...(
    [
      ['a directory that is there', { place: { taken: true } }, '/srv/ada is there already'],
      ['a directory in the old home', {}, '/home/ada/in lies in /home/ada'],
      [
        'another account in it',
        { others: [{ name: 'bob', home: '/home/ada/bob' }] },
        'the home of bob is /home/ada/bob, in',
      ],
      [
        'another account with the same home',
        { others: [{ name: 'bob', home: '/home/ada' }] },
        'the home of bob is /home/ada',
      ],
      ['something mounted in it', { bonds: { owner: 1000, mounted: true } }, 'something is mounted at /home/ada'],
      ['somebody who is logged in', { busy: '4711' }, 'ada is in use'],
      ['a file above the new one', { place: { blocker: '/srv' } }, '/srv is not a directory'],
      [
        'a place in it by way of a link',
        { bonds: { owner: 1000, mounted: false, real: '/data/ada' }, place: { taken: false, real: '/data/ada/in' } },
        '/srv/ada lies in /home/ada',
      ],
      ['a link', { bonds: { owner: 0, mounted: false, link: true } }, '/home/ada is a link'],
      [
        'an immutable one',
        { bonds: { owner: 1000, mounted: false, shut: '/home/ada' } },
        'nothing can be written in /home/ada',
      ],
      ['a file', { account: { ...account, homeExists: false, homeBlocked: true } }, '/home/ada is not a directory'],
    ] as const
  ).map(([title, state, failure]) => ({
    title: `a home does not move where that would end half-way: ${title}`,
    params: { name: 'ada', home: title.endsWith('old home') ? '/home/ada/in' : '/srv/ada', move_home: true },
    have: { ...there(), ...state },
    changes: [],
    failure,
  })),
  {
    title: 'a home that is not moved may be one that is there',
    params: { name: 'ada', home: '/srv/ada' },
    have: { ...there(), place: { taken: true } },
    changes: [
      '~ user ada: home /home/ada → home /srv/ada',
      '  $ usermod --home /srv/ada -- ada',
      ...HOME_SCRIPT('/srv/ada'),
      '  = path:/srv/ada',
    ],
  },
  {
    title: 'a number does not change under a process',
    params: { name: 'ada', uid: 1001 },
    have: { ...there(), busy: '4711' },
    changes: [],
    failure: 'ada is in use',
  },
  {
    title: 'groups are added to those that it has',
    params: { name: 'ada', groups: ['sudo', 'www-data'], append: true },
    have: { ...there(), groups: ['sudo', 'www-data'] },
    changes: [
      '~ user ada: groups adm,sudo → groups adm,sudo,www-data',
      '  $ usermod --append --groups www-data -- ada',
    ],
  },
  {
    title: 'a group whose name reads as a number is called by its own number',
    params: { name: 'ada', groups: ['6002', 'www-data'], append: true },
    have: { ...there(), groups: ['6001', 'www-data'], numbers: new Map([['6001', 6002]]) },
    changes: [
      '~ user ada: groups adm,sudo → groups 6001,adm,sudo,www-data',
      '  $ usermod --append --groups 6002,www-data -- ada',
    ],
  },
  {
    title: 'or are all that it has, as Ansible has it',
    params: { name: 'ada', groups: ['sudo', 'ada'] },
    have: { ...there(), groups: ['sudo'] },
    changes: ['~ user ada: groups adm,sudo → groups sudo', '  $ usermod --groups sudo -- ada'],
  },
  {
    title: 'no groups at all',
    params: { name: 'ada', groups: '' },
    have: { ...there(), groups: [] },
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
    changes: ['+ directory /home/ada: home of ada', ...HOME_SCRIPT('/home/ada'), '  = path:/home/ada'],
  },
  {
    title: 'or of another skeleton',
    params: { name: 'ada', skeleton: '/srv/skel' },
    have: there({ homeExists: false }),
    changes: ['+ directory /home/ada: home of ada', ...HOME_SCRIPT('/home/ada', '/srv/skel'), '  = path:/home/ada'],
  },
  {
    title: 'a new account with a skeleton, a umask, days of its password and the number of another',
    params: { name: 'ada', skeleton: '/srv/skel', umask: '077', uid: 1000, non_unique: true, password_expire_max: 90 },
    have: { ...absent, taken: 'ops' },
    changes: [
      '+ user ada: uid 1000',
      '  $ useradd --create-home --skel /srv/skel -K UMASK=077 -K HOME_MODE=0700 --uid 1000 --non-unique --user-group -- ada',
      '  revert userdel -- ada',
      '  $ chage --maxdays 90 -- ada',
      '  = user:ada',
      '  = group:ada',
      '  = path:/home/ada',
    ],
  },
  {
    title: 'days of a password',
    params: { name: 'ada', password_expire_min: 1, password_expire_max: 90, password_expire_warn: 7 },
    have: there(),
    changes: [
      '~ days of the password of user ada: min 0, max 99999, warn 7 → min 1, max 90, warn 7',
      '  $ chage --mindays 1 --maxdays 90 -- ada',
    ],
  },
  {
    title: 'a key of its own, which is only known once it is made',
    params: { name: 'ada', generate_ssh_key: true, ssh_key_type: 'ed25519', ssh_key_comment: 'ada on web1' },
    have: { ...there(), sshKey: { path: '/home/ada/.ssh/id_ed25519', there: false, publicKey: undefined, tool: true } },
    changes: [
      '+ SSH key /home/ada/.ssh/id_ed25519 of ada: ed25519',
      expect.stringContaining('vrun_h='),
      ...Array(8).fill(expect.stringMatching(/^ {2}\$ /)),
      '  $ umask 077; [ -d /home/ada/.ssh ] || as mkdir -p -- /home/ada/.ssh || exit',
      "  $ as ssh-keygen -q -t ed25519 -f /home/ada/.ssh/id_ed25519 -N '' -C 'ada on web1'",
      '  = path:/home/ada/.ssh/id_ed25519',
      '  = path:/home/ada/.ssh/id_ed25519.pub',
    ],
    result: { ssh_public_key: new Unknown('apply', 'the key that is only generated then') },
  },
  {
    title: 'a key that is there is never overwritten',
    params: { name: 'ada', generate_ssh_key: true, force: true },
    have: { ...there(), sshKey: { path: '/home/ada/.ssh/id_rsa', there: true, publicKey: BOB, tool: true } },
    changes: [],
    result: {
      ssh_key_file: '/home/ada/.ssh/id_rsa',
      ssh_public_key: BOB,
      ssh_fingerprint: expect.stringMatching(/^SHA256:/),
    },
  },
  {
    title: 'a key needs a home',
    params: { name: 'ada', create_home: false, generate_ssh_key: true },
    have: absent,
    changes: [],
    failure: 'no home directory',
  },
  {
    title: 'having no home is no fault of nobody',
    params: { name: 'nobody' },
    have: there({ home: '/nonexistent', homeExists: false }),
    changes: [],
  },
  {
    title: 'a password is set once, if that is asked for',
    params: { name: 'ada', password: HASH, update_password: 'on_create' },
    have: there(),
    changes: [],
  },
  {
    title: 'a password that always holds, on a locked account',
    params: { name: 'ada', password: HASH },
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
    changes: ['- user ada: uid 1000 →', '  $ userdel -- ada'],
  },
  {
    title: 'removed with its home',
    params: { name: 'ada', state: 'absent', remove: true },
    have: there(),
    changes: [
      '- user ada: uid 1000, with /home/ada →',
      '  $ rm -rf --one-file-system -- /home/ada',
      '  $ userdel --remove -- ada',
    ],
  },
  ...(
    [
      ['whose process runs', { busy: '4711' }, 'ada is in use'],
      [
        'whose home belongs to somebody else',
        { bonds: { owner: 0, mounted: false } },
        "/home/ada doesn't belong to ada",
      ],
      ['in whose home is another', { others: [{ name: 'bob', home: '/home/ada/bob' }] }, 'the home of bob'],
      ['whose home is a mount point', { bonds: { owner: 1000, mounted: true } }, 'something is mounted'],
      ['whose home is a link', { bonds: { owner: 0, mounted: false, link: true } }, '/home/ada is a link'],
      ['whose home is immutable', { bonds: { owner: 1000, mounted: false, shut: '/home' } }, 'nothing can be written'],
    ] as const
  ).map(([title, state, failure]) => ({
    title: `an account does not go half-way: one ${title}`,
    params: { name: 'ada', state: 'absent', remove: true },
    have: { ...there(), ...state },
    changes: [],
    failure,
  })),
  {
    title: 'removed although it is in use, and with a home that is not its own',
    params: { name: 'ada', state: 'absent', remove: true, force: true },
    have: { ...there(), busy: '4711', bonds: { owner: 0, mounted: false } },
    changes: [
      '- user ada: uid 1000, with /home/ada →',
      '  $ rm -rf --one-file-system -- /home/ada',
      '  $ userdel --force --remove -- ada',
    ],
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
  {
    title: 'a file where the home should be',
    params: { name: 'ada' },
    have: { ...there(), account: { ...account, homeExists: false, homeBlocked: true } },
    changes: [],
    failure: '/home/ada is not a directory',
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
    [{ name: 'ada', ssh_key_bits: 512 }, '1024 to 16384'],
    [{ name: 'ada', ssh_key_type: 'ecdsa', ssh_key_bits: 512 }, '256, 384 or 521'],
    [{ name: 'ada', shell: '/bin/a:b' }, 'colon'],
    [{ name: '-x' }, 'wrong form'],
  ])('%j', (params, words) => {
    expect(() => bind(user, params)).toThrow(words);
  });

  test('a plain password is not repeated in the problem', () => {
    const [problem] = user.checkParams({ name: 'ada', password: new Secret('p', 'hunter2') });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
});

describe('a home as pending changes leave it', () => {
  const home = '/home/ada';
  const file = { path: home, kind: 'file', content: Content.of('') } as const;
  const there = { path: home, blocker: undefined, shut: undefined, taken: true };
  const blocked = { ...there, blocker: home };
  const gone = { ...there, taken: false };
  test.each<[title: string, left: readonly PathEffect[], before: HomePlace, after: HomePlace | undefined]>([
    ['a file comes', [file], gone, blocked],
    ['a file above it comes', [{ ...file, path: '/home' }], gone, { ...gone, blocker: '/home' }],
    ['a file goes', [{ path: home, kind: 'nothing' }], blocked, gone],
    ['a directory comes', [{ path: home, kind: 'directory' }], { ...gone, shut: '/home' }, there],
    ['it gets another owner', [{ path: home, kind: 'same', owner: 'bob' }], there, there],
    ['something comes', [{ path: home, kind: 'anything' }], gone, undefined],
    ['a link comes', [{ path: home, kind: 'link', target: '/srv' }], gone, undefined],
  ])('%s', (_title, left, before, after) => {
    const want = bind(user, { name: 'ada' });
    const state = (place: HomePlace) => ({ ...absent, place });
    expect(user.pending(state(before), want, foreseen(left))).toEqual(
      after ? state(after) : expect.objectContaining({ needs: [`path:${home}`] }),
    );
    const owner = ({ taken = false, blocker }: HomePlace) => ({
      ...absent,
      account: { ...account, homeExists: taken && blocker === undefined, homeBlocked: blocker === home },
      place: undefined,
    });
    if (after?.blocker === '/home') return;
    expect(user.pending(owner(before), want, foreseen(left))).toEqual(
      after ? owner(after) : expect.objectContaining({ needs: [`path:${home}`] }),
    );
  });
});

test('days on which an account ends', () => {
  expect([expiryDay('1970-01-02'), expiryDay(86_400.5), expiryDay('-1'), expiryDay('never')]).toEqual([1, 1, -1, -1]);
  expect([expiryWord(22_644), expiryWord(-1)]).toEqual(['2031-12-31', '']);
});
