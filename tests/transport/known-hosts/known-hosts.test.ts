import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprint } from '../../../engine/base/digest.ts';
import {
  entriesFor,
  judgeHostKey,
  keyType,
  knownNames,
  namesHost,
  parseKnownHosts,
} from '../../../engine/transport/known-hosts/known-hosts.ts';
import { appendKnownHost } from '../../../engine/transport/ssh/scan.ts';
import { scratch } from '../scratch.ts';

const directory = scratch();

function newPublicKey(type: 'ed25519' | 'ecdsa' | 'rsa'): string {
  const file = join(directory, `${type}-${Math.random()}`);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' ');
}

const [good, other, third] = [newPublicKey('ed25519'), newPublicKey('ed25519'), newPublicKey('ecdsa')];
const blob = (key: string): Buffer => Buffer.from(key.split(' ')[1] ?? '', 'base64');
const judge = (text: string, host: string, port = 22, key = good) =>
  judgeHostKey([[parseKnownHosts(text, 'known_hosts')]], knownNames(host, port, undefined), blob(key)).verdict;

test.each<[what: string, hosts: string, host: string, port: number, verdict: string]>([
  ['a plain name', 'web1', 'web1', 22, 'match'],
  ['capitals', 'WEB1', 'Web1', 22, 'match'],
  ['one of several', 'a,web1,10.0.0.1', '10.0.0.1', 22, 'match'],
  ['a port', '[web1]:2222', 'web1', 2222, 'match'],
  ['a port that is another', '[web1]:2222', 'web1', 22, 'unknown'],
  ['no port where one is wanted', 'web1', 'web1', 2222, 'match'],
  ['another name without a port', 'web2', 'web1', 2222, 'unknown'],
  ['a wildcard', '*.example.com', 'a.example.com', 22, 'match'],
  ['a wildcard of one character', 'web?', 'web12', 22, 'unknown'],
  ['a wildcard with an exception', '*.example.com,!b.example.com', 'b.example.com', 22, 'unknown'],
  ['a dot is a dot', 'a.b', 'axb', 22, 'unknown'],
  ['brackets are brackets', '[a-z]', 'b', 22, 'unknown'],
  ['a part of a name', 'web1', 'web10', 22, 'unknown'],
])('%s: %s', (_what, hosts, host, port, verdict) => {
  expect(judge(`${hosts} ${good}\n`, host, port)).toBe(verdict);
});

test.each<[what: string, text: string, verdict: string]>([
  ['another key of the kind', `web1 ${other}`, 'changed'],
  ['a key of another kind only', `web1 ${third}`, 'changed'],
  ['both', `web1 ${other}\nweb1 ${good}`, 'match'],
  ['revoked', `@revoked web1 ${good}`, 'revoked'],
  ['revoked beats pinned', `web1 ${good}\n@revoked * ${good}`, 'revoked'],
  ['another one revoked', `web1 ${good}\n@revoked * ${other}`, 'match'],
  ['an authority is no pin', `@cert-authority * ${good}`, 'unknown'],
  ['comments, blanks and Windows line ends', `# x\r\n\r\n  web1 ${good} comment here\r\n`, 'match'],
  ['a marker that does not exist', `@trusted web1 ${good}`, 'unknown'],
  ['a type that is not the key’s', `web1 ssh-rsa ${good.split(' ')[1]}`, 'unknown'],
  ['nothing', '', 'unknown'],
])('%s', (_what, text, verdict) => {
  expect(judge(text, 'web1')).toBe(verdict);
});

test('files of a group count together, the first group that knows the host decides, and any can revoke', () => {
  const group = (...texts: string[]) => texts.map((text, i) => parseKnownHosts(text, String(i)));
  const verdict = (...groups: string[][]) =>
    judgeHostKey(
      groups.map((texts) => group(...texts)),
      ['web1'],
      blob(good),
    ).verdict;
  expect(verdict([`web1 ${other}`, `web1 ${good}`])).toBe('match');
  expect(verdict([`web1 ${other}`], [`web1 ${good}`])).toBe('changed');
  expect(verdict([`web2 ${other}`], [`web1 ${good}`])).toBe('match');
  expect(verdict([`web1 ${good}`], [`@revoked * ${good}`])).toBe('revoked');
});

test('a host on a port of its own: what stands without one is only ever a yes', () => {
  expect(judge(`web1 ${other}`, 'web1', 2222)).toBe('unknown');
  expect(judge(`[web1]:2222 ${other}\nweb1 ${good}`, 'web1', 2222)).toBe('changed');
  expect(judge(`web1 ${good}\n@revoked web1 ${good}`, 'web1', 2222)).toBe('revoked');
});

