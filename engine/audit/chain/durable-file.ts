// Files that exist whole or not at all, also after a power cut: what the chain, the key and the markers are written with.
import { randomUUID } from 'node:crypto';
import { link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../../base/file-error.ts';
import { fail } from '../../language/problem/problem.ts';

/** How the names of files begin that are being written. */
const TEMPORARY = '.new-';

/** Milliseconds after which nobody is still writing one. */
const STALE = 3_600_000;

/** Makes the names in a directory last through a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Creates `file` with this content (0600 unless `mode` says otherwise), synced. It never overwrites: of several writers
 * exactly one succeeds. @returns false when the file is there already
 */
export async function createFile(file: string, content: string | Uint8Array, mode = 0o600): Promise<boolean> {
  const temporary = await writeTemporary(file, content, mode);
  try {
    // link(2) fails when the name exists: a compare-and-swap that needs no lock.
    await link(temporary, file);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, 'EPERM') && !hasCode(error, 'ENOTSUP')) throw error;
    fail({
      code: 'audit',
      summary: 'The record cannot be kept on this file system',
      detail: `${path.dirname(file)} is on a file system without hard links, by which entries are added safely.`,
      hint: 'Set `record` in vrun.yml to a directory on a local file system.',
    });
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(path.dirname(file));
  return true;
}

/** Replaces `file` as a whole, synced. */
export async function replaceDurably(file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  await rename(await writeTemporary(file, content, mode), file);
  await syncDirectory(path.dirname(file));
}

async function writeTemporary(file: string, content: string | Uint8Array, mode: number): Promise<string> {
  const temporary = path.join(path.dirname(file), `${TEMPORARY}${randomUUID()}`);
  const handle = await open(temporary, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return temporary;
}

/** Removes what killed writers left in a directory: temporary files older than an hour. */
export async function removeStale(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(TEMPORARY));
  for (const name of names) {
    const file = path.join(directory, name);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > STALE) await rm(file, { force: true });
  }
}
