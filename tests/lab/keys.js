// The lab's SSH keys: one login key, and three host keys for each host, made once for this machine.

import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.js';
import { withLock } from './lock.js';
import { CACHE, firstHosts, HOST_LIMIT, STATE } from './plan.js';

const KEYS = join(CACHE, 'keys');
const TYPES = ['ed25519', 'ecdsa', 'rsa'];

/** The public half of the login key, accepted for `ops` and `root` on every host. */
export const LOGIN_PUBLIC_KEY = join(KEYS, 'id_ed25519.pub');

/**
 * The files that hold a host's keys, as sshd names them.
 * @param {string} name
 * @returns {{ path: string, file: string }[]} `file` is its name in /etc/ssh
 */
export function hostKeyFiles(name) {
  return TYPES.flatMap((type) => {
    const file = `ssh_host_${type}_key`;
    return [file, `${file}.pub`].map((each) => ({ path: join(KEYS, name, each), file: each }));
  });
}

/** Makes the keys unless this machine has them, and copies the login key and the pinned host keys into this working copy. */
export async function prepareKeys() {
  await withLock('keys', async () => {
    if (!existsSync(KEYS)) await makeKeys();
    await makeHostKeys();
    await mkdir(STATE, { recursive: true });
    for (const file of ['id_ed25519', 'id_ed25519.pub', 'known_hosts']) {
      // By rename: another process may be reading them for a login.
      const draft = join(STATE, `${file}.draft`);
      await copyFile(join(KEYS, file), draft);
      await chmod(draft, file === 'id_ed25519' ? 0o600 : 0o644);
      await rename(draft, join(STATE, file));
    }
  });
}

async function makeKeys() {
  const draft = `${KEYS}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await makeKey('ed25519', join(draft, 'id_ed25519'), 'vrun lab');
  await rename(draft, KEYS);
}

/** Makes the keys of those hosts that have none yet: the lab may have grown since this machine's first. */
async function makeHostKeys() {
  const hosts = firstHosts(HOST_LIMIT);
  const missing = hosts.filter(({ name }) => !existsSync(join(KEYS, name)));
  await Promise.all(
    missing.map(async ({ name }) => {
      const draft = join(KEYS, `${name}.draft`);
      await rm(draft, { recursive: true, force: true });
      await mkdir(draft);
      await Promise.all(TYPES.map((type) => makeKey(type, join(draft, `ssh_host_${type}_key`), name)));
      await rename(draft, join(KEYS, name));
    }),
  );
  const known = await readFile(join(KEYS, 'known_hosts'), 'utf8').catch(() => '');
  if (missing.length === 0 && hosts.every(({ address }) => known.includes(`${address} `))) return;
  const lines = hosts.flatMap(({ name, address }) =>
    TYPES.map(async (type) => {
      const [algorithm, key] = (await readFile(join(KEYS, name, `ssh_host_${type}_key.pub`), 'utf8')).split(' ');
      return `${address} ${algorithm} ${key}\n`;
    }),
  );
  await writeFile(join(KEYS, 'known_hosts.draft'), (await Promise.all(lines)).join(''));
  await rename(join(KEYS, 'known_hosts.draft'), join(KEYS, 'known_hosts'));
}

/**
 * @param {string} type
 * @param {string} path
 * @param {string} comment
 */
async function makeKey(type, path, comment) {
  await run('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', comment, '-f', path]);
}
