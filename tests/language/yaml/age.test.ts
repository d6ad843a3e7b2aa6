import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { armor, Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluate, toDynamic } from '../../../engine/language/dynamic/evaluate.ts';
import { type Problem, ProblemError } from '../../../engine/language/problem/problem.ts';
import { renderProblems } from '../../../engine/language/problem/render.ts';
import type { Secret } from '../../../engine/language/value/secret.ts';
import {
  decryptSecret,
  encrypterFor,
  leftSealed,
  readAgeIdentity,
  sealedSecrets,
  secretOpener,
} from '../../../engine/language/yaml/age.ts';
import { pointed, read, scopeOf } from '../support.ts';

const CANARY = 'hunter2 with ümlauts\n';
let directory: string;
let key: string;
let other: string;
let armored: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vrun-age-'));
  key = await generateX25519Identity();
  other = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(key));
  armored = armor.encode(await encrypter.encrypt(CANARY));
});

afterAll(() => rm(directory, { recursive: true }));

const variables = () => `db:\n  password: !secret |\n    ${armored.trim().replaceAll('\n', '\n    ')}\n  host: db1\n`;

/** Reads, decrypts and evaluates a text of variables. */
async function open(text: string, keys: readonly string[]) {
  const { node, problems } = read(text);
  if (!node) throw new Error('empty');
  const known: Secret[] = [];
  const identities = keys.map((one) => ({ key: one }));
  const secrets = await secretOpener(identities, (secret) => known.push(secret)).open([node], problems);
  return { value: evaluate(toDynamic(node, problems, secrets), scopeOf({})), problems, known };
}

describe('decrypting', () => {
  test('armored text, for one of several identities', async () => {
    expect(await decryptSecret(armored, [{ key: other }, { key }])).toBe(CANARY);
    expect(await decryptSecret(`\n${armored}\n`, [{ key }])).toBe(CANARY);
  });

  test('a passphrase', async () => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase('correct horse');
    encrypter.setScryptWorkFactor(10);
    const text = armor.encode(await encrypter.encrypt('x'));
    expect(await decryptSecret(text, [{ passphrase: 'correct horse' }])).toBe('x');
    await expect(decryptSecret(text, [{ passphrase: 'wrong' }])).rejects.toThrow(
      /another identity|passphrase is wrong/,
    );
  });

  test('a secret is named after its place, and is a secret in all that uses it', async () => {
    const { value, problems } = await open(`${variables()}`, [key]);
    expect(problems).toEqual([]);
    expect(JSON.stringify(value)).toBe('{"db":{"password":"‹secret:db.password›","host":"db1"}}');
    expect(inspect(value, { depth: 9 })).not.toContain('hunter2');
  });

  test.each<[string, (text: string) => string, () => string[], RegExp]>([
    ['another identity', (text) => text, () => [other], /encrypted for another identity/],
    ['no identity', (text) => text, () => [], /no identity/],
    ['a bad identity', (text) => text, () => ['AGE-SECRET-KEY-1NONSENSE'], /not a valid age key/],
    ['no armor', () => 'db:\n  password: !secret hunter2\n', () => [key], /not armored age text/],
    ['a cut text', (text) => text.replace(/\n {4}-----END.*/, ''), () => [key], /not armored age text/],
    [
      'a changed text',
      (text) => text.replace(/(\n {4}.{20})(.)/, (_all, before, letter) => before + (letter === 'A' ? 'B' : 'A')),
      () => [key],
      /not armored|cut or changed|another identity/,
    ],
  ])('%s is a problem at the tag that leaks nothing', async (_name, change, keys, reason) => {
    const { problems } = await open(change(variables()), keys());
    expect(problems.map((problem) => [problem.code, pointed(problem)])).toEqual([
      ['secret-unreadable', '2:13 !secret'],
    ]);
    const shown = renderProblems(problems, { color: false }) + inspect(problems, { depth: 9 });
    expect(shown).toMatch(reason);
    expect(shown).toContain('db.password');
    for (const hidden of ['hunter2', key, other, 'AGE-SECRET-KEY-1N']) expect(shown).not.toContain(hidden);
  });

  test('all of a document, wherever they stand', async () => {
    const { node } = read('a: !secret x\nb: [1, { c: !secret y }]\n');
    expect(node && sealedSecrets(node).map(({ name }) => name)).toEqual(['a', 'b.1.c']);
    if (!node) throw new Error('empty');
    const problems: Problem[] = [];
    const sealed = await leftSealed(() => undefined).open([node], problems);
    const value = evaluate(toDynamic(node, problems, sealed), scopeOf({}));
    expect([JSON.stringify(value), problems]).toEqual(['{"a":"‹secret:a›","b":[1,{"c":"‹secret:b.1.c›"}]}', []]);
  });
});

describe('recipients', () => {
  test('post-quantum and classic ones are not taken together', async () => {
    const hybrid = await generateHybridIdentity();
    const [classic, another, quantum] = await Promise.all([key, other, hybrid].map(identityToRecipient));
    const encrypt = async (...recipients: (string | undefined)[]) =>
      (await encrypterFor(recipients.flatMap((one) => one ?? [])))('x');
    expect(await decryptSecret(await encrypt(quantum), [{ key: hybrid }])).toBe('x');
    expect(await decryptSecret(await encrypt(classic, another), [{ key: other }])).toBe('x');
    for (const both of [
      [classic, quantum],
      [quantum, another, classic],
    ]) {
      await expect(encrypt(...both)).rejects.toThrow('both kinds');
    }
    await expect(encrypt('age1nothing')).rejects.toThrow('no age recipient');
  });
});

describe('identity files', () => {
  const identity = async (text: string) => {
    const file = join(directory, 'identity');
    await writeFile(file, text);
    return readAgeIdentity(file);
  };

  test('as age-keygen writes them', async () => {
    expect(await identity(`# created: 2026-11-22\n# public key: age1…\n${key}\n\n${other}\r\n`)).toEqual([
      { key },
      { key: other },
    ]);
  });

  test("a plugin's key beside a good one is passed over", async () => {
    const plugin = 'AGE-PLUGIN-YUBIKEY-1QYQSZQGPQYQSZQGPQYQSZQGP';
    expect(await identity(`${plugin}\n${key}\n`)).toEqual([{ key }]);
    await expect(identity(`${plugin}\n`)).rejects.toThrow('keys of plugins alone');
    await expect(identity(`${key}\n${plugin}\nhunter2\n`)).rejects.toThrow('no age key, in line 3');
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['an empty one', () => identity('# nothing\n'), 'secret-unreadable'],
    ['something else', () => identity('hunter2\n'), 'secret-unreadable'],
    ['none', () => readAgeIdentity(join(directory, 'none')), 'file-missing'],
    ['a directory', () => readAgeIdentity(directory), 'file-unreadable'],
  ])('%s is a problem', async (_name, run, code) => {
    const error = await run().catch((thrown: unknown) => thrown);
    if (!(error instanceof ProblemError)) throw error;
    expect(error.problems.map((problem) => problem.code)).toEqual([code]);
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  });
});
