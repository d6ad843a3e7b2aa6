// The files of one run, with their digests: what a seal lists and what verification compares.
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { openPlain } from '../base/plain-file.ts';
import type { StatementSubject } from './chain/statement.ts';

/** The place in the record of a run's journal, or of what it goes on in once the run was resumed: `part` counts from 1. */
export function journalName(run: string, part = 1): string {
  return `runs/${run}/journal${part === 1 ? '' : `-${part}`}.jsonl`;
}

/** Digest of a file as sha256sum prints it. @throws what reading throws */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of (await openPlain(file)).createReadStream()) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * The names of all files of a run, as paths in the record (`runs/<run>/report.md`), sorted.
 * @throws Error for what is no plain file, and for a name that sed and sha256sum couldn't read from a seal
 */
export async function runFileNames(root: string, run: string): Promise<string[]> {
  const directory = path.join(root, 'runs', run);
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => !entry.isDirectory());
  const names = files.map((entry) => {
    const name = path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/');
    if (!entry.isFile()) throw new Error(`${name} is not a plain file`);
    if (/["\\{\p{Cc}]/u.test(name)) throw new Error(`${JSON.stringify(name)} can't be sealed under that name`);
    return name;
  });
  return names.sort();
}

/** Every file of a run with its digest, synced to disk first: a seal must not outlive what it seals. */
export async function syncedRunFiles(root: string, run: string): Promise<StatementSubject[]> {
  const names = await runFileNames(root, run);
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(root, name);
      const handle = await openPlain(file);
      await handle.sync().finally(() => handle.close());
      return { name, digest: { sha256: await fileDigest(file) } };
    }),
  );
}
