// Releases of the Next.js application in next/, made by `vrun build` as a user does. Each takes about a minute: the same sources are built once a machine.

import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitSources, GIT, proofKey, vrun } from './app-build.js';
import { run } from './command.js';
import { withLock } from './lock.js';
import { CACHE, LAB } from './plan.js';

const SOURCE = join(LAB, 'next');
const PLACE = join(CACHE, 'next');
/** Builds take 150 MB each. */
const KEEP = 6;

/** What builds: a release of another builder is another one. */
const BUILDERS = ['engine/cli', 'engine/proof'].map((path) => join(LAB, '../..', path));

/** A page loaded before a deployment posts to the actions of the version after it: its builds share a key. */
const ACTIONS_KEY = createHash('sha256').update('the lab').digest('base64');

/** @type {Record<string, ((stage: string) => Promise<void>) | undefined>} */
const VERSIONS = {
  one: undefined,
  two: async (stage) => {
    const page = join(stage, 'app/page.jsx');
    const text = await readFile(page, 'utf8');
    if (!text.includes('Version one')) throw new Error('app/page.jsx does not say which version it is');
    await writeFile(page, text.replace('Version one', 'Version two'));
    const migration = join(stage, 'prisma/migrations/20260201090000_note_kept');
    await mkdir(migration);
    await writeFile(join(migration, 'migration.sql'), 'ALTER TABLE "Note" ADD COLUMN "kept" BOOLEAN;\n');
  },
};

export async function buildNext(version) {
  const stage = await mkdtemp(join(tmpdir(), 'vrun-next-'));
  try {
    const commit = await commitSources(stage, VERSIONS[version], SOURCE);
    const out = join(PLACE, `${commit.slice(0, 12)}-${await digestOf(BUILDERS)}`);
    return await withLock(`next-build-${commit}`, async () => {
      const { release } = await recordIn(out).catch(() => build(stage, out));
      return { ...release, out, tree: join(out, release.id), archive: join(out, `${release.id}.tar.gz`) };
    });
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/**
 * @param {string} stage
 * @param {string} out
 */
async function build(stage, out) {
  const { key, allowedSigners } = await withLock('app-build', proofKey);
  const draft = `${out}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const words = [vrun(), 'build', stage, '--settings', join(stage, 'build.yml'), '--out', draft, '--key', key];
  try {
    await run(process.execPath, words, { env: { ...GIT, NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: ACTIONS_KEY } });
    await copyFile(allowedSigners, join(draft, 'allowed_signers'));
    await forgetOld();
    await rename(draft, out);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return recordIn(out);
}

/** @param {string} out */
async function recordIn(out) {
  return JSON.parse(await readFile(join(out, 'release.json'), 'utf8'));
}

/** @param {string[]} directories */
async function digestOf(directories) {
  const hash = createHash('sha256').update(`${process.version} ${process.arch}`);
  for (const directory of directories) {
    for (const name of (await readdir(directory)).sort()) {
      if (name.endsWith('.ts')) hash.update(name).update(await readFile(join(directory, name)));
    }
  }
  return hash.digest('hex').slice(0, 12);
}

/** The oldest go, to make room for one more. */
async function forgetOld() {
  const names = (await readdir(PLACE)).filter((name) => !name.endsWith('.draft'));
  const builds = await Promise.all(
    names.map(async (name) => ({ name, made: (await stat(join(PLACE, name))).mtimeMs })),
  );
  builds.sort((one, other) => other.made - one.made);
  for (const { name } of builds.slice(KEEP - 1)) await rm(join(PLACE, name), { recursive: true, force: true });
}
