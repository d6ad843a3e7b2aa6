// A login account of the host, as useradd(8), usermod(8), userdel(8) and chpasswd(8) keep it.

import {
  Content,
  defineModule,
  lines,
  OneOf,
  presence,
  Secret,
  Strings,
  Text,
  Type,
  things,
  treeThing,
} from '../../engine/module/index.ts';
import { checkPaths, cleanPath, hasControl } from '../../engine/resources/file/path.ts';
import {
  freshKeys,
  type KeysWant,
  parseKeyStates,
  probeKeys,
} from '../../engine/resources/ssh-keys/authorized-keys.ts';
import { wantedKeys } from '../../engine/resources/ssh-keys/edit.ts';
import { parseKeys } from '../../engine/resources/ssh-keys/lines.ts';
import { parseAccounts, probeAccounts } from './account.ts';
import { DIFFERENCES } from './differences.ts';
import { pendingUser } from './pending.ts';
import { planUser } from './plan.ts';
import { bitsProblem, KEY_TYPES, keyPlaces, parseSshKeys, probeSshKeys, sshKeyOf } from './ssh-key.ts';
import { checkHash, expiryDay, keysOf, type UserState, type UserWant, userState } from './want.ts';

const GroupName = (description: string) =>
  Type.Unsafe<string | number>({ type: ['string', 'integer'], minLength: 1, description });

const days = (description: string) => Type.Integer({ minimum: 0, maximum: 99_999, description });

