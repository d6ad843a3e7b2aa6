// The archive of a tree: the same tree gives the same bytes.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/**
 * Packs the tree's content (no directory around it) and gives the sha256 of the archive.
 * @param {string} tree
 * @param {string} archive
 * @returns {Promise<string>} hexadecimal
 */
export async function packTree(tree, archive) {
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  const names = (await readdir(tree)).sort();
  const tar = spawn('tar', [...same, '--mode=u+rwX,go+rX,go-w,a-s', '-cf', '-', '-C', tree, '--', ...names], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => tar.once('close', resolve));
  const hash = createHash('sha256');
  await pipeline(
    tar.stdout,
    createGzip({ level: 1 }),
    async function* (chunks) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(archive),
  );
  const status = await ended;
  if (status !== 0) throw new Error(`tar ended with status ${status}`);
  return hash.digest('hex');
}
