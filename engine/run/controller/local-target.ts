// Where a file that comes from a host goes on the controller, and how it gets there: whole, or not at all.

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, type Stats, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../../base/file-error.ts';
import { kindOfFile } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import type { LocalTarget } from '../../module/index.ts';
import { storedContent } from './file-content.ts';

/** `host` is given for a directory with a place for each host. Of what a host says nothing enters the path. */
export function localTarget(path: string, host: string | undefined): LocalTarget {
  const file = (name: string) => (host === undefined ? path : join(path, basename(host), basename(name)));
  return {
    path: file,
    sha256: (name) => {
      const there = entryAt(file(name));
      if (!there) return undefined;
      if (there.isFile()) return storedContent(file(name)).sha256;
      return fail({
        code: 'bad-value',
        summary: `‹${file(name)}› is ${kindOfFile(there)}`,
        detail: 'What comes from a host takes the place of a plain file only.',
      });
    },
  };
}

function entryAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const isBelowFile = hasCode(error, 'ENOTDIR');
    return fail({
      code: 'bad-value',
      summary: `nothing can be put at ‹${path}›`,
      detail: isBelowFile ? 'What stands above it is a file, and no directory.' : String(error),
    });
  }
}

/**
 * Writes what comes to `path` (0600: it may be secret): into a new file beside it, which takes its place once it is
 * whole and has the digest. Directories above it are made.
 * @throws ProblemError when the digest is another one; Error of the file system
 */
export async function writeTarget(path: string, chunks: AsyncIterable<Uint8Array>, sha256: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  const file = await open(draft, 'wx', 0o600);
  const hash = createHash('sha256');
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
    const found = hash.digest('hex');
    if (found !== sha256) {
      fail({
        code: 'check-failed',
        summary: `what arrived for ${path} is not what the host has`,
        detail: `Its sha256 is ${found} and not ${sha256}: the file was written to while it was read.`,
        hint: 'Run again once it is complete.',
      });
    }
    await rename(draft, path);
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}
