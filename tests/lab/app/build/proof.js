// The application's own proof: which commit this is, by its first digits, and which gates it passed.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes `tree`/public/proof/build.json.
 * @param {string} tree
 * @param {string} commit
 * @param {{ name: string, passed: boolean }[]} gates
 */
export async function writeProof(tree, commit, gates) {
  const proof = {
    commit: commit.slice(0, 12),
    builtAt: new Date().toISOString(),
    depsSha256: createHash('sha256')
      .update(await readFile(join(tree, 'package-lock.json')))
      .digest('hex'),
    generated: true,
    gatesConfigured: gates.map(({ name }) => name),
    gatesRan: gates.map(({ name, passed }) => ({ name, ran: true, passed })),
  };
  await mkdir(join(tree, 'public/proof'), { recursive: true });
  await writeFile(join(tree, 'public/proof/build.json'), `${JSON.stringify(proof, null, 2)}\n`);
}
