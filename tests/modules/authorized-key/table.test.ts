import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatKey, keyFingerprint, parseKeyLine, parseKeys } from '../../../engine/resources/ssh-keys/lines.ts';
import authorizedKey from '../../../modules/authorized-key/authorized-key.ts';
import { bind, output } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { ALICE, BOB, CAROL } from '../harness/keys.ts';
import { table } from '../harness/table.ts';

const path = '/home/ops/.ssh/authorized_keys';
const own = { uid: 1000, gid: 1000, owner: 'ops', group: 'ops' };
const directory = entry({ ...own, kind: 'directory', mode: 0o700 });
const absent = { path, owner: '1000', group: '1000', hasHome: true, directory: undefined, file: undefined, text: '' };
const has = (text: string, given: Parameters<typeof entry>[0] = {}) => ({
  ...absent,
  directory,
  file: entry({ ...own, mode: 0o600, ...given }),
  text,
});
const named = (words: string) => expect.stringMatching(new RegExp(`^${words}`.replaceAll('+', '\\+')));
const write = (text: string) => `  > ${path} 0600 1000:1000 ${JSON.stringify(text)}`;

table(authorizedKey, [
  {
    title: 'the first key',
    params: { user: 'ops', key: ALICE },
    have: absent,
    changes: [
      named('+ authorized keys of ops: + alice@example SHA256:'),
      '  $ mkdir -m 00700 -- /home/ops/.ssh &&',
      '  $ chown -h -- 1000:1000 /home/ops/.ssh &&',
      '  $ chmod -- 00700 /home/ops/.ssh',
      write(`${ALICE}\n`),
      '  = path:/home/ops/.ssh',
      `  = path:${path}`,
    ],
    result: { user: 'ops', keyfile: path },
  },
  {
    title: 'a key that is there',
    params: { user: 'ops', key: ALICE },
    have: has(`# mine\n${BOB}\n${ALICE}`),
    changes: [],
  },
  {
    title: 'a comment that was left out does not matter',
    params: { user: 'ops', key: ALICE.replace(' alice@example', '') },
    have: has(`${ALICE}\n`),
    changes: [],
  },
  {
    title: 'another comment is written in place',
    params: { user: 'ops', key: ALICE },
    have: has(`${ALICE.replace('alice@', 'old@')}\n${BOB}\n`),
    changes: [named('~ authorized keys of ops: ~ alice@example'), write(`${ALICE}\n${BOB}\n`)],
  },
  {
    title: 'options are part of the line',
    params: { user: 'ops', key: ALICE, options: 'restrict,command="/bin/a b"' },
    have: has(`no-pty ${ALICE}\n`),
    changes: [named('~ authorized keys'), write(`restrict,command="/bin/a b" ${ALICE}\n`)],
  },
  {
    title: 'several keys in one text, a comment between',
    params: { user: 'ops', key: `${ALICE}\n# and\n\n${BOB}\n` },
    have: has(`${BOB}\n`),
    changes: [named('~ authorized keys of ops: + alice@example'), write(`${BOB}\n${ALICE}\n`)],
  },
  {
    title: 'exclusive removes other keys and what is no key, and leaves comments',
    params: { user: 'ops', key: ALICE, exclusive: true },
    have: has(`# mine\n${CAROL}\n${ALICE}\nrubbish\n`),
    changes: [
      named('~ authorized keys of ops: - carol SHA256:.*, - a line that is no key'),
      write(`# mine\n${ALICE}\n`),
    ],
  },
  {
    title: 'a key that goes, with whatever options and comment',
    params: { user: 'ops', key: ALICE, state: 'absent' },
    have: has(`restrict ${ALICE}x\n${BOB}\n`),
    changes: [named('~ authorized keys of ops: - alice@examplex'), write(`${BOB}\n`)],
  },
  {
    title: 'a key that stands twice, restricted and free, gets the options that are wanted, once',
    params: { user: 'ops', key: ALICE, options: 'from="10.0.0.1",restrict', exclusive: true },
    have: has(`from="10.9.9.9" ${ALICE}\n${ALICE}\n`),
    changes: [
      named('~ authorized keys of ops: ~ alice@example SHA256:.*, - alice@example SHA256:.*, which stands there twice'),
      write(`from="10.0.0.1",restrict ${ALICE}\n`),
    ],
  },
  ...(
    [
      ['first', `restrict ${ALICE}\n${BOB}\n${ALICE}\n${ALICE} other\n`, `restrict ${ALICE}\n${BOB}\n`],
      ['last', `${ALICE}\n${BOB}\nrestrict ${ALICE} other\n`, `restrict ${ALICE}\n${BOB}\n`],
      ['by another name of its type', `restrict ${BOB}\n${BOB.replace('ssh-rsa', 'rsa')}\n`, undefined],
    ] as const
  ).map(([place, before, after]) => ({
    title: `a restriction that stands ${place} is never lost`,
    params: { user: 'ops', key: after === undefined ? BOB : ALICE },
    have: has(before),
    changes: [named('~ authorized keys of ops'), write(after ?? `restrict ${BOB}\n`)],
  })),
  {
    title: 'without options wanted those that stand there stay',
    params: { user: 'ops', key: ALICE },
    have: has(`from="10.9.9.9" ${ALICE}\n`),
    changes: [],
  },
  {
    title: 'options are taken away by an empty text',
    params: { user: 'ops', key: ALICE, options: '' },
    have: has(`from="10.9.9.9" ${ALICE}\n`),
    changes: [named('~ authorized keys'), write(`${ALICE}\n`)],
  },
  {
    title: 'a key with two restrictions, of which nobody says which it shall have',
    params: { user: 'ops', key: ALICE },
    have: has(`from="10.9.9.9" ${ALICE}\ncommand="/bin/a" ${ALICE}\n`),
    changes: [],
    failure: /stands there with different restrictions/,
  },
  {
    title: 'a key that signs certificates is another thing than one that logs in',
    params: { user: 'ops', key: ALICE },
    have: has(`cert-authority ${ALICE}\n`),
    changes: [named('~ authorized keys of ops: + alice'), write(`cert-authority ${ALICE}\n${ALICE}\n`)],
  },
  {
    title: 'every line of a key that goes',
    params: { user: 'ops', key: ALICE, state: 'absent' },
    have: has(`${ALICE}\n${BOB}\nrestrict ${ALICE}\n`),
    changes: [named('~ authorized keys of ops: - alice.*, - alice'), write(`${BOB}\n`)],
  },
  {
    title: 'a comment of the task',
    params: { user: 'ops', key: `${ALICE}`, comment: 'of the laptop' },
    have: has(`${ALICE}\n`),
    changes: [
      named('~ authorized keys of ops: ~ of the laptop'),
      write(`${ALICE.replace('alice@example', 'of the laptop')}\n`),
    ],
  },
  {
    title: 'keys of a file on the controller',
    params: { user: 'ops', src: 'team.pub' },
    local: { 'team.pub': `# the team\n${ALICE}\n${BOB}\n` },
    have: has(`${BOB}\n`),
    changes: [named('~ authorized keys of ops: + alice'), write(`${BOB}\n${ALICE}\n`)],
  },
  {
    title: 'a file on the controller that holds something else',
    params: { user: 'ops', src: 'team.pub' },
    local: { 'team.pub': `${ALICE}\nalice@laptop\n` },
    have: has(''),
    changes: [],
    failure: 'Not a public key',
  },
  {
    title: 'a directory of a file of its own, if that is asked for',
    params: { user: 'ops', key: ALICE, path: '/etc/ssh/keys/ops', manage_dir: true },
    have: { ...absent, path: '/etc/ssh/keys/ops' },
    changes: [
      named('+ authorized keys of ops'),
      '  $ mkdir -m 00700 -- /etc/ssh/keys &&',
      '  $ chown -h -- 1000:1000 /etc/ssh/keys &&',
      '  $ chmod -- 00700 /etc/ssh/keys',
      `  > /etc/ssh/keys/ops 0600 1000:1000 ${JSON.stringify(`${ALICE}\n`)}`,
      '  = path:/etc/ssh/keys',
      '  = path:/etc/ssh/keys/ops',
    ],
  },
  {
    title: 'a key that goes from a file whose user is gone: the file keeps its owner',
    params: { user: 'gone', key: ALICE, state: 'absent', path: '/etc/ssh/keys/gone' },
    have: { ...has(`${ALICE}\n${BOB}\n`), path: '/etc/ssh/keys/gone', owner: undefined, group: undefined },
    changes: [named('~ authorized keys of gone: - alice'), `  > /etc/ssh/keys/gone 0600 ${JSON.stringify(`${BOB}\n`)}`],
  },
  { title: 'a key that is gone', params: { user: 'ops', key: ALICE, state: 'absent' }, have: absent, changes: [] },
  {
    title: 'modes and owner that sshd would refuse',
    params: { user: 'ops', key: ALICE },
    have: { ...has(`${ALICE}\n`, { mode: 0o664, uid: 0, owner: 'root' }), directory: { ...directory, mode: 0o775 } },
    changes: [
      '~ authorized keys of ops: mode 0775, mode 0664, owner root → mode 0700, mode 0600, owner 1000',
      '  $ chmod -- 00700 /home/ops/.ssh',
      `  $ chown -h -- 1000 ${path} &&`,
      `  $ chmod -- 00600 ${path}`,
    ],
  },
  {
    title: 'a link in place of the file is not followed',
    params: { user: 'ops', key: ALICE },
    have: has('', { kind: 'link', target: '/root/.ssh/authorized_keys' }),
    changes: [],
    failure: 'is a symbolic link',
  },
  {
    title: 'neither is one in place of the directory',
    params: { user: 'ops', key: ALICE },
    have: { ...absent, directory: entry({ kind: 'link', target: '/root/.ssh' }) },
    changes: [],
    failure: '.ssh is a symbolic link',
  },
  {
    title: 'a file of another encoding is left alone',
    params: { user: 'ops', key: ALICE },
    have: has('# \ufffd\n'),
    changes: [],
    failure: 'not UTF-8',
  },
  {
    title: 'a file of its own leaves the directory alone',
    params: { user: 'ops', key: ALICE, path: '/etc/ssh/keys/ops' },
    have: { ...absent, path: '/etc/ssh/keys/ops', directory: entry({ kind: 'directory', mode: 0o755 }) },
    changes: [
      named('+ authorized keys of ops'),
      `  > /etc/ssh/keys/ops 0600 1000:1000 ${JSON.stringify(`${ALICE}\n`)}`,
      '  = path:/etc/ssh/keys/ops',
    ],
  },
]);

