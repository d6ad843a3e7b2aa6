// The hosts' common root file system and package repository, built once for each recipe and kept in the cache.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.js';
import { LOGIN_PUBLIC_KEY } from './keys.js';
import { withLock } from './lock.js';
import { CACHE, LAB, OPS_PASSWORD } from './plan.js';
import { addOwnPackages, exportRepositoryKey, makeRepositoryKey, writeIndex } from './repository.js';
import { runningHosts } from './running.js';

const RELEASE = 'bookworm';
const RECIPE = ['image', 'packages', 'image.js', 'repository.js'];

/**
 * @typedef {object} Image
 * @property {string} digest  names the recipe and the login key that it was made with
 * @property {string} root  directory: the root file system, never written to
 * @property {string} repository  directory: the package repository
 */

/**
 * The image of the present recipe, built first if this machine hasn't got it.
 * @param {(line: string) => void} say
 * @returns {Promise<Image>}
 */
export async function prepareImage(say) {
  const digest = await recipeDigest();
  const place = join(CACHE, digest);
  return withLock('image', async () => {
    if (!existsSync(place)) {
      say('building the root file system (once, about a minute)');
      await build(place);
      await removeOthers(digest);
    }
    return { digest, root: join(place, 'root'), repository: join(place, 'repository') };
  });
}

/** @param {string} place */
async function build(place) {
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
    OFFERED: packages.offered.join(' '),
    REINSTALLABLE: packages.reinstallable.join(' '),
    OPS_PASSWORD,
    PUBLIC_KEY: LOGIN_PUBLIC_KEY,
    REPOSITORY_KEY: repositoryKey,
  };
  const args = ['--mode=root', '--variant=minbase', `--include=${packages.installed.join(',')}`];
  const customize = `--customize-hook=${join(LAB, 'image/customize.sh')} "$1"`;
  await run('mmdebstrap', [...args, customize, RELEASE, join(draft, 'root'), '-'], { env, input: await mirrors() });
  await addOwnPackages(repository);
  await writeIndex(repository, gpgHome, 'vrun lab');
  await rename(draft, place);
}

/**
 * The Debian mirrors of this machine's own apt, as one-line sources for the hosts' release.
 * @returns {Promise<string>}
 */
async function mirrors() {
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
    .map(([uri, suite = '']) => `deb ${uri} ${suite.replace(/^[a-z]+/, RELEASE)} main\n`);
  if (sources.length === 0) throw new Error('The apt of this machine knows no Debian mirror to build the lab from.');
  return [...new Set(sources)].join('');
}

async function recipeDigest() {
  const hash = createHash('sha256');
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
 * Removes images that are neither this one nor under a running host: they take 300 MB each.
 * @param {string} digest
 */
async function removeOthers(digest) {
  const kept = new Set([digest, ...(await runningHosts()).map((host) => host.digest)]);
  for (const name of await readdir(CACHE)) {
    if (/^[0-9a-f]{16}/.test(name) && !kept.has(name)) await rm(join(CACHE, name), { recursive: true, force: true });
  }
}
