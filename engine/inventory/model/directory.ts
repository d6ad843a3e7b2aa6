// Directories of an inventory, listed once each.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../language/problem/problem.ts';

/** What is in a directory, in the order of names: links are followed, what isn’t there any more is left out. */
export type Listing = ReadonlyMap<string, 'file' | 'directory' | 'other'>;

/** Compares by Unicode code point, as Python and so Ansible sorts; JavaScript's own order differs beyond U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Lists `path`; one that doesn't exist is empty, one that can't be read is a Problem. */
export async function listDirectory(path: string, problems: Problem[]): Promise<Listing> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      problems.push({
        code: 'file-unreadable',
        summary: 'A directory of the inventory can’t be read',
        detail: `‹${path}›: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
    return new Map();
  }
  const kinds = await Promise.all(
    names.sort(byCodePoint).map(async (name) => [name, await kindOfPath(join(path, name))] as const),
  );
  return new Map(kinds.flatMap(([name, kind]) => (kind === undefined ? [] : [[name, kind] as const])));
}

/** What stands at `path`, links followed; undefined when nothing does. */
export async function kindOfPath(path: string): Promise<'file' | 'directory' | 'other' | undefined> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'directory' : found.isFile() ? 'file' : 'other';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String(codeOf(error)))) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
