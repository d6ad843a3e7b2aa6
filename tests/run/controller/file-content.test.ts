import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Content } from '../../../engine/module/index.ts';
import { fileContent, storedContent } from '../../../engine/run/controller/file-content.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'vrun-content-'));
});
afterEach(() => rmSync(base, { recursive: true }));

async function gathered(content: Content): Promise<Buffer> {
  const out = content.outgoing();
  if (out instanceof Uint8Array) return Buffer.from(out);
  const pieces: Buffer[] = [];
  for await (const piece of out.chunks()) pieces.push(piece);
  expect(Buffer.concat(pieces)).toHaveLength(out.length);
  return Buffer.concat(pieces);
}

test.each([10, 300_000, 3_000_000])('a file of %d bytes', async (size) => {
  const path = join(base, 'f');
  const bytes = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7) % 251));
  writeFileSync(path, bytes);
  const whole = Content.of(bytes);
  for (const content of [fileContent(path), storedContent(path)]) {
    expect([content.size, content.sha256]).toEqual([size, whole.sha256]);
    expect(content.bytes().equals(bytes)).toBe(true);
    expect((await gathered(content)).equals(bytes)).toBe(true);
  }
});

test('a file that is written to after the run has begun is not sent', async () => {
  const path = join(base, 'f');
  writeFileSync(path, 'x'.repeat(2_000_000));
  const content = fileContent(path);
  appendFileSync(path, 'y');
  expect(() => content.sha256).toThrow('changed during the run');
  await expect(gathered(content)).rejects.toThrow('changed during the run');
});

test('several contents as one', async () => {
  const path = join(base, 'f');
  writeFileSync(path, 'x'.repeat(400_000));
  const joined = Content.joined([Content.of('a'), storedContent(path), Content.of('b')]);
  const bytes = Buffer.from(`a${'x'.repeat(400_000)}b`);
  expect((await gathered(joined)).equals(bytes)).toBe(true);
  expect([joined.size, joined.sha256, joined.text()]).toEqual([400_002, Content.of(bytes).sha256, undefined]);
});
