// The coordinator's files that a run may need, gathered into a bundle.
import { createHash } from 'node:crypto';
import { type FileHandle, lstat, readdir, readlink, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256 } from '../../base/digest.ts';
import { openPlain } from '../../base/plain-file.ts';
import type { BundledFile } from './bundle.ts';

/** Files up to this size, in bytes, lie in the bundle itself; larger ones in pieces of `PIECE` beside it. */
const SMALL = 256 * 1024;
const PIECE = 4 * 1024 * 1024;

/** Keeps a piece of a file for the workers; resolves with its name. */
export type KeepPiece = (bytes: Uint8Array) => Promise<string>;

/**
 * Those at `paths`, with all that is below directories, in the order of their names; what is in the way of nothing is passed
 * over (devices, sockets). Links are kept as links, and what they lead to is gathered too where it is a file.
 * @throws what reading throws
 */
export async function gather(paths: Iterable<string>, keep: KeepPiece): Promise<readonly BundledFile[]> {
  const files = new Map<string, BundledFile>();
  const queue = [...new Set(paths)];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (files.has(path)) continue;
    const found = await lstat(path);
    const { mtimeMs } = found;
    const own = { path, mode: found.mode & 0o7777, modified: mtimeMs / 1000 };
    if (found.isSymbolicLink()) {
      const target = await readlink(path);
      files.set(path, { kind: 'link', path, target });
      const end = join(target.startsWith('/') ? '/' : dirname(path), target);
      if ((await stat(end).catch(() => undefined))?.isFile()) queue.push(end);
    } else if (found.isDirectory()) {
      files.set(path, { kind: 'directory', ...own });
      for (const name of await readdir(path)) queue.push(join(path, name));
    } else if (found.isFile()) {
      files.set(path, { kind: 'file', ...own, ...(await bytesOf(path, keep)) });
    }
  }
  return [...files.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function bytesOf(path: string, keep: KeepPiece) {
  const file = await openPlain(path);
  try {
    if ((await file.stat()).size <= SMALL) {
      const bytes = await file.readFile();
      return { sha256: sha256(bytes), bytes: bytes.toString('base64') };
    }
    return await piecesOf(file, keep);
  } finally {
    await file.close();
  }
}

async function piecesOf(file: FileHandle, keep: KeepPiece) {
  const digest = createHash('sha256');
  const pieces: string[] = [];
  for (;;) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(PIECE), position: null });
    if (bytesRead === 0) return { sha256: digest.digest('hex'), bytes: pieces };
    const piece = buffer.subarray(0, bytesRead);
    digest.update(piece);
    pieces.push(await keep(piece));
  }
}
