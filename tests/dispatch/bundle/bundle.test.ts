import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BundledFile } from '../../../engine/dispatch/bundle/bundle.ts';
import { gather } from '../../../engine/dispatch/bundle/gather.ts';
import { unpack } from '../../../engine/dispatch/bundle/unpack.ts';
import { ProblemError } from '../../../engine/language/problem/problem.ts';

let from: string;
let to: string;
const pieces = new Map<string, Uint8Array>();
beforeEach(() => {
  from = mkdtempSync(join(tmpdir(), 'bundle-from-'));
  to = mkdtempSync(join(tmpdir(), 'bundle-to-'));
  pieces.clear();
});
afterEach(() => {
  for (const directory of [from, to]) rmSync(directory, { recursive: true, force: true });
});

const keep = async (bytes: Uint8Array) => {
  const name = `piece ${pieces.size}`;
  pieces.set(name, Uint8Array.from(bytes));
  return name;
};
const piece = async (name: string) => pieces.get(name) ?? Buffer.alloc(0);
const there = (path: string) => join(to, from, path);

test('what is gathered lies there as it lay here: bytes, modes, times, links', async () => {
  mkdirSync(join(from, 'tree/empty'), { recursive: true });
  writeFileSync(join(from, 'tree/small'), 'small\n', { mode: 0o640 });
  writeFileSync(join(from, 'large'), Buffer.alloc(9 * 1024 * 1024, 'x'));
  utimesSync(join(from, 'tree/small'), 1_000_000_000, 1_000_000_000);
  chmodSync(join(from, 'tree/empty'), 0o750);
  symlinkSync('small', join(from, 'tree/near'));
  symlinkSync(join(from, 'large'), join(from, 'tree/far'));
  symlinkSync('nowhere', join(from, 'tree/dangling'));
  const files = await gather([join(from, 'tree'), join(from, 'tree/small')], keep);
  await unpack(files, to, piece);
  expect(pieces.size).toBe(3);
  expect(readFileSync(there('tree/small'), 'utf8')).toBe('small\n');
  expect(statSync(there('tree/small')).mode & 0o7777).toBe(0o640);
  expect(statSync(there('tree/small')).mtimeMs).toBe(1_000_000_000_000);
  expect(statSync(there('tree/empty')).mode & 0o7777).toBe(0o750);
  expect(readlinkSync(there('tree/near'))).toBe('small');
  expect(readFileSync(there('tree/far')).equals(readFileSync(join(from, 'large')))).toBe(true);
  expect(readlinkSync(there('tree/dangling'))).toBe('nowhere');
});

test.each([
  ['another byte in a piece', (files: readonly BundledFile[]) => files, true],
  [
    'another digest',
    (files: readonly BundledFile[]) => files.map((file) => ({ ...file, sha256: 'f'.repeat(64) })),
    false,
  ],
  [
    'a path that leaves the root',
    (files: readonly BundledFile[]) => files.map((file) => ({ ...file, path: `/..${file.path}` })),
    false,
  ],
  [
    'a path that doesn’t begin there',
    (files: readonly BundledFile[]) => files.map((file) => ({ ...file, path: 'x' })),
    false,
  ],
])('%s is refused', async (_what, alter, flip) => {
  writeFileSync(join(from, 'large'), Buffer.alloc(300 * 1024, 'x'));
  const files = await gather([join(from, 'large')], keep);
  const [first] = pieces.values();
  if (flip && first) first[7] = 0;
  await expect(unpack(alter(files), to, piece)).rejects.toThrow(ProblemError);
});
