// A worker's own keys: made once, private, readable by the stock tools.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isPublicNkey } from '../../../engine/dispatch/enrolment/nkey.ts';
import { enrolledAs, keyFiles, makeOwnKeys, readOwnKeys } from '../../../engine/dispatch/enrolment/own-keys.ts';
import { newRunKey, unwrap, wrap } from '../../../engine/dispatch/seal/run-key.ts';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { publicKeyLine } from '../../../engine/signature/public-key.ts';

let above: string;
let directory: string;
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'vrun-own-keys-'));
  directory = join(above, 'a/worker');
});
afterEach(() => rmSync(above, { recursive: true }));
const read = (file: string) => readFileSync(file, 'utf8');

test('are private files in a private directory, and are never overwritten', async () => {
  const files = Object.values(keyFiles(directory));
  expect(await makeOwnKeys(directory, 'eu-1')).toEqual(files);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  const before = files.map(read);
  expect(await makeOwnKeys(directory, 'eu-2')).toEqual([]);
  expect(files.map(read)).toEqual(before);
  rmSync(keyFiles(directory).seed);
  expect(await makeOwnKeys(directory, 'eu-1')).toEqual([keyFiles(directory).seed]);
});

test('two that are made at once are one', async () => {
  const made = await Promise.all([makeOwnKeys(directory, 'a'), makeOwnKeys(directory, 'b')]);
  expect(made.flat().toSorted()).toEqual(Object.values(keyFiles(directory)).toSorted());
});

test('open, sign and log in', async () => {
  await makeOwnKeys(directory, 'eu-1');
  const keys = await readOwnKeys(directory);
  const runKey = newRunKey();
  const unwrapped = await unwrap(await wrap(runKey, [keys.age]), keys.identity);
  expect(unwrapped.secret.equals(runKey.secret)).toBe(true);
  const stock = execFileSync('ssh-keygen', ['-y', '-f', keyFiles(directory).signingKey], { encoding: 'utf8' });
  expect(stock.trim()).toBe(`${publicKeyLine(keys.signingKey.publicKey.blob)} eu-1`);
  expect(await isPublicNkey(keys.nats)).toBe(true);
  expect(enrolledAs(keys, 'eu-1', 'eu')).toMatchObject({ name: 'eu-1', region: 'eu', revoked: undefined });
});

test('print as nothing', async () => {
  await makeOwnKeys(directory, 'eu-1');
  const keys = await readOwnKeys(directory);
  const shown = `${inspect(keys, { depth: 9 })}${JSON.stringify(keys)}`;
  expect(shown).toContain('‹secret:');
  expect(shown).not.toMatch(/AGE-SECRET|SU[A-Z2-7]{56}/);
});

test('when they were made is what the identity says, as age-keygen writes it, too; else the time of the file', async () => {
  await makeOwnKeys(directory, 'eu-1');
  const { identity } = keyFiles(directory);
  const key = /AGE-SECRET.*/.exec(read(identity))?.[0] ?? '';
  writeFileSync(identity, `# created: 2026-05-01T11:30:00+02:00\n${key}\n`);
  expect((await readOwnKeys(directory)).made).toBe('2026-05-01T09:30:00Z');
  writeFileSync(identity, `${key}\n`);
  expect((await readOwnKeys(directory)).made).toBe(statSync(identity).mtime.toISOString().replace(/\.\d+/, ''));
});

const refusal = async () => {
  const error: unknown = await readOwnKeys(directory).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProblemError)) throw error;
  return error.problems;
};

test('what is missing is told for all of them, with what makes it', async () => {
  const problems = await refusal();
  expect(problems).toHaveLength(3);
  for (const { hint } of problems) expect(hint).toContain('vrun worker enroll');
});

test('what is no key is told, and never shown', async () => {
  await makeOwnKeys(directory, 'eu-1');
  for (const file of Object.values(keyFiles(directory))) writeFileSync(file, 'hunter2-hunter2\n');
  const problems = await refusal();
  expect(problems.map(({ code }) => code)).toEqual(['secret-unreadable', 'signer', 'enrolment']);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test.each([
  [
    'RSA',
    () => execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '1024', '-N', '', '-f', 'rsa'], { cwd: above }),
    'rsa',
  ],
  [
    'one with a passphrase',
    () => execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', 'locked'], { cwd: above }),
    'locked',
  ],
])('a signing key that is %s is refused', async (_, make, name) => {
  await makeOwnKeys(directory, 'eu-1');
  make();
  writeFileSync(keyFiles(directory).signingKey, read(join(above, name)));
  expect(await refusal()).toHaveLength(1);
});
