// Signed package repositories as apt reads them: a directory with the packages in pool/ and one suite over them.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.js';
import { LAB } from './plan.js';

const SOURCES = join(LAB, 'packages');

/**
 * Makes the key that signs a repository.
 * @param {string} home  an empty directory for gpg's files; it stays on this machine
 * @param {string} name  whose key it is
 */
export async function makeRepositoryKey(home, name) {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const gpg = ['--homedir', home, '--batch', '--passphrase', ''];
  await run('gpg', [...gpg, '--quick-generate-key', name, 'ed25519', 'sign', 'never']);
}

/**
 * Writes the public key of a repository in a form that apt reads.
 * @param {string} home  as given to `makeRepositoryKey`
 * @param {string} path
 * @param {{ armored: boolean }} form
 */
export async function exportRepositoryKey(home, path, { armored }) {
  await run('gpg', ['--homedir', home, '--batch', ...(armored ? ['--armor'] : []), '--output', path, '--export']);
}

/**
 * Builds the lab's own tiny packages into a repository's pool.
 * @param {string} repository
 */
export async function addOwnPackages(repository) {
  for (const source of await readdir(SOURCES)) {
    await buildPackage(join(SOURCES, source), join(repository, 'pool', `${source}.deb`));
  }
}

/**
 * Makes a Debian package of a tree. Little compression: it is made more often than it is sent.
 * @param {string} tree
 * @param {string} file
 */
export async function buildPackage(tree, file) {
  await run('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '--build', tree, file]);
}

/**
 * Writes the signed index over all packages in `repository`/pool: the suite `lab` with the component `main`.
 * @param {string} repository
 * @param {string} gpgHome
 * @param {string} origin  what the repository calls itself
 */
export async function writeIndex(repository, gpgHome, origin) {
  const architecture = (await run('dpkg', ['--print-architecture'])).trim();
  const index = `dists/lab/main/binary-${architecture}`;
  await mkdir(join(repository, index), { recursive: true });
  // apt-ftparchive names files as it was asked for them, so it must run inside the repository
  const inside = (/** @type {string} */ command) => run('sh', ['-ec', `cd "$1" && ${command}`, 'sh', repository]);
  await writeFile(join(repository, index, 'Packages'), await inside('apt-ftparchive packages pool'));
  const options = Object.entries({
    Origin: origin,
    Suite: 'lab',
    Codename: 'lab',
    Components: 'main',
    Architectures: architecture,
  });
  const release = await run('apt-ftparchive', [
    ...options.flatMap(([name, value]) => ['-o', `APT::FTPArchive::Release::${name}=${value}`]),
    'release',
    join(repository, 'dists/lab'),
  ]);
  await writeFile(join(repository, 'dists/lab/Release'), release);
  await inside(`gpg --homedir '${gpgHome}' --batch --yes --output dists/lab/InRelease --clearsign dists/lab/Release`);
  await run('gpgconf', ['--homedir', gpgHome, '--kill', 'gpg-agent']);
}