export default defineModule({
  name: 'user',
  summary: 'Manage a login account',
  example: `
- name: Application user
  user: { name: app, system: true, home: /var/lib/app, shell: /usr/sbin/nologin }

- name: Somebody who deploys, with a key of their own
  user: { name: deploy, groups: [adm, www-data], append: true, generate_ssh_key: true, ssh_key_type: ed25519 }
  register: deploy
`,
  params: Type.Object({
    name: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$', maxLength: 32, description: 'Login name' }),
    ...presence,
    uid: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 4_294_967_294, description: 'Numeric id; left alone when not given' }),
    ),
    non_unique: Type.Boolean({ default: false, description: 'Take the number of another account, too' }),
    group: Type.Optional(GroupName('Primary group by name or number; its own one when not given')),
    groups: Type.Optional(
      Type.Unsafe<string | number | readonly (string | number)[]>({
        anyOf: [
          { type: ['string', 'integer'] },
          { type: 'array', items: { type: ['string', 'integer'], minLength: 1 } },
        ],
        description: 'Other groups by name or number, a list or separated by commas; an empty text or list for none',
      }),
    ),
    append: Type.Boolean({
      default: false,
      description: 'Keep the groups that it is in besides; otherwise it leaves those that `groups` doesn’t name',
    }),
    shell: Type.Optional(Type.String({ minLength: 1, description: 'Login shell' })),
    home: Type.Optional(Type.String({ minLength: 1, description: 'Home directory' })),
    create_home: Type.Boolean({ default: true, description: 'Make the home directory where there is none' }),
    skeleton: Type.Optional(
      Type.String({ minLength: 1, description: 'Directory of which a new home is a copy; /etc/skel when not given' }),
    ),
    umask: Type.Optional(
      Type.String({ pattern: '^0?[0-7]{3}$', description: 'What a new home’s mode lacks, such as "077"' }),
    ),
    move_home: Type.Boolean({
      default: false,
      description: 'Move the old home, with all that is in it, to the new one; nothing may be there yet',
    }),
    system: Type.Boolean({ default: false, description: 'Take the id from the range of system accounts when created' }),
    comment: Type.Optional(Type.String({ description: 'Full name or purpose' })),
    password: Type.Optional(Text({ description: 'Hash as crypt(5) writes it, or * for none; never plain text' })),
    update_password: Type.Unsafe<'always' | 'on_create'>({
      type: 'string',
      enum: ['always', 'on_create'],
      default: 'always',
      description: 'Whether an existing account gets the password too',
    }),
    password_lock: Type.Optional(Type.Boolean({ description: 'Whether logging in with a password is locked' })),
    expires: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), Type.Number()], {
        description: 'Day on which the account ends ("2027-01-31"), seconds since 1970, or never (-1)',
      }),
    ),
    password_expire_min: Type.Optional(days('Days that a password stays at least')),
    password_expire_max: Type.Optional(days('Days that a password is good')),
    password_expire_warn: Type.Optional(days('Days before its end on which the user is warned')),
    generate_ssh_key: Type.Boolean({
      default: false,
      description: 'Make the user an SSH key of its own on the host, unless there is one',
    }),
    ssh_key_type: OneOf(KEY_TYPES, { default: 'rsa', description: 'Its type' }),
    ssh_key_bits: Type.Optional(Type.Integer({ description: "Its bits; ssh-keygen's own number when not given" })),
    ssh_key_file: Type.Optional(
      Type.String({ minLength: 1, description: 'Its file, from the home; .ssh/id_TYPE when not given' }),
    ),
    ssh_key_comment: Type.Optional(Type.String({ description: 'Its comment; USER@HOST when not given' })),
    ssh_key_passphrase: Type.Optional(Text({ description: 'Its passphrase; none when not given' })),
    authorized_keys: Type.Optional(Strings({ description: 'SSH keys that may log in; others are left alone' })),
    remove: Type.Boolean({ default: false, description: 'With state absent, remove its home directory too' }),
    force: Type.Boolean({
      default: false,
      description: "With state absent, remove it although it is in use, and a home that isn't its own: userdel --force",
    }),
  }),
  aliases: { user: 'name', createhome: 'create_home' },
  results: Type.Object({
    name: Type.Optional(Type.String({ description: 'Login name' })),
    uid: Type.Optional(Type.Integer({ description: 'Its number' })),
    group: Type.Optional(Type.Integer({ description: 'Number of the primary group' })),
    home: Type.Optional(Type.String({ description: 'Home directory' })),
    shell: Type.Optional(Type.String({ description: 'Login shell' })),
    ssh_key_file: Type.Optional(Type.String({ description: 'With generate_ssh_key: the file of the private half' })),
    ssh_public_key: Type.Optional(
      Type.Union([Type.String(), Type.Null()], { description: 'The line of the public half; null where that is gone' }),
    ),
    ssh_fingerprint: Type.Optional(
      Type.Union([Type.String(), Type.Null()], { description: 'SHA256:…, as ssh-keygen -l prints it' }),
    ),
  }),
  manual: {
    reads:
      'The account and all groups through getent(1); what is at its home, and, where number or home change or the account goes, whether a process runs as it; with a password, its lock, expiry or days the entry of /etc/shadow, of which only a digest leaves the host.',
    changes:
      'useradd, usermod, userdel, chpasswd and chage, one command for all fields. A home is moved before the account says so, and back if that fails; it is removed before the account is. Keys of `authorized_keys` are written atomically, and a key of its own is made by ssh-keygen as that user: the private half stays on the host.',
    dryRun:
      'Everything but the numbers of a new account and a key that is only generated then, which are `unknown`. What useradd and userdel would leave half-way is refused: a home that is there already, is in use, is mounted, immutable, a link or a file, or holds that of another account.',
    needs: 'getent; useradd and its like of the package passwd; for a key of its own openssh-client.',
    tried: 'Debian 12: passwd 4.13, OpenSSH 9.2.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => {
    const { comment, expires, authorized_keys: keys, ssh_key_type: type, ssh_key_bits: bits } = params;
    const bad = parseKeys(words(keys, '\n').join('\n')).bad;
    const badBits = bitsProblem(type, bits);
    return [
      ...checkPaths(params, ['home', 'shell', 'skeleton']),
      ...checkHash(params.password),
      ...fieldProblem('home', params.home),
      ...fieldProblem('shell', params.shell),
      ...fieldProblem('comment', comment),
      ...fieldProblem('ssh_key_file', params.ssh_key_file),
      ...fieldProblem('ssh_key_comment', params.ssh_key_comment, /^$/),
      ...fieldProblem('ssh_key_passphrase', params.ssh_key_passphrase, /^$/),
      ...(badBits === undefined
        ? []
        : [{ parameter: 'ssh_key_bits', summary: badBits, hint: 'Leave it out, or write one of these.' }]),
      ...(expires !== undefined &&
      (typeof expires === 'string' || typeof expires === 'number') &&
      expiryDay(expires) === undefined
        ? [{ parameter: 'expires', summary: 'Not a day', hint: 'Write "2027-01-31", or never.' }]
        : []),
      ...bad.map((line) => ({
        parameter: 'authorized_keys',
        summary: 'Not a public key',
        detail: `"${line.slice(0, 60)}" is not [options] type base64 [comment] with a blob of that type.`,
        hint: 'Take the line as it stands in the .pub file.',
      })),
    ];
  },

  prepare: (params): UserWant => {
    const { password, group, groups, authorized_keys: keys, expires, create_home: createHome, home, ...rest } = params;
    const hash = password?.bytes().toString('utf8');
    return {
      ...rest,
      home: home === undefined ? undefined : cleanPath(home),
      createHome,
      group: group === undefined ? undefined : `${group}`,
      groups: groups === undefined ? undefined : words(groups, ','),
      age: { min: rest.password_expire_min, max: rest.password_expire_max, warn: rest.password_expire_warn },
      sshKey: params.generate_ssh_key ? sshKeyOf(params) : undefined,
      password:
        hash === undefined
          ? undefined
          : {
              // What chpasswd reads; always a secret, also where the hash was written down in the open.
              entry: Content.of(new Secret('password', `${params.name}:${hash}\n`)),
              digest: Content.of(hash.replace(/^!+/, '')).sha256,
            },
      expires: expires === undefined ? undefined : expiryDay(expires),
      keys: wantedKeys(parseKeys(words(keys, '\n').join('\n')).keys),
    };
  },

  probeMany: (wants) => {
    const keys = wants.flatMap(keysWant);
    const sshKeys = wants.flatMap(keyPlaces);
    return lines(
      probeAccounts({
        names: wants.flatMap(({ name, uid }) => [name, ...(uid === undefined ? [] : [`${uid}`])]),
        secretly: wants.filter(readsShadow).map((want) => want.name),
        homes: wants.filter(({ state }) => state === 'present'),
        skeletons: wants.flatMap(({ skeleton }) => skeleton ?? []),
        idle: wants.flatMap(({ state, name, uid, home }) =>
          state === 'absent' ? [{ name }] : uid === undefined && home === undefined ? [] : [{ name, uid, home }],
        ),
        leaving: wants.flatMap(({ state, name, remove, move_home }) =>
          (state === 'absent' ? remove : move_home) ? [name] : [],
        ),
      }),
      keys.length > 0 ? probeKeys(keys) : undefined,
      sshKeys.length > 0 ? probeSshKeys(sshKeys) : undefined,
    );
  },
  parseMany: (out, wants) => {
    const accounts = parseAccounts(out);
    // One for each user with keys, in the same order.
    const keyWants = wants.flatMap(keysWant);
    const keyStates = (keyWants.length > 0 ? parseKeyStates(out, keyWants) : []).values();
    const sshKeys = parseSshKeys(out).values();
    return wants.map((want) => {
      const found = keysWant(want).length > 0 ? keyStates.next().value : undefined;
      const home = accounts.places.get(want.home ?? want.name)?.path;
      const keys = found ?? freshKeys({ user: want.name, path: undefined }, home, want.group);
      const sshKey = keyPlaces(want).length > 0 ? sshKeys.next().value : undefined;
      return userState(want, accounts, { keys, sshKey });
    });
  },

  pending: pendingUser,
  independent: true,
  about: ({ name, home, authorized_keys: keys }) => [
    ...things('user', name),
    ...treeThing(home),
    ...(keys === undefined ? [] : things('keys of', name)),
    // It comes and goes with the account, perhaps.
    ...things('own group', name),
  ],
  plan: (have: UserState, want) => planUser(have, want),
});

