// Files of the controller as Content: small ones are read at once, large ones when they are digested or sent.

import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, fstatSync, readFileSync, readSync, statSync } from 'node:fs';
import { sha256 } from '../../base/digest.ts';
import { openPlain, openPlainSync } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import { Content, type StoredBytes } from '../../module/index.ts';

/** Files up to this size are kept in memory, in bytes. */
const KEPT = 1024 * 1024;
const PIECE = 1024 * 1024;

/** Told the digest of a file's bytes once all of them were read. */
export type Digested = (sha256: string) => void;

/** The content of a file. One that is kept is as it was when the run first asked for it. @throws NotPlain */
export function fileContent(path: string, digested: Digested = () => undefined): Content {
  const file = openPlainSync(path);
  try {
    if (fstatSync(file).size <= KEPT) {
      const content = Content.of(readFileSync(file));
      digested(content.sha256);
      return content;
    }
  } finally {
    closeSync(file);
  }
  return storedContent(path, digested);
}

/**
 * The content of a file of which only size and place are kept. A file that is written to during the run is not read
 * half and half: its next reading throws ProblemError 'file-unreadable'.
 */
export function storedContent(path: string, digested: Digested = () => undefined): Content {
  const known = statSync(path, { bigint: true });
  // Of the bytes that `known` stands for: each reading below fails where they are others.
  let sum: string | undefined;
  const bytes: StoredBytes = {
    size: Number(known.size),
    sha256: () => {
      sum ??= opened(path, known, (file) => digest(file, bytes.size));
      digested(sum);
      return sum;
    },
    read: () => {
      const read = opened(path, known, (file) => readFileSync(file));
      digested(sha256(read));
      return read;
    },
    async *chunks() {
      if (bytes.size <= PIECE) {
        yield bytes.read();
        return;
      }
      const file = await openPlain(path);
      try {
        held(path, known, await file.stat({ bigint: true }));
        const stream = file.createReadStream({ autoClose: false, highWaterMark: PIECE });
        const hash = sum === undefined ? createHash('sha256') : undefined;
        for await (const chunk of stream) {
          hash?.update(chunk);
          yield chunk;
        }
        held(path, known, await file.stat({ bigint: true }));
        sum ??= hash?.digest('hex');
        if (sum !== undefined) digested(sum);
      } finally {
        await file.close();
      }
    },
  };
  return Content.stored(bytes);
}

function digest(file: number, size: number): string {
  const hash = createHash('sha256');
  if (size <= PIECE) return hash.update(readFileSync(file)).digest('hex');
  const piece = Buffer.allocUnsafe(PIECE);
  for (let length = readSync(file, piece); length > 0; length = readSync(file, piece)) {
    hash.update(piece.subarray(0, length));
  }
  return hash.digest('hex');
}

function opened<T>(path: string, known: BigIntStats, use: (file: number) => T): T {
  const file = openPlainSync(path);
  try {
    held(path, known, fstatSync(file, { bigint: true }));
    const result = use(file);
    held(path, known, fstatSync(file, { bigint: true }));
    return result;
  } finally {
    closeSync(file);
  }
}

/** The kernel sets ctime at every write and change of attributes: nobody can set it back. */
function held(path: string, before: BigIntStats, now: BigIntStats): void {
  const same =
    before.ino === now.ino && before.dev === now.dev && before.size === now.size && before.ctimeNs === now.ctimeNs;
  if (same) return;
  fail({
    code: 'file-unreadable',
    summary: `‹${path}› was changed during the run`,
    detail: 'What the hosts would get is not what the run began with.',
    hint: 'Run again once it is complete.',
  });
}
