// The SSH keys that may log in as a user.

import {
  defineModule,
  LocalFile,
  Missing,
  type ParameterProblem,
  pathThing,
  presence,
  Type,
  things,
} from '../../engine/module/index.ts';
import { checkPaths, hasControl, parentOf } from '../../engine/resources/file/path.ts';
import {
  freshKeys,
  type KeysWant,
  nobodysKeys,
  parseKeyStates,
  pendingKeys,
  planKeys,
  probeKeys,
} from '../../engine/resources/ssh-keys/authorized-keys.ts';
import { contradicting, wantedKeys } from '../../engine/resources/ssh-keys/edit.ts';
import { parseKeys } from '../../engine/resources/ssh-keys/lines.ts';
import { DIFFERENCES } from './differences.ts';

export default defineModule({
  name: 'authorized-key',
  summary: 'Manage the SSH keys that may log in as a user',
  example: `
- name: The operator's keys, and no others
  authorized-key:
    user: root
    key: |
      ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7dpqhKGFlcTbnqOQdsL1JxyKq0fHtWZkbxOAs2w9bE alice@laptop
    exclusive: true

- name: Keys of a file beside the runbook, from two addresses only
  authorized-key: { user: app, src: deployers.pub, options: 'from="192.0.2.7,192.0.2.8",restrict' }
`,
  params: Type.Object({
    user: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$', description: 'Whose keys they are' }),
    key: Type.Optional(Type.String({ minLength: 1, description: 'Public keys as in a .pub file, one a line' })),
    src: Type.Optional(LocalFile({ description: 'In place of key: a file with them, in files/ beside the runbook' })),
    ...presence,
    exclusive: Type.Boolean({ default: false, description: 'Remove every other key' }),
    path: Type.Optional(Type.String({ minLength: 1, description: 'File to use in place of ~/.ssh/authorized_keys' })),
    manage_dir: Type.Optional(
      Type.Boolean({
        description:
          "Make the file's directory, and give it to the user with mode 0700; unless `path` is given, since that may be a directory of others",
      }),
    ),
    options: Type.Optional(
      Type.String({
        description:
          'Options before each key, such as restrict; an empty text for none. Not given, those stay that stand there',
      }),
    ),
    comment: Type.Optional(Type.String({ description: "Comment behind each key, in place of the key's own" })),
  }),
  aliases: { key_options: 'options' },
  results: Type.Object({
    user: Type.String({ description: 'Whose keys they are' }),
    keyfile: Type.String({ description: 'The file that holds them; empty for a user who is not there' }),
  }),
  manual: {
    reads: 'The account, the file of keys, and owner and mode of the file and of its directory.',
    changes:
      'The file, written whole and atomically with mode 0600; a directory that isn’t there yet, or that others may write in. A key has one line, in the place of its first.',
    dryRun: 'Everything, also behind tasks that make or remove the account or write the file.',
    needs: 'getent, stat and base64.',
    tried: 'Debian 12: OpenSSH 9.2, coreutils 9.1; BusyBox 1.35.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => {
    const { key, src, exclusive, state } = params;
    const given = typeof key === 'string' ? key : undefined;
    return [
      ...checkPaths(params, ['path']),
      ...(key !== undefined && src !== undefined
        ? [{ parameter: 'src', summary: 'key and src say the same', hint: 'Leave one of them out.' }]
        : []),
      ...('key' in params || 'src' in params
        ? []
        : [
            {
              parameter: undefined,
              summary: 'authorized-key needs a key',
              hint: 'Give it with key, or a file with src.',
            },
          ]),
      ...(given === undefined ? [] : keyProblems(given)),
      ...['options', 'comment'].flatMap((parameter) => {
        const text = params[parameter];
        if (typeof text !== 'string' || !hasControl(text)) return [];
        return [
          {
            parameter,
            summary: `The ${parameter} must be one line, without control characters`,
            hint: 'Take them out.',
          },
        ];
      }),
      ...(exclusive === true && state === 'absent'
        ? [{ parameter: 'exclusive', summary: 'exclusive is for keys that are present', hint: 'Leave exclusive out.' }]
        : []),
    ];
  },

  prepare: ({ user, state, exclusive, path, options, comment, key, src, manage_dir }): KeysWant => {
    const text = key ?? src?.content.bytes().toString('utf8') ?? '';
    const wanted = wantedKeys(parseKeys(text).keys, options);
    return {
      user,
      state,
      exclusive,
      path,
      manageDir: manage_dir ?? path === undefined,
      keys: comment === undefined ? wanted : wanted.map((one) => ({ ...one, comment })),
      refused: keyProblems(text)[0],
    };
  },

  probeMany: (wants) => probeKeys(wants),
  parseMany: (out, wants) =>
    parseKeyStates(out, wants).map((state, index) => {
      const want = wants[index];
      if (!want) throw new Error('more states than wants');
      if (!state)
        return want.state === 'absent'
          ? nobodysKeys(want)
          : new Missing({ needs: [`user:${want.user}`], fresh: freshKeys(want) });
      // The file's directory is made, but not the one above it, nor one that is somebody else's.
      const above = want.manageDir ? parentOf(parentOf(state.path)) : parentOf(state.path);
      const there = want.manageDir ? state.hasHome : state.directory !== undefined;
      if (!there && !state.hidden && want.state === 'present')
        return new Missing({ needs: [`path:${above}`], fresh: state });
      return state;
    }),

  pending: pendingKeys,

  independent: true,
  about: ({ user, path }) => [...things('keys of', user), ...pathThing(path)],
  looksAt: ({ user }) => things('user', user),
  plan: (have, want) => ({ ...planKeys(have, want), result: { user: want.user, keyfile: have.path } }),
});

function keyProblems(text: string): readonly ParameterProblem[] {
  if (/^\s*[a-z]+:\/\//.test(text)) {
    return [
      {
        parameter: 'key',
        summary: 'A URL is not fetched',
        detail:
          'Whoever answers there would decide who may log in, and a dry run and its run could be told different keys.',
        hint: 'Keep the keys in a file beside the runbook, where changes to them are seen:\n  src: alice.pub',
      },
    ];
  }
  const { keys, bad } = parseKeys(text);
  return [
    ...bad.map((line) => ({
      parameter: 'key',
      summary: 'Not a public key',
      detail: `"${line.slice(0, 60)}" is not [options] type base64 [comment] with a blob of that type.`,
      hint: 'Take the line as it stands in the .pub file.',
    })),
    ...(keys.length === 0 && bad.length === 0
      ? [{ parameter: 'key', summary: 'There is no key in it', hint: 'Take the line from a .pub file.' }]
      : []),
    ...contradicting(keys).map((key) => ({
      parameter: 'key',
      summary: 'The same key is given twice, with different options',
      detail: `It is ${key.type} ${key.comment}, and has one line only.`,
      hint: 'Leave one of them out.',
    })),
  ];
}