/** The part of it that authorized-key does. */
function keysWant(want: UserWant): readonly KeysWant[] {
  if (want.keys.length === 0 || want.state === 'absent') return [];
  const home = want.move_home ? undefined : want.home;
  return [{ ...keysOf(want), home }];
}

function readsShadow(want: UserWant): boolean {
  const compares = want.password !== undefined && want.update_password === 'always';
  const { age, expires, password_lock: lock } = want;
  const isAged = age.min !== undefined || age.max !== undefined || age.warn !== undefined;
  return want.state === 'present' && (compares || lock !== undefined || expires !== undefined || isAged);
}

function words(given: unknown, separator: string): readonly string[] {
  const text = typeof given === 'string' || typeof given === 'number' ? `${given}` : '';
  const list: readonly unknown[] = Array.isArray(given) ? given : text.split(separator);
  return list.flatMap((word) => {
    const one = typeof word === 'string' || typeof word === 'number' ? `${word}`.trim() : '';
    return one === '' ? [] : [one];
  });
}

/** A field of passwd(5) can't hold a colon or a line break. */
function fieldProblem(parameter: string, value: unknown, bad = /:/) {
  if (typeof value !== 'string' || !(hasControl(value) || bad.test(value))) return [];
  return [
    { parameter, summary: `The ${parameter} must not hold a colon or a control character`, hint: 'Take it out.' },
  ];
}
