// A directory as it lies on this machine: every file and link below it. Read by calls that block, since a build has tens
// of thousands of small files and each promise costs more than its file.

import { createHash } from 'node:crypto';
import { closeSync, lstatSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { openPlainSync } from '../base/plain-file.ts';
import { nameFault } from './names.ts';

export type TreeFile =
  | { readonly type: 'file'; readonly path: string; readonly mode: number; readonly size: number }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string }
  | { readonly type: 'directory' | 'special'; readonly path: string }
  /** A name that can't be in a manifest; in `path` `?` stands for control characters. What is below isn't looked at. */
  | { readonly type: 'unnameable'; readonly path: string; readonly why: string };

/** In bytes: what is read at once. */
const PIECE = 1 << 20;

/**
 * All that is below `root` but what `ignored` says, of which it doesn't descend into directories. Links aren't followed.
 * @throws what reading throws
 */
export function walkTree(root: string, ignored: (path: string) => boolean): readonly TreeFile[] {
  const found: TreeFile[] = [];
  const visit = (directory: string): void => {
    for (const name of readdirSync(join(root, directory))) {
      const path = directory === '' ? name : `${directory}/${name}`;
      if (ignored(path)) continue;
      const entry = look(root, path);
      found.push(entry);
      if (entry.type === 'directory') visit(path);
    }
  };
  visit('');
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function look(root: string, path: string): TreeFile {
  const why = nameFault(path);
  if (why !== undefined) return { type: 'unnameable', path: path.replaceAll(/[\u0000-\u001f\u007f]/g, '?'), why };
  const full = join(root, path);
  const stats = lstatSync(full);
  if (stats.isDirectory()) return { type: 'directory', path };
  if (stats.isSymbolicLink()) return { type: 'symlink', path, target: readlinkSync(full) };
  if (stats.isFile()) return { type: 'file', path, mode: stats.mode, size: stats.size };
  return { type: 'special', path };
}

/** sha256 of a file, in hex, a piece at a time. */
export function digestFile(file: string): string {
  const hash = createHash('sha256');
  const descriptor = openPlainSync(file);
  try {
    for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece)) {
      hash.update(piece.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

const piece = Buffer.allocUnsafe(PIECE);
