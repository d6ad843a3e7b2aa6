// What goes over the wire for a large content: the same bytes in the end, packed as far as it is quicker, on every shell.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { beginningOf, packed } from '../../../engine/transport/shell/packing.ts';
import { upload } from '../../../engine/transport/shell/upload.ts';
import { never, shells, startChannel } from '../shells.ts';

const MiB = 1024 * 1024;
const TEXT = Buffer.alloc(4 * MiB, 'a line of a log, and another one\n');
const RANDOM = randomBytes(4 * MiB);

afterEach(() => vi.useRealTimers());

/** What goes over a wire on which a host has the beginning after `ms`, in its parts. */
async function wire(pieces: readonly Uint8Array[], canUnpack = true, ms = 1000) {
  vi.useFakeTimers({ toFake: ['performance'] });
  let hear: (canUnpack: boolean) => void = () => undefined;
  const heard = new Promise<boolean>((resolve) => {
    hear = resolve;
  });
  async function* source() {
    yield* pieces;
  }
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  const head = beginningOf(size);
  let all = Buffer.alloc(0);
  for await (const piece of packed(source(), size, heard)) {
    all = Buffer.concat([all, piece]);
    if (all.length !== head) continue;
    vi.advanceTimersByTime(ms);
    hear(canUnpack);
  }
  const end = all.indexOf('\n', head);
  return { head: all.subarray(0, head), how: all.toString('utf8', head, end), rest: all.subarray(end + 1) };
}

describe('packed', () => {
  test('whatever is sent over whatever wire, it is the same in the end', async () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 2 * MiB })), {
      minLength: 1,
      maxLength: 5,
    });
    const cut = fc.record({ sizes, from: fc.constantFrom(TEXT, RANDOM) });
    await fc.assert(
      fc.asyncProperty(cut, fc.boolean(), fc.constantFrom(0, 1000), async ({ sizes: all, from }, canUnpack, ms) => {
        const pieces = all.map((size) => from.subarray(0, size));
        const { head, how, rest } = await wire(pieces, canUnpack, ms);
        expect(Buffer.concat([head, how === 'gzip' ? gunzipSync(rest) : rest]).equals(Buffer.concat(pieces))).toBe(
          true,
        );
      }),
      { numRuns: 40 },
    );
  });

  test.each<[string, Buffer, boolean, number, string]>([
    ['over a slow wire', TEXT, true, 1000, 'gzip'],
    ['over a fast one', TEXT, true, 0, 'plain'],
    ['what doesn’t shrink', RANDOM, true, 1000, 'plain'],
    ['to a host without gzip', TEXT, false, 1000, 'plain'],
    ['what is hardly more than its beginning', TEXT.subarray(0, 2 * MiB - 1), true, 1000, 'plain'],
  ])('%s', async (_, content, canUnpack, ms, how) => {
    const seen = await wire([content], canUnpack, ms);
    expect(seen.how).toBe(how);
    expect(seen.rest.length < content.length / 4).toBe(how === 'gzip');
  });
});

describe.each(shells)('on %s', (...command) => {
  const found = (name: string) =>
    execFileSync('sh', ['-c', `command -v ${name}`])
      .toString()
      .trim();
  const bare = mkdtempSync(join(tmpdir(), 'no-gzip-'));
  for (const name of ['awk', 'cat', 'dd', 'df', 'mktemp', 'rm', 'wc', command[0] ?? ''])
    symlinkSync(found(name), join(bare, name));

  test.each<[string, Uint8Array, string | undefined]>([
    ['text', TEXT, undefined],
    ['what doesn’t shrink', RANDOM, undefined],
    ['little', RANDOM.subarray(0, 300_000), undefined],
    ['text, where there is no gzip', TEXT, bare],
  ])('%s arrives as it was', async (_, content, path) => {
    const there = await upload(startChannel(command, path), 'here', content, 'packing', never);
    expect(readFileSync(there).equals(content)).toBe(true);
    rmSync(dirname(there), { recursive: true });
  });
});