test('an alias is the only name', () => {
  expect(knownNames('web1', 2222, 'Alias')).toEqual(['alias']);
});

/** A public key of a type that isn't known here: RFC 4251 strings. */
function newKind(type: string): string {
  const string = (data: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, data.length]), data]);
  return `${type} ${Buffer.concat([string(Buffer.from(type)), string(Buffer.alloc(32, 7))]).toString('base64')}`;
}

test.each(['ssh-mldsa44-ed25519', 'sk-ssh-ed25519@openssh.com', 'ssh-something-new'])(
  'a key of the type %s can’t have changed, and is named',
  (type) => {
    const files = [parseKnownHosts(`web1 ${newKind(type)}\n`, 'pins')];
    expect(judgeHostKey([files], ['web1'], blob(good))).toMatchObject({
      verdict: 'unknown',
      foreign: [{ type, file: 'pins', line: 1 }],
    });
    expect(judge(`web1 ${newKind(type)}\nweb1 ${good}`, 'web1')).toBe('match');
  },
);

test('lines that make no sense are counted, not guessed', () => {
  expect(parseKnownHosts(`web1\nweb1 ssh-ed25519 AAAA\nweb1 ${good}\n`, 'f')).toMatchObject({
    bad: [1, 2],
    entries: [{ line: 3 }],
  });
});

test('agrees with ssh-keygen -F, hashed or not', () => {
  const file = join(directory, 'agree');
  const names = [
    'web1',
    '[web1]:2222',
    'a.example.com',
    'b.example.com',
    '10.0.0.1',
    '[::1]:22',
    'nobody',
    '[web2]:22',
  ];
  writeFileSync(file, `web1,10.0.0.1 ${good}\n[web1]:2222 ${other}\n*.example.com,!b.example.com ${third}\n`);
  for (const hash of [false, true]) {
    if (hash) execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    const { entries } = parseKnownHosts(readFileSync(file, 'utf8'), file);
    for (const name of names) {
      let found = '';
      try {
        found = execFileSync('ssh-keygen', ['-F', name, '-f', file], { encoding: 'utf8' });
      } catch {} // status 1: it isn't there
      const theirs = found.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
      expect([name, entries.filter((entry) => namesHost(entry.hosts, name)).length]).toEqual([name, theirs]);
    }
  }
});

test('fingerprints and types are ssh-keygen’s', () => {
  for (const key of [good, third]) {
    const file = join(directory, 'one.pub');
    writeFileSync(file, `${key}\n`);
    expect(execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' })).toContain(` ${fingerprint(blob(key))} `);
    expect(keyType(blob(key))).toBe(key.split(' ')[0]);
  }
  expect(keyType(Buffer.from([0, 0, 0, 200, 1]))).toBe('');
});

test.each([false, true])('a key that was pinned is known to us and to ssh-keygen (hashed: %s)', async (hashed) => {
  const file = join(directory, `new-${hashed}`, 'known_hosts');
  const key = {
    name: '[web1]:2222',
    type: 'ssh-ed25519',
    key: blob(good),
  } as const;
  await appendKnownHost(file, key, hashed);
  writeFileSync(file, readFileSync(file, 'utf8').trimEnd()); // someone's editor left no line break
  await appendKnownHost(file, { ...key, name: 'web2' }, hashed);
  expect(judge(readFileSync(file, 'utf8'), 'web1', 2222)).toBe('match');
  expect(judge(readFileSync(file, 'utf8'), 'web2')).toBe('match');
  expect(execFileSync('ssh-keygen', ['-F', '[web1]:2222', '-f', file], { encoding: 'utf8' })).toContain(good);
});

test('a name has the entries whose field stands for it, in their order', () => {
  const field = fc.array(fc.constantFrom('web1', 'WEB1', 'web2', '10.0.0.1', 'web*', '?eb2', '!web1', '[web1]:2222'), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(
      fc.array(field, { maxLength: 12 }),
      fc.constantFrom('web1', 'web2', '10.0.0.1', '[web1]:2222'),
      (fields, name) => {
        const file = parseKnownHosts(fields.map((names) => `${names.join(',')} ${good}\n`).join(''), 'known_hosts');
        const expected = file.entries.filter(({ hosts }) => namesHost(hosts, name)).map(({ line }) => line);
        expect(entriesFor([[file]], name).keys.map(({ line }) => line)).toEqual(expected);
      },
    ),
  );
});
