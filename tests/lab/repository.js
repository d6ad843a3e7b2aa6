// The lab's package repository: Debian packages fetched with the image, and three tiny ones of our own, signed.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.js';
import { LAB } from './plan.js';

const SOURCES = join(LAB, 'packages');

/**
 * Makes the key that signs the repository.
 * @param {string} home  an empty directory for gpg's files; it stays on this machine
 * @param {string} publicKey  where the public key goes, in the form that apt reads
 */
export async function makeRepositoryKey(home, publicKey) {
  const gpg = ['--homedir', home, '--batch', '--passphrase', ''];
  await run('gpg', [...gpg, '--quick-generate-key', 'lab repository', 'ed25519', 'sign', 'never']);
  await run('gpg', [...gpg, '--output', publicKey, '--export']);
}

/**
 * Adds our own packages to `repository`/pool and writes the index over all packages there: suite `lab`, component `main`.
 * @param {string} repository
 * @param {string} gpgHome
 */
export async function writeRepository(repository, gpgHome) {
  const architecture = (await run('dpkg', ['--print-architecture'])).trim();
  const index = `dists/lab/main/binary-${architecture}`;
  await mkdir(join(repository, index), { recursive: true });
  for (const source of await readdir(SOURCES)) {
    await run('dpkg-deb', [
      '--root-owner-group',
      '-Zgzip',
      '--build',
      join(SOURCES, source),
      join(repository, 'pool', `${source}.deb`),
    ]);
  }
  // apt-ftparchive names files as it was asked for them, so it must run inside the repository
  const inside = (/** @type {string} */ command) => run('sh', ['-ec', `cd "$1" && ${command}`, 'sh', repository]);
  await writeFile(join(repository, index, 'Packages'), await inside('apt-ftparchive packages pool'));
  const options = Object.entries({
    Origin: 'vrun lab',
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