test.each([
  ['ssh-ed25519 AAAA alice'],
  [ALICE.replace('ssh-ed25519', 'ssh-rsa')],
  [ALICE.slice(0, 30)],
  ['-----BEGIN OPENSSH PRIVATE KEY-----'],
  ['# only a comment'],
])('no key: %s', (key) => {
  expect(() => bind(authorizedKey, { user: 'ops', key })).toThrow(/Not a public key|no key in it/);
});

test.each([
  [{ key: 'https://example.com/alice.keys' }, 'A URL is not fetched'],
  [{ key: `${ALICE}\nrestrict ${ALICE}` }, 'given twice, with different options'],
  [{ key: ALICE, src: 'alice.pub' }, 'say the same'],
  [{}, 'needs a key'],
  [{ key: ALICE, comment: `x\n${BOB}` }, 'one line'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(authorizedKey, { user: 'ops', ...params })).toThrow(words);
});

test('a key of a type that OpenSSH may only learn tomorrow', () => {
  const type = 'ssh-mldsa44-ed25519';
  const blob = Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type), Buffer.alloc(40, 7)]);
  const line = `${type} ${blob.toString('base64')} pq`;
  expect(() => bind(authorizedKey, { user: 'ops', key: line })).not.toThrow();
});

test('a user who is gone has no keys left to take away', () => {
  const want = bind(authorizedKey, { user: 'gone', key: ALICE, state: 'absent' });
  const [have] = authorizedKey.parse(output({ stdout: '@accounts\n@keys\n=~gone/.ssh/authorized_keys\n@keysend\n' }), [
    want,
  ]);
  expect(authorizedKey.plan(have, want).changes).toEqual([]);
});

