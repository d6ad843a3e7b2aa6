// Builds what is deployed: gates, the generated database clients, hashed assets, production dependencies, the signed proof,
// and the archive of it all. The same commit is built once.
//
// BUILD_OUT (default .build)      gets release.json, the tree ID/, its archive ID.tar.gz, and allowed_signers
// BUILD_CACHE (default .build/cache)  keeps installed dependencies and generated clients by the digest of what they come from
// VRUN (default vrun)             the command that signs; PROOF_KEY its key, PROOF_ALLOWED_SIGNERS the file that goes beside
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packTree } from './build/archive.js';
import { hashAssets } from './build/assets.js';
import { generateClients } from './build/clients.js';
import { commitOf } from './build/commit.js';
import { installProduction } from './build/dependencies.js';
import { runGates } from './build/gates.js';
import { writeProof } from './build/proof.js';
import { run } from './build/run.js';

const ROOT = import.meta.dirname;
const out = process.env.BUILD_OUT ?? join(ROOT, '.build');
const cache = process.env.BUILD_CACHE ?? join(out, 'cache');

const commit = await commitOf(ROOT);
const id = commit.replace(/^([0-9a-f]{12})[0-9a-f]{28}/, '$1');
const record = join(out, `${id}.json`);
const clean = /^[0-9a-f]{40}$/.test(commit);

if (clean && existsSync(record)) {
  console.log(`${id} is built already`);
} else {
  await build();
  console.log(`built ${id}`);
}
await copyFile(record, join(out, 'release.json'));

async function build() {
  const tree = join(out, `${id}.draft`);
  await rm(tree, { recursive: true, force: true });
  await mkdir(tree, { recursive: true });
  await generateClients(ROOT, cache);
  const gates = await runGates(ROOT);

  const parts = [
    'server.js',
    'worker.js',
    'lib',
    'prisma',
    'prisma.config.js',
    'package.json',
    'package-lock.json',
    'generated',
  ];
  await run('cp', ['-R', ...parts.map((part) => join(ROOT, part)), tree]);
  await hashAssets(join(ROOT, 'assets'), join(tree, '.next'));
  await installProduction(ROOT, cache, tree);

  await writeProof(tree, commit, gates);
  const key = process.env.PROOF_KEY;
  const sign = ['proof', 'sign', tree, '--commit', commit, '--lockfile', join(tree, 'package-lock.json')];
  const [command = 'vrun', ...words] = (process.env.VRUN ?? 'vrun').split(' ');
  await run(command, [...words, ...sign, ...(key === undefined ? [] : ['--key', key])]);

  const place = join(out, id);
  const sha256 = await packTree(tree, `${place}.tar.gz`);
  await rm(place, { recursive: true, force: true });
  await rename(tree, place);
  const { builtAt } = JSON.parse(await readFile(join(place, 'public/proof/build.json'), 'utf8'));
  const signers = process.env.PROOF_ALLOWED_SIGNERS;
  if (signers !== undefined) await copyFile(signers, join(out, 'allowed_signers'));
  await writeFile(record, `${JSON.stringify({ release: { id, commit, sha256, builtAt } })}\n`);
}
