// The hosts' common root file system and package repository, built once for each recipe and kept in the cache.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.js';
import { LOGIN_PUBLIC_KEY } from './keys.js';
import { withLock } from './lock.js';
import { CACHE, LAB, OPS_PASSWORD, SUITES } from './plan.js';
import { addOwnPackages, exportRepositoryKey, makeRepositoryKey, writeIndex } from './repository.js';
import { runningHosts } from './running.js';

const RECIPE = ['image', 'packages', 'image.js', 'repository.js'];

/** So many images are kept: they take 300 to 500 MB each. */
const KEPT = 8;

/**
 * @typedef {object} Image
 * @property {string} digest  names the recipe and the login key that it was made with
 * @property {string} root  directory: the root file system, never written to
 * @property {string} repository  directory: the package repository
 * @property {boolean} unified  whether its systemd wants cgroups of version 2 alone
 */

/**
 * The image of a suite by the present recipe, built first if this machine hasn't got it.
 * @param {string} suite
 * @param {(line: string) => void} say
 * @returns {Promise<Image>}
 */
export async function prepareImage(suite, say) {
  const { release, unified } = SUITES[suite];
  const digest = await recipeDigest(suite);
  const place = join(CACHE, digest);
  return withLock('image', async () => {
    if (!existsSync(place)) {
      say(`building the root file system of ${release} (once, about a minute)`);
      await build(suite, place);
      await removeOthers(digest);
    }
    const now = new Date();
    await utimes(place, now, now);
    return { digest, root: join(place, 'root'), repository: join(place, 'repository'), unified };
  });
}

/**
 * @param {string} suite
 * @param {string} place
 */
async function build(suite, place) {
  const { archive, packages: own } = SUITES[suite];
  const draft = `${place}.draft`;
  await rm(draft, { recursive: true, force: true });
  const gpgHome = join(draft, 'gpg');
  const repository = join(draft, 'repository');
  const repositoryKey = join(draft, 'repository.gpg');
  await makeRepositoryKey(gpgHome, 'lab repository');
  await exportRepositoryKey(gpgHome, repositoryKey, { armored: false });

  const packages = JSON.parse(await readFile(join(LAB, 'image/packages.json'), 'utf8'));
  const env = {
    ...process.env,
    DEBS: join(repository, 'pool'),
    CONTROLLER: packages.controller.join(' '),
    CONTROLLER_DEBS: join(repository, 'controller'),
    OFFERED: packages.offered.join(' '),
    REINSTALLABLE: packages.reinstallable.join(' '),
    OPS_PASSWORD,
    PUBLIC_KEY: LOGIN_PUBLIC_KEY,
    REPOSITORY_KEY: repositoryKey,
  };
  const include = [...packages.installed, ...own].join(',');
  const args = ['--mode=root', '--variant=minbase', `--include=${include}`, ...(archive === 'sid' ? OF_ANY_AGE : [])];
  const customize = `--customize-hook=${join(LAB, 'image/customize.sh')} "$1"`;
  await run('mmdebstrap', [...args, customize, archive, join(draft, 'root'), '-'], {
    env,
    input: await mirrors(archive),
  });
  await addOwnPackages(repository);
  await writeIndex(repository, gpgHome, 'vrun lab');
  await rename(draft, place);
}

/** A mirror of sid may be older than its Release file says it is good for. Its signature is checked all the same. */
const OF_ANY_AGE = ['--aptopt=Acquire::Check-Valid-Until "false"'];

/**
 * The Debian mirrors of this machine's own apt, as one-line sources for the hosts' release.
 * @param {string} archive
 * @returns {Promise<string>}
 */
async function mirrors(archive) {
  const format = '$(REPO_URI)|$(RELEASE)|$(COMPONENT)';
  const query = ['indextargets', '--format', format, 'Created-By: Packages', 'Origin: Debian'];
  let targets = await run('apt-get', query);
  if (targets === '') {
    await run('apt-get', ['update', '-q']);
    targets = await run('apt-get', query);
  }
  const sources = targets
    .split('\n')
    .map((line) => line.split('|'))
    .filter(([, , component]) => component === 'main')
    // a machine of another Debian release has the same mirrors: only the suite's name differs
    .map(([uri, suite = '']) => ({ uri, suite: suite.replace(/^[a-z]+/, archive) }))
    // sid has neither updates nor security updates beside it
    .filter(({ suite }) => archive !== 'sid' || suite === archive)
    .map(({ uri, suite }) => `deb ${uri} ${suite} main\n`);
  if (sources.length === 0) throw new Error('The apt of this machine knows no Debian mirror to build the lab from.');
  return [...new Set(sources)].join('');
}

/** @param {string} suite */
async function recipeDigest(suite) {
  const hash = createHash('sha256').update(JSON.stringify([suite, SUITES[suite]]));
  for (const file of (await Promise.all(RECIPE.map((path) => filesBelow(join(LAB, path))))).flat()) {
    hash.update(`${file.slice(LAB.length)}\0${(await stat(file)).mode & 0o111}\0`).update(await readFile(file));
  }
  return hash
    .update(await readFile(LOGIN_PUBLIC_KEY))
    .digest('hex')
    .slice(0, 16);
}

/**
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function filesBelow(path) {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).sort();
  return (await Promise.all(names.map((name) => filesBelow(join(path, name))))).flat();
}

/**
 * Removes the images that were used longest ago, but none under a running host.
 * @param {string} digest  of the one that was just built
 */
async function removeOthers(digest) {
  const used = new Set([digest, ...(await runningHosts()).map((host) => host.digest)]);
  const names = (await readdir(CACHE)).filter((name) => /^[0-9a-f]{16}/.test(name) && !used.has(name));
  const aged = await Promise.all(names.map(async (name) => ({ name, time: (await stat(join(CACHE, name))).mtimeMs })));
  const old = aged.sort((a, b) => b.time - a.time).slice(Math.max(0, KEPT - used.size));
  for (const { name } of old) await rm(join(CACHE, name), { recursive: true, force: true });
}
