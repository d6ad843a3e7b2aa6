// A directory as it lies on this machine: every file and link below it, files digested.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { nameFault } from './names.ts';

export type Found =
  | { readonly type: 'file'; readonly path: string; readonly mode: number; readonly size: number }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string }
  | { readonly type: 'directory' | 'special'; readonly path: string }
  /** A name that can't be in a manifest; in `path` `?` stands for control characters. What is below isn't looked at. */
  | { readonly type: 'unnameable'; readonly path: string; readonly why: string };

/** Files that are read at the same time. */
const READERS = 16;
/** Larger files are digested as a stream. In bytes. */
const LARGE = 4 << 20;

/**
 * All that is below `root` but what `ignored` says, of which it doesn't descend into directories. Links aren't followed.
 * @throws what reading throws
 */
export async function walkTree(root: string, ignored: (path: string) => boolean): Promise<readonly Found[]> {
  const found: Found[] = [];
  const visit = async (directory: string): Promise<void> => {
    const names = await readdir(join(root, directory));
    const below = await Promise.all(
      names.map(async (name) => {
        const path = directory === '' ? name : `${directory}/${name}`;
        if (ignored(path)) return undefined;
        const entry = await look(root, path);
        found.push(entry);
        return entry.type === 'directory' ? path : undefined;
      }),
    );
    for (const path of below) if (path !== undefined) await visit(path);
  };
  await visit('');
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function look(root: string, path: string): Promise<Found> {
  const why = nameFault(path);
  if (why !== undefined) return { type: 'unnameable', path: path.replaceAll(/[\u0000-\u001f\u007f]/g, '?'), why };
  const full = join(root, path);
  const stats = await lstat(full);
  if (stats.isDirectory()) return { type: 'directory', path };
  if (stats.isSymbolicLink()) return { type: 'symlink', path, target: await readlink(full) };
  if (stats.isFile()) return { type: 'file', path, mode: stats.mode, size: stats.size };
  return { type: 'special', path };
}

/** sha256 of files below `root`, in hex, by path. */
export async function digestFiles(
  root: string,
  files: readonly { readonly path: string; readonly size: number }[],
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  let next = 0;
  const reader = async () => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      digests.set(file.path, await digestFile(join(root, file.path), file.size));
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return digests;
}

async function digestFile(file: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  if (size > LARGE) await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  else hash.update(await readFile(file));
  return hash.digest('hex');
}
