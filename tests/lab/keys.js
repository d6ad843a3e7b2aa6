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
  const lines = await Promise.all(
    firstHosts(HOST_LIMIT).map(async ({ name, address }) => {
      await mkdir(join(draft, name));
      return Promise.all(
        TYPES.map(async (type) => {
          const path = join(draft, name, `ssh_host_${type}_key`);
          await makeKey(type, path, name);
          const [algorithm, key] = (await readFile(`${path}.pub`, 'utf8')).split(' ');
          return `${address} ${algorithm} ${key}\n`;
        }),
      );
    }),
  );
  await writeFile(join(draft, 'known_hosts'), lines.flat().join(''));
  await rename(draft, KEYS);
}

/**
 * @param {string} type
 * @param {string} path
 * @param {string} comment
 */
async function makeKey(type, path, comment) {
  await run('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', comment, '-f', path]);
}
