// A login account of the host, as useradd(8), usermod(8), userdel(8) and chpasswd(8) keep it.
import {
  Content,
  defineModule,
  lines,
  Missing,
  presence,
  Secret,
  Strings,
  Text,
  Type,
  things,
  treeThing,
} from '../engine/module/index.ts';
import { parseAccounts, probeAccounts } from '../engine/module/resources/account-state.ts';
import { freshKeys, type KeysWant, parseKeyStates, probeKeys } from '../engine/module/resources/authorized-keys.ts';
import { wantedKeys } from '../engine/module/resources/key-edit.ts';
import { parseKeys } from '../engine/module/resources/key-lines.ts';
import { checkPaths, cleanPath, hasControl } from '../engine/module/resources/path.ts';
import { planUser } from '../engine/module/resources/user-plan.ts';
import {
  checkHash,
  expiryDay,
  keysOf,
  type UserState,
  type UserWant,
  userState,
} from '../engine/module/resources/user-want.ts';

export default defineModule({
  name: 'user',
  summary: 'Manage a login account',
  example: `
- name: Application user
  user: { name: app, system: true, home: /var/lib/app, shell: /usr/sbin/nologin }
`,
  params: Type.Object({
    name: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$', maxLength: 32, description: 'Login name' }),
    ...presence,
    uid: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 4_294_967_294, description: 'Numeric id; left alone when not given' }),
    ),
    group: Type.Optional(Type.String({ minLength: 1, description: 'Primary group; its own one when not given' })),
    groups: Type.Optional(Strings({ description: 'Other groups, a list or separated by commas' })),
    append: Type.Boolean({ default: true, description: 'Keep the groups that it is in besides' }),
    shell: Type.Optional(Type.String({ minLength: 1, description: 'Login shell' })),
    home: Type.Optional(Type.String({ minLength: 1, description: 'Home directory' })),
    create_home: Type.Optional(Type.Boolean({ description: 'Make the home directory; unless it is a system account' })),
    move_home: Type.Boolean({ default: false, description: 'Move what is in the old home to a new one' }),
    system: Type.Boolean({ default: false, description: 'Take the id from the range of system accounts when created' }),
    comment: Type.Optional(Type.String({ description: 'Full name or purpose' })),
    password: Type.Optional(Text({ description: 'Hash as crypt(5) writes it, or * for none; never plain text' })),
    update_password: Type.Unsafe<'always' | 'on_create'>({
      type: 'string',
      enum: ['always', 'on_create'],
      default: 'on_create',
      description: 'Whether an existing account gets the password too',
    }),
    password_lock: Type.Optional(Type.Boolean({ description: 'Whether logging in with a password is locked' })),
    expires: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), Type.Number()], {
        description: 'Day on which the account ends ("2027-01-31"), seconds since 1970, or never (-1)',
      }),
    ),
    authorized_keys: Type.Optional(Strings({ description: 'SSH keys that may log in; others are left alone' })),
    remove: Type.Boolean({ default: false, description: 'With state absent, remove its home directory too' }),
  }),

  checkParams: (params) => {
    const { comment, expires, authorized_keys: keys, state, remove } = params;
    const bad = parseKeys(words(keys, '\n').join('\n')).bad;
    return [
      ...checkPaths(params, ['home', 'shell']),
      ...checkHash(params.password),
      ...fieldProblem('home', params.home),
      ...fieldProblem('comment', comment),
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
      ...(remove === true && state !== 'absent' && typeof state !== 'object'
        ? [
            {
              parameter: 'remove',
              summary: 'remove is for accounts that go',
              hint: 'Set state to absent, or leave it out.',
            },
          ]
        : []),
    ];
  },

  prepare: (params): UserWant => {
    const { password, groups, authorized_keys: keys, expires, create_home, home, ...rest } = params;
    const hash = password?.bytes().toString('utf8');
    return {
      ...rest,
      home: home === undefined ? undefined : cleanPath(home),
      groups: groups === undefined ? undefined : words(groups, ','),
      createHome: create_home ?? !params.system,
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
    return lines(
      probeAccounts(
        wants.flatMap(({ name, uid }) => [name, ...(uid === undefined ? [] : [`${uid}`])]),
        wants.filter(readsShadow).map((want) => want.name),
        wants.flatMap(({ state, createHome, home }) => (state === 'present' && createHome && home ? [home] : [])),
      ),
      keys.length > 0 ? probeKeys(keys) : undefined,
    );
  },
  parseMany: (out, wants) => {
    const accounts = parseAccounts(out);
    // One for each user with keys, in the same order.
    const keyWants = wants.flatMap(keysWant);
    let next = 0;
    const keyStates = keyWants.length > 0 ? parseKeyStates(out, keyWants) : [];
    return wants.map((want) => {
      const found = keysWant(want).length > 0 ? keyStates[next++] : undefined;
      return userState(want, accounts, found ?? freshKeys({ user: want.name, path: undefined }, want.home, want.group));
    });
  },

  pending: (have, { home = '' }, foreseen) => {
    if (have instanceof Missing || !have.account || foreseen.left(home)?.kind !== 'directory') return have;
    return { ...have, account: { ...have.account, homeExists: true } };
  },
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
  return want.state === 'present' && (compares || want.password_lock !== undefined || want.expires !== undefined);
}

function words(given: unknown, separator: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given)
    ? given
    : typeof given === 'string'
      ? given.split(separator)
      : [];
  return list.flatMap((word) => (typeof word === 'string' && word.trim() !== '' ? [word.trim()] : []));
}

/** A field of passwd(5) can't hold a colon or a line break. */
function fieldProblem(parameter: string, value: unknown) {
  if (typeof value !== 'string' || !(hasControl(value) || value.includes(':'))) return [];
  return [
    { parameter, summary: `The ${parameter} must not hold a colon or a control character`, hint: 'Take it out.' },
  ];
}
