// Copies what browsers load to names that hold its digest, so that it may be kept for ever and two versions never clash.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/**
 * Fills `next`/static, and `next`/assets.json with the URL path of each by its plain name.
 * @param {string} assets
 * @param {string} next
 */
export async function hashAssets(assets, next) {
  const paths = {};
  for (const name of (await readdir(assets)).sort()) {
    const content = await readFile(join(assets, name));
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
    const folder = extname(name) === '.css' ? 'css' : 'chunks';
    const hashed = `${name.slice(0, -extname(name).length)}-${digest}${extname(name)}`;
    await mkdir(join(next, 'static', folder), { recursive: true });
    await writeFile(join(next, 'static', folder, hashed), content);
    paths[name] = `/_next/static/${folder}/${hashed}`;
  }
  await writeFile(join(next, 'assets.json'), `${JSON.stringify(paths, null, 2)}\n`);
}
