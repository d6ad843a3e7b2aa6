// Writes inventories over chosen lab hosts. The one that is committed, for three hosts, is inventory/lab.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstHosts, HOST_LIMIT, hostOf, OPS_PASSWORD, STATE } from './plan.js';

/**
 * Writes an inventory whose group `web` has the given hosts; its paths are absolute.
 * @param {string[]} names
 * @returns {Promise<string>} its path, the same for the same hosts
 */
export async function writeInventory(names) {
  const hosts = names.map(hostOf);
  const inventory = {
    web: {
      hosts: Object.fromEntries(
        hosts.map(({ name, address, sudoAsks }) => [
          name,
          { ansible_host: address, ...(sudoAsks && { ansible_become_password: OPS_PASSWORD }) },
        ]),
      ),
      vars: {
        ansible_user: 'ops',
        ansible_ssh_private_key_file: join(STATE, 'id_ed25519'),
        known_hosts: join(STATE, 'known_hosts'),
      },
    },
  };
  const isFirst =
    names.join() ===
    firstHosts(Math.min(names.length, HOST_LIMIT))
      .map(({ name }) => name)
      .join();
  const path = join(STATE, `inventory-${isFirst ? names.length : names.join('-')}.yml`);
  await mkdir(STATE, { recursive: true });
  const draft = `${path}.${process.pid}`; // renamed into place: another process may be reading it
  await writeFile(draft, `${JSON.stringify(inventory, undefined, 2)}\n`); // JSON is YAML
  await rename(draft, path);
  return path;
}
