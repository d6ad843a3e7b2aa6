// Builds the application in app/, or a variant of it, as a commit of its own: what tests and the demo deploy.

import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kept } from './app/build/kept.js';
import { variants } from './app-variants.js';
import { run } from './command.js';
import { withLock } from './lock.js';
import { CACHE, LAB, STATE } from './plan.js';

const SOURCE = join(LAB, 'app');
const BUILDS = join(STATE, 'app');
const KEEP = 12;

/** What a working copy may hold besides the sources. */
const NOT_SOURCE = new Set(['node_modules', '.build', '.next', 'generated', 'public']);

/** Nothing of this machine's git goes into a commit, so that the same sources are the same commit everywhere. */
export const GIT = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Lab',
  GIT_AUTHOR_EMAIL: 'lab@lab.test',
  GIT_AUTHOR_DATE: '2026-01-05T09:00:00Z',
  GIT_COMMITTER_NAME: 'Lab',
  GIT_COMMITTER_EMAIL: 'lab@lab.test',
  GIT_COMMITTER_DATE: '2026-01-05T09:00:00Z',
};

export async function buildApp({ out, change, dirty = false } = {}) {
  const stage = await mkdtemp(join(tmpdir(), 'vrun-app-'));
  try {
    const commit = await commitSources(stage, change);
    if (dirty) await writeFile(join(stage, 'assets/main.js'), '// edited after the commit\n');
    const id = dirty ? `${commit.slice(0, 12)}-dirty` : commit.slice(0, 12);
    const place = join(BUILDS, id);
    await withLock('app-build', () => build(stage, place));
    if (out !== undefined) {
      await mkdir(out, { recursive: true });
      await run('cp', ['-R', '--preserve=mode,links', '--reflink=auto', `${place}/.`, out]);
    }
    const { release } = JSON.parse(await readFile(join(place, 'release.json'), 'utf8'));
    const directory = out ?? place;
    return { ...release, out: directory, tree: join(directory, id), archive: join(directory, `${id}.tar.gz`) };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/**
 * Copies the sources to `stage`, changes and commits them.
 * @param {string} stage
 * @param {import('./app-build.js').Change | undefined} change
 * @param {string} source
 * @returns {Promise<string>} the commit
 */
export async function commitSources(stage, change, source = SOURCE) {
  await cp(source, stage, {
    recursive: true,
    filter: (path) => path === source || !NOT_SOURCE.has(basename(path)),
  });
  const steps = [change ?? []].flat();
  for (const step of steps) await (typeof step === 'function' ? step(stage) : named(step)(stage));
  const git = (/** @type {string[]} */ ...args) => run('git', ['-C', stage, ...args], { env: GIT });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--no-gpg-sign', '--message', steps.length === 0 ? 'The application' : 'A variant');
  return (await git('rev-parse', 'HEAD')).trim();
}

/** @param {string} name */
function named(name) {
  const variant = variants[name];
  if (!variant) throw new Error(`The application has no variant '${name}': ${Object.keys(variants).join(', ')}.`);
  return variant;
}

/**
 * @param {string} stage
 * @param {string} place
 */
async function build(stage, place) {
  const proof = await proofKey();
  const cache = join(CACHE, 'app');
  const modules = await kept(
    cache,
    'modules',
    ['package-lock.json', '.npmrc'].map((file) => join(stage, file)),
    (draft) => install(stage, draft),
  );
  await symlink(join(modules, 'node_modules'), join(stage, 'node_modules'));
  await run('npm', ['run', '--silent', 'package', '--prefix', stage], {
    env: {
      ...GIT,
      BUILD_OUT: place,
      BUILD_CACHE: cache,
      VRUN: `${process.execPath} ${vrun()}`,
      PROOF_KEY: proof.key,
      PROOF_ALLOWED_SIGNERS: proof.allowedSigners,
    },
  });
  await utimes(place, new Date(), new Date());
  await forgetOld();
}

/**
 * @param {string} stage
 * @param {string} draft
 */
async function install(stage, draft) {
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) await cp(join(stage, file), join(draft, file));
  await run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--prefix', draft], { env: GIT });
}

/** The key that signs builds of this machine's lab, made once; outside any project, as `vrun proof` wants it. */
export async function proofKey() {
  const directory = join(CACHE, 'proof');
  const key = join(directory, 'key');
  const allowedSigners = join(directory, 'allowed_signers');
  if (!existsSync(key) || !existsSync(allowedSigners)) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await run(process.execPath, [vrun(), 'proof', 'init', '--key', key, '--allowed-signers', allowedSigners]);
  }
  return { key, allowedSigners };
}

/** The built command line; `npm run build` makes it. */
export function vrun() {
  return process.env.VRUN_BIN ?? fileURLToPath(new URL('../../dist/vrun.js', import.meta.url));
}

/** Builds take 65 MB each: the oldest go. */
async function forgetOld() {
  const builds = await Promise.all(
    (await readdir(BUILDS)).map(async (name) => ({ name, used: (await stat(join(BUILDS, name))).mtimeMs })),
  );
  builds.sort((one, other) => other.used - one.used);
  for (const { name } of builds.slice(KEEP)) await rm(join(BUILDS, name), { recursive: true, force: true });
}
