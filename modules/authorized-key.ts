// The SSH keys that may log in as a user.
import { defineModule, Missing, pathThing, presence, Type, things } from '../engine/module/index.ts';
import {
  freshKeys,
  type KeysWant,
  parseKeyStates,
  pendingKeys,
  planKeys,
  probeKeys,
} from '../engine/module/resources/authorized-keys.ts';
import { parseKeys } from '../engine/module/resources/key-lines.ts';
import { checkPaths, hasControl, parentOf } from '../engine/module/resources/path.ts';

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
`,
  params: Type.Object({
    user: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$', description: 'Whose keys they are' }),
    key: Type.String({ minLength: 1, description: 'Public keys as in a .pub file, one a line' }),
    ...presence,
    exclusive: Type.Boolean({ default: false, description: 'Remove every other key' }),
    path: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'File to use in place of ~/.ssh/authorized_keys; its directory has to exist',
      }),
    ),
    options: Type.Optional(Type.String({ minLength: 1, description: 'Options before each key, such as restrict' })),
  }),

  checkParams: (params) => {
    const { key, options, exclusive, state } = params;
    const { keys, bad } = typeof key === 'string' ? parseKeys(key) : { keys: undefined, bad: [] };
    return [
      ...checkPaths(params, ['path']),
      ...bad.map((line) => ({
        parameter: 'key',
        summary: 'Not a public key',
        detail: `"${line.slice(0, 60)}" is not [options] type base64 [comment] with a blob of that type.`,
        hint: 'Take the line as it stands in the .pub file.',
      })),
      ...(keys?.length === 0 && bad.length === 0
        ? [{ parameter: 'key', summary: 'There is no key in it', hint: 'Take the line from a .pub file.' }]
        : []),
      ...(typeof options === 'string' && hasControl(options)
        ? [
            {
              parameter: 'options',
              summary: 'Options must not hold control characters',
              hint: 'Write them on one line.',
            },
          ]
        : []),
      ...(exclusive === true && state === 'absent'
        ? [{ parameter: 'exclusive', summary: 'exclusive is for keys that are present', hint: 'Leave exclusive out.' }]
        : []),
    ];
  },

  prepare: (params): KeysWant => {
    const { user, state, exclusive, path, options } = params;
    const { keys } = parseKeys(params.key);
    const withOptions = options === undefined ? keys : keys.map((key) => ({ ...key, options }));
    return { user, state, exclusive, path, keys: withOptions };
  },

  probeMany: (wants) => probeKeys(wants),
  parseMany: (out, wants) =>
    parseKeyStates(out, wants).map((state, index) => {
      const { user = '', path } = wants[index] ?? {};
      // ~/.ssh is made, but not the home, nor a directory that is somebody else's.
      const above = path === undefined ? parentOf(parentOf(state?.path ?? '')) : parentOf(path);
      const there = path === undefined ? state?.hasHome : state?.directory !== undefined;
      if (state && !there && !state.hidden && wants[index]?.state === 'present')
        return new Missing([`path:${above}`], state);
      return state ?? new Missing([`user:${user}`], freshKeys(user, undefined, path));
    }),

  pending: (have, _want, foreseen) => pendingKeys(have, foreseen),

  about: ({ user, path }) => [...things('keys of', user), ...pathThing(path)],
  looksAt: ({ user }) => things('user', user),
  plan: (have, want) => ({ ...planKeys(have, want), result: { user: want.user, keyfile: have.path } }),
});
