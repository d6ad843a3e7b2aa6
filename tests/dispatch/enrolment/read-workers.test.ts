// workers.yml: what is read of it, and everything that is wrong in it at once.
import { generateHybridIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { readWorkers } from '../../../engine/dispatch/enrolment/read-workers.ts';
import { entryText, type Worker } from '../../../engine/dispatch/enrolment/worker.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import { renderProblems } from '../../../engine/language/problem/render.ts';
import { newIdentity } from '../../../engine/language/yaml/age.ts';
import { type MadeWorker, makeWorker } from './workers.ts';

let one: MadeWorker;
let two: MadeWorker;
beforeAll(async () => {
  [one, two] = [await makeWorker('eu-1', 'eu'), await makeWorker('us-1', 'us', '2026-06-01T00:00:00Z')];
});

async function read(text: string) {
  const problems: Problem[] = [];
  const workers = await readWorkers('workers.yml', text, problems);
  const told = problems.map(({ summary, at }) => `${at?.line}:${at?.column} ${summary}`);
  return { workers, problems, told, shown: renderProblems(problems, { color: false }) };
}

test('what is written is read again, in its order', async () => {
  const { workers, told } = await read(`# ours\n${entryText(one)}\n${entryText(two)}`);
  expect(told).toEqual([]);
  expect(workers.map(entryText)).toEqual([entryText(one), entryText(two)]);
  expect(workers.map(({ at }) => at.line)).toEqual([2, 9]);
  expect(workers.map(({ revoked }) => revoked)).toEqual([undefined, '2026-06-01T00:00:00Z']);
});

test.each(['', '# nothing yet\n', '---\n', '~\n'])('%j has none', async (text) => {
  expect(await read(text)).toMatchObject({ workers: [], told: [] });
});

test('any name and region survive', async () => {
  const name = fc.oneof(
    fc.stringMatching(/^[a-z0-9-]{1,32}$/),
    fc.constantFrom('null', 'true', 'no', 'y', '1', '0x1f', '1e3', '-', '--', '---', '-1', '0777', '1-2'),
  );
  await fc.assert(
    fc.asyncProperty(name, name, async (called, region) => {
      const worker: Worker = { ...one, name: called, region };
      const { workers, told } = await read(`${entryText(worker)}`);
      expect(told).toEqual([]);
      expect(workers.map((each) => [each.name, each.region])).toEqual([[called, region]]);
    }),
  );
});

test('a region that YAML takes for a number or a boolean is one, too', async () => {
  const { workers, told } = await read(entryText(one).replace('region: eu', 'region: 0x10'));
  expect([told, workers[0]?.region]).toEqual([[], '0x10']);
});

describe('everything that is wrong is told at once', () => {
  test.each<[string, (entry: string) => string, readonly string[]]>([
    ['a list', () => '- eu-1\n', ['1:1 Workers are a map of names']],
    ['text', () => 'eu-1\n', ['1:1 Workers are a map of names']],
    ['a worker that is text', () => 'eu-1: x\n', ['1:7 The worker ‹eu-1› must be a map']],
    ['an empty one', () => 'eu-1:\n', ['1:6 The worker ‹eu-1› must be a map']],
    ['nothing in it', () => 'eu-1: {}\n', ['1:1 The worker ‹eu-1› lacks region, age, ssh, nats, enrolled']],
    ['a name', (entry) => entry.replace('eu-1', 'EU.1'), ['1:1 ‹EU.1› can’t be the name of a worker']],
    ['a region', (entry) => entry.replace('region: eu', 'region: eu.>'), ['2:11 This is no ‹region› of a worker']],
    [
      'a list as region',
      (entry) => entry.replace('region: eu', 'region: [eu]'),
      ['2:11 This is no ‹region› of a worker'],
    ],
    ['no region', (entry) => entry.replace('region: eu', 'region:'), ['2:10 This is no ‹region› of a worker']],
    [
      'a field',
      (entry) => entry.replace('region', 'regoin'),
      ['1:1 The worker ‹eu-1› lacks region', '2:3 A worker has no ‹regoin›'],
    ],
    ['age', (entry) => entry.replace(/age1./, 'age1b'), ['3:8 This is no ‹age› of a worker']],
    ['ssh', (entry) => entry.replace('ssh-ed25519 AAAA', 'ssh-rsa AAAA'), ['4:8 This is no ‹ssh› of a worker']],
    ['ssh that is cut', (entry) => entry.replace(/(ssh-ed25519 .{40}).*/, '$1'), ['4:8 This is no ‹ssh› of a worker']],
    ['nats', (entry) => entry.replace(/nats: U./, 'nats: U7'), ['5:9 This is no ‹nats› of a worker']],
    ['enrolled', (entry) => entry.replace('09:30', '29:30'), ['6:13 This is no ‹enrolled› of a worker']],
    ['revoked', (entry) => `${entry}  revoked: true\n`, ['7:12 This is no ‹revoked› of a worker']],
    ['twice', (entry) => entry + entry, ['7:1 The key ‹eu-1› stands here twice']],
    [
      'the same keys',
      (entry) => entry + entry.replace('eu-1', 'eu-2'),
      ['age', 'ssh', 'nats'].map((key) => `7:1 The workers ‹eu-1› and ‹eu-2› have the same ${key} key`),
    ],
    [
      'several things',
      (entry) => `${entry.replace('region: eu', 'region: E')}x: 1\n`,
      ['2:11 This is no ‹region› of a worker', '7:4 The worker ‹x› must be a map'],
    ],
  ])('%s', async (_, edit, expected) => {
    const { told, problems } = await read(edit(entryText(one)));
    expect(told.toSorted()).toEqual(expected.toSorted());
    expect(problems.every(({ hint }) => hint !== undefined)).toBe(true);
  });

  test('what is meant by a word is suggested', async () => {
    expect((await read(entryText(one).replace('region', 'regoin'))).shown).toContain('Did you mean ‹region›?');
  });

  test('a worker whose revocation can’t be read takes no part', async () => {
    expect((await read(`${entryText(one)}  revoked: yesterday\n`)).workers).toEqual([]);
  });

  test('a post-quantum recipient can’t be among classic ones', async () => {
    const recipient = await identityToRecipient(await generateHybridIdentity());
    expect((await read(entryText({ ...one, age: recipient }))).told).toEqual(['3:8 This is no ‹age› of a worker']);
  });
});

test('a private key is told, and never shown', async () => {
  const { key } = await newIdentity();
  for (const [field, secret] of [
    ['age', key],
    ['nats', one.seed],
  ] as const) {
    const { shown, told } = await read(entryText({ ...one, [field]: secret }));
    expect(told[0]).toContain(`A private key stands as ‹${field}›`);
    expect(shown).toContain('Make new keys');
    expect(shown).not.toContain(secret);
  }
});

test('thousands are read in no time', async () => {
  const entry = entryText(one);
  const text = Array.from({ length: 3000 }, (_, index) => entry.replace('eu-1', `w${index}`)).join('');
  const begun = performance.now();
  expect((await read(text)).told).toHaveLength(3 * 2999);
  expect(performance.now() - begun).toBeLessThan(30_000);
});