describe('lines of authorized_keys', () => {
  test.each([
    [`restrict ${ALICE}`, 'restrict', 'alice@example'],
    [`command="echo \\"a b\\" # c",no-pty ${BOB}`, 'command="echo \\"a b\\" # c",no-pty', 'bob@example'],
    [`  ${CAROL}  `, '', 'carol'],
    [`${ALICE} with spaces`, '', 'alice@example with spaces'],
  ])('%s', (line, options, comment) => {
    expect(parseKeyLine(line)).toMatchObject({ options, comment });
  });

  test('whatever is read is written the same way', () => {
    const option = fc.constantFrom('restrict', 'no-pty', 'command="a \\"b\\" c"', 'from="10.0.0.0/8,!10.1.1.1"');
    fc.assert(
      fc.property(fc.constantFrom(ALICE, BOB, CAROL), fc.uniqueArray(option), (key, options) => {
        const line = [...(options.length > 0 ? [options.join(',')] : []), key].join(' ');
        const parsed = parseKeyLine(line);
        expect(parsed && formatKey(parsed)).toBe(line);
      }),
    );
  });

  test('any text gives keys and bad lines, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { keys, bad } = parseKeys(text);
        expect(keys.length + bad.length).toBeLessThanOrEqual(text.split('\n').length);
      }),
    );
  });

  test('the keyFingerprint is that of ssh-keygen', () => {
    for (const key of [ALICE, BOB, CAROL]) {
      const { stdout } = spawnSync('ssh-keygen', ['-l', '-f', '-'], { input: `${key}\n`, encoding: 'utf8' });
      const parsed = parseKeyLine(key);
      expect(parsed && keyFingerprint(parsed)).toBe(stdout.split(' ')[1]);
    }
  });
});
