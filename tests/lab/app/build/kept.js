// Keeps what takes long to make, by the digest of what it is made from.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The directory that `make` fills, made only where it isn't kept yet. Several builds may ask at once.
 * @param {string} cache
 * @param {string} name
 * @param {readonly string[]} sources  files
 * @param {(draft: string) => Promise<void>} make
 */
export async function kept(cache, name, sources, make) {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}\0`);
  for (const file of [...sources, import.meta.filename]) hash.update(await readFile(file)).update('\0');
  const place = join(cache, `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(place)) return place;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, `.${name}-`));
  await chmod(draft, 0o755); // the service runs as another user than who builds
  await make(draft);
  await chmod(draft, 0o755); // a copy of it is for the service's user to read
  await rename(draft, place).catch(async (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    await rm(draft, { recursive: true, force: true }); // another build was quicker
  });
  return place;
}
