// workers.yml as it is edited: what was there stays to the byte, and what can't be edited is refused with what to write.
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { entryText, type Worker } from '../../../engine/dispatch/enrolment/worker.ts';
import { addWorkers, readWorkersFile, revokeWorker } from '../../../engine/dispatch/enrolment/workers-file.ts';
import { publicKeyLine } from '../../../engine/signature/public-key.ts';
import { problemOf } from '../problem-of.ts';
import { type MadeWorker, makeWorker } from './workers.ts';

let one: MadeWorker;
let two: MadeWorker;
let three: MadeWorker;
beforeAll(async () => {
  [one, two, three] = [await makeWorker('eu-1', 'eu'), await makeWorker('us-1', 'us'), await makeWorker('us-2', 'us')];
});
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vrun-workers-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const path = () => join(directory, 'workers.yml');
const text = () => readFileSync(path(), 'utf8');
const write = (content: string) => writeFileSync(path(), content);
const file = () => readWorkersFile(path(), directory);
const add = async (...workers: readonly Worker[]) => addWorkers(await file(), workers);
const flow = ({ name, region, age, ssh, nats, enrolled }: Worker) =>
  `${name}: { region: ${region}, age: ${age}, ssh: "${publicKeyLine(ssh.blob)}", nats: ${nats}, enrolled: ${enrolled} } # flow\n`;

describe('add', () => {
  test('makes the file, with a word of what it is', async () => {
    expect(await add(one)).toEqual([one]);
    expect(text()).toMatch(/^# Who may take part.*\n# .*\n\neu-1:\n {2}region: eu\n/);
    expect(statSync(path()).mode & 0o777).toBe(0o644);
    expect(readdirSync(directory)).toEqual(['workers.yml']);
    expect((await file()).workers.map(entryText)).toEqual([entryText(one)]);
  });

  test('keeps every byte of what is there, and its mode', async () => {
    const before = `# ours\n${flow(one)}\n\n# the other coast\n${entryText(two).replace('region: us', "region:   'us'   # west")}`;
    write(before);
    chmodSync(path(), 0o640);
    await add(three);
    expect(text()).toBe(`${before}\n${entryText(three)}`);
    expect(statSync(path()).mode & 0o777).toBe(0o640);
  });

  test.each<[string, string, string]>([
    ['an empty file', '', ''],
    ['comments alone', '# ours', '# ours\n\n'],
    ['no line break at its end', '# ours\n---', '# ours\n---\n\n'],
  ])('%s', async (_, before, expected) => {
    write(before);
    await add(one);
    expect(text()).toBe(expected + entryText(one));
  });

  test('twice is once', async () => {
    await add(one);
    const before = text();
    expect(await add(one)).toEqual([]);
    expect(text()).toBe(before);
  });

  test('a link stays one', async () => {
    writeFileSync(join(directory, 'real.yml'), '');
    symlinkSync('real.yml', path());
    await add(one);
    expect(lstatSync(path()).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(directory, 'real.yml'), 'utf8')).toBe(entryText(one));
  });

  test.each<[string, () => Worker, RegExp]>([
    ['other keys', () => ({ ...three, name: 'eu-1' }), /There is a worker ‹eu-1› with other keys/],
    ['one other key', () => ({ ...one, nats: three.nats }), /There is a worker ‹eu-1› with other keys/],
    ['another region', () => ({ ...one, region: 'us' }), /There is a worker ‹eu-1› of the region ‹eu›/],
    ['a revoked one', () => ({ ...two, name: 'us-1' }), /that was revoked at 2026-07-01/],
    ['keys of another', () => ({ ...three, ssh: one.ssh }), /has the same ssh key as the worker ‹eu-1›/],
    ['keys of a revoked one', () => ({ ...three, nats: two.nats }), /has the same nats key as the worker ‹us-1›/],
  ])('refuses %s, and says what to do', async (_, worker, summary) => {
    write(entryText(one) + entryText({ ...two, revoked: '2026-07-01T00:00:00Z' }));
    const before = text();
    const problem = await problemOf(() => add(worker()));
    expect(problem).toMatchObject({
      code: 'enrolment',
      summary: expect.stringMatching(summary),
      hint: expect.any(String),
    });
    expect(text()).toBe(before);
  });

  test.each(['{}\n', '--- {}\n', '{}\n...\n'])('%j can’t be added to: what to write is told', async (before) => {
    write(before);
    const problem = await problemOf(() => add(one));
    expect(problem).toMatchObject({ summary: expect.stringContaining("can't be added to") });
    expect(problem.hint).toContain('    eu-1:\n      region: eu\n');
    expect(text()).toBe(before);
  });
});

describe('revoke', () => {
  const revoke = async (name: string) => revokeWorker(await file(), name);

  test('adds one line behind the worker’s fields, and nothing else', async () => {
    const before = `# ours\n${entryText(one)}  # kept\n\n${entryText(two)}`;
    write(before);
    const { time, now } = await revoke('eu-1');
    expect([now, time]).toEqual([true, expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)]);
    expect(text()).toBe(`# ours\n${entryText(one)}  revoked: ${time}\n  # kept\n\n${entryText(two)}`);
    expect(await revoke('eu-1')).toEqual({ time, now: false });
    await revoke('us-1');
    expect((await file()).workers.every(({ revoked }) => revoked !== undefined)).toBe(true);
  });

  test('one that is written in braces, in four spaces, with Windows’ line breaks, without a last one', async () => {
    write(
      flow(one) + entryText(two).replaceAll(/^ {2}/gm, '    ').replaceAll('\n', '\r\n') + entryText(three).trimEnd(),
    );
    const first = await revoke('eu-1');
    const second = await revoke('us-1');
    const third = await revoke('us-2');
    expect(text()).toBe(
      flow(one).replace(' } #', `, revoked: ${first.time} } #`) +
        `${entryText(two)}  revoked: ${second.time}\n`.replaceAll(/^ {2}/gm, '    ').replaceAll('\n', '\r\n') +
        `${entryText(three)}  revoked: ${third.time}`,
    );
  });

  test('what is written in a way that can’t be edited stays, and what to write is told', async () => {
    const before = entryText(one).replace(/enrolled: (.*)/, 'enrolled: >-\n    $1');
    write(before);
    const problem = await problemOf(() => revoke('eu-1'));
    expect(problem.hint).toMatch(/by hand.*\n {4}eu-1:\n {6}revoked: /);
    expect(text()).toBe(before);
  });

  test('a name that isn’t there', async () => {
    await add(one);
    expect(await problemOf(() => revoke('eu-11'))).toMatchObject({ code: 'usage', hint: 'Did you mean ‹eu-1›?' });
  });
});

test('what is no plain file, or no UTF-8', async () => {
  expect(await problemOf(() => readWorkersFile(directory, directory))).toMatchObject({ code: 'file-unreadable' });
  writeFileSync(path(), Buffer.of(0x61, 0xff, 0x0a));
  expect(await problemOf(file)).toMatchObject({ code: 'file-unreadable', detail: expect.stringContaining('UTF-8') });
});
