// Zip archives that are not as they should be, against yauzl and Info-ZIP: what both refuse is refused here too,
// and what is taken is taken for the same.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localArchive } from '../../engine/archive/members.ts';
import { ProblemError } from '../../engine/language/problem/problem.ts';
import { byYauzl, type ReadEntry } from './by-yauzl.ts';
import { RUNS } from './runs.ts';

const HAS_ZIP = spawnSync('zip', ['-v']).status === 0 && spawnSync('unzip', ['-v']).status === 0;
const END = Buffer.from([0x50, 0x4b, 5, 6]);

let base = '';
let whole: Buffer = Buffer.alloc(0);
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'vrun-zip-'));
  if (!HAS_ZIP) return;
  writeFileSync(join(base, 'stored'), 'ab');
  writeFileSync(join(base, 'packed'), 'again and '.repeat(40), { mode: 0o755 });
  symlinkSync('stored', join(base, 'link'));
  whole = packed('stored', 'packed', 'link');
});
afterAll(() => rmSync(base, { recursive: true }));

function packed(...files: readonly string[]): Buffer {
  const archive = join(base, 'made.zip');
  rmSync(archive, { force: true });
  const { status, stderr } = spawnSync('zip', ['-qy', archive, ...files], { cwd: base, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return readFileSync(archive);
}

/** What vrun makes of it; in words why it refuses it. */
function read(bytes: Buffer): Map<string, ReadEntry> | string {
  const path = join(base, 'read.zip');
  writeFileSync(path, bytes);
  try {
    const items = localArchive('read.zip', path).items(0);
    return new Map(
      items.map(({ path: name, kind, mode, target, content }) => [
        name,
        { kind, mode, holds: target ?? content?.sha256 },
      ]),
    );
  } catch (error) {
    if (error instanceof ProblemError) return error.problems[0]?.detail ?? '';
    throw error;
  }
}

function taken(bytes: Buffer): Map<string, ReadEntry> {
  const seen = read(bytes);
  if (typeof seen === 'string') throw new Error(seen);
  return seen;
}

/** One that says no mode has that of a new file here. */
const said = ({ mode, ...entry }: ReadEntry) => ({
  ...entry,
  mode: mode ?? (entry.kind === 'directory' ? 0o755 : 0o644),
});
const sorted = (entries: Map<string, ReadEntry>) =>
  [...entries].map(([path, entry]) => [path, said(entry)] as const).sort(([one], [other]) => (one < other ? -1 : 1));

/** What `read` was last given: yauzl wants fields whole that nobody reads. */
const isKnownToUnzip = () => (spawnSync('unzip', ['-tqq', join(base, 'read.zip')]).status ?? 255) < 2;

/** Undefined where it is refused. */
const yauzl = (bytes: Buffer) => byYauzl(bytes).catch(() => undefined);

/** The same bytes, but for `other` ones at a place. */
function changed(bytes: Buffer, at: number, other: readonly number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(other, at);
  return copy;
}

/** Where the `index`-th entry of the central directory begins. */
function entryAt(bytes: Buffer, index: number): number {
  let at = bytes.readUInt32LE(bytes.lastIndexOf(END) + 16);
  for (let passed = 0; passed < index; passed++)
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  return at;
}

describe.runIf(HAS_ZIP)('zip archives', () => {
  test('a whole one is read as yauzl reads it', async () => {
    expect(sorted(taken(whole))).toEqual(sorted(await byYauzl(whole)));
  });

  const stored = (bytes: Buffer) => bytes.indexOf('stored') + 'stored'.length + bytes.readUInt16LE(28);

  test.each<readonly [title: string, damaged: (bytes: Buffer) => Buffer, why: RegExp, alsoYauzl: boolean]>([
    ['nothing', () => Buffer.alloc(0), /no zip archive/, true],
    ['text', () => Buffer.from('no archive at all, only a text'), /no zip archive/, true],
    ['cut off', (bytes) => bytes.subarray(0, -30), /no zip archive/, true],
    ['cut off in its end', (bytes) => bytes.subarray(0, -2), /no zip archive/, true],
    ['with more behind its end', (bytes) => Buffer.concat([bytes, Buffer.from('more')]), /More follows its end/, true],
    [
      'with a second end in its comment',
      (bytes) => {
        const second = bytes.subarray(bytes.lastIndexOf(END));
        return Buffer.concat([changed(bytes, bytes.length - 2, [second.length, 0]), second]);
      },
      /more than one end/,
      false,
    ],
    [
      'without its directory',
      (bytes) => changed(bytes, bytes.lastIndexOf(END) + 16, [1, 0, 0, 0]),
      /directory is broken/,
      true,
    ],
    [
      'with an entry more than it has',
      (bytes) => changed(bytes, bytes.lastIndexOf(END) + 10, [4, 0]),
      /directory is broken/,
      true,
    ],
    [
      'a file that is elsewhere',
      (bytes) => changed(bytes, entryAt(bytes, 0) + 42, [3, 0, 0, 0]),
      /not where it should be/,
      true,
    ],
    ['encrypted', (bytes) => changed(bytes, entryAt(bytes, 0) + 8, [1, 0]), /is encrypted/, true],
    ['packed in another way', (bytes) => changed(bytes, entryAt(bytes, 1) + 10, [12, 0]), /not known here/, true],
    ['larger than it says', (bytes) => changed(bytes, entryAt(bytes, 1) + 24, [9, 0]), /is broken/, true],
    ['smaller than it says', (bytes) => changed(bytes, entryAt(bytes, 1) + 24, [0xff, 0xff]), /is broken/, true],
    ['stored, and of another size', (bytes) => changed(bytes, entryAt(bytes, 0) + 24, [1, 0]), /is broken/, true],
    // yauzl leaves checksums to whoever uses it.
    ['another byte in a file', (bytes) => changed(bytes, stored(bytes), [0x78]), /its checksum is another one/, false],
    [
      'another checksum',
      (bytes) => changed(bytes, entryAt(bytes, 1) + 16, [0, 0, 0, 0]),
      /its checksum is another one/,
      false,
    ],
    [
      'a device',
      (bytes) => changed(bytes, entryAt(bytes, 0) + 40, [0xa4, 0x21]),
      /neither file, directory nor link/,
      false,
    ],
    [
      'a name that leads out',
      (bytes) => changed(bytes, entryAt(bytes, 0) + 46, [...Buffer.from('../out')]),
      /leads out/,
      false,
    ],
    [
      'an absolute name',
      (bytes) => changed(bytes, entryAt(bytes, 0) + 46, [...Buffer.from('/owned')]),
      /leads out/,
      false,
    ],
    ['a set-uid file', (bytes) => changed(bytes, entryAt(bytes, 0) + 40, [0xed, 0x89]), /set-uid/, false],
  ])('%s', async (_, damaged, why, alsoYauzl) => {
    const bytes = damaged(whole);
    expect(read(bytes)).toMatch(why);
    if (alsoYauzl) expect(await yauzl(bytes)).toBeUndefined();
  });

  test('of two entries with one name the last counts, as for tar', () => {
    writeFileSync(join(base, 'secund'), 'the second');
    const two = packed('stored', 'secund');
    const same = changed(two, entryAt(two, 1) + 46, [...Buffer.from('stored')]);
    const seen = read(same);
    expect(seen).toEqual(new Map([['stored', taken(two).get('secund')]]));
  });

  test('large numbers, which stand in fields of their own', async () => {
    const archive = join(base, 'large.zip');
    const { status } = spawnSync('zip', ['-qfz', archive, 'packed', 'stored'], { cwd: base });
    expect(status).toBe(0);
    const bytes = readFileSync(archive);
    expect(sorted(taken(bytes))).toEqual(sorted(await byYauzl(bytes)));
  });

  test('whatever byte is another one: refused, or read as yauzl does, or known to Info-ZIP', async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = changed(whole, at, [byte]);
        const seen = read(bytes);
        if (typeof seen === 'string') return;
        passed++;
        const other = await yauzl(bytes);
        if (other !== undefined) expect(sorted(seen)).toEqual(sorted(other));
        else expect(isKnownToUnzip(), `Info-ZIP refuses it: byte ${at} is ${byte}`).toBe(true);
      }),
      { seed: 3, numRuns: RUNS.archives * 20 },
    );
    expect(passed).toBeGreaterThan(RUNS.archives);
  });
});
