// The hosts that are measured: lab hosts, all with the same way in, and what is true on them.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { address, exec, KEY_FILE, KNOWN_HOSTS_FILE, reset } from '../lab/lab-api.js';
import { BENCH } from './place.js';
import { run } from './program.js';

/** Puts clean hosts in the place of the named ones, on which sudo asks nobody for a password. */
export async function cleanHosts(/** @type {readonly string[]} */ names) {
  await reset(...names);
  await Promise.all(names.map((name) => root(name, "echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/zz-bench")));
}

/**
 * Writes the inventory that vrun and Ansible both read.
 * @param {readonly string[]} names
 * @param {string} directory
 * @returns {Promise<string>} its path
 */
export async function writeInventory(names, directory) {
  const path = join(directory, `hosts-${names.length}.yml`);
  const inventory = {
    web: {
      hosts: Object.fromEntries(names.map((name) => [name, { ansible_host: address(name) }])),
      vars: {
        ansible_user: 'ops',
        ansible_ssh_private_key_file: KEY_FILE,
        known_hosts: KNOWN_HOSTS_FILE, // Ansible gets it on its ssh command line
        ansible_python_interpreter: '/usr/bin/python3',
      },
    },
  };
  await writeFile(path, `${JSON.stringify(inventory, undefined, 2)}\n`); // JSON is YAML
  return path;
}

/** What stock ssh needs on its command line, besides the host. */
export const SSH_OPTIONS = [
  ['-F', 'none'],
  ['-i', KEY_FILE],
  ['-o', 'IdentitiesOnly=yes'],
  ['-o', 'BatchMode=yes'],
  ['-o', 'StrictHostKeyChecking=yes'],
  ['-o', `UserKnownHostsFile=${KNOWN_HOSTS_FILE}`],
].flat();

/**
 * `ssh HOST sudo sh <SCRIPT` on all hosts at the same time.
 * @param {ReadonlyMap<string, string>} scripts  by host
 * @returns {Promise<number>} seconds until the last was done
 */
export async function sshAll(scripts) {
  const began = performance.now();
  await Promise.all(
    [...scripts].map(([name, input]) => run('ssh', [...SSH_OPTIONS, `ops@${address(name)}`, 'sudo sh'], { input })),
  );
  return (performance.now() - began) / 1000;
}

/** What is true on a host, as text. */
export async function stateOf(/** @type {string} */ name) {
  return root(name, await readFile(join(BENCH, 'state.sh'), 'utf8'));
}

/**
 * Runs a command as root on a host, past SSH.
 * @param {string} name
 * @param {string} command
 * @returns {Promise<string>} standard output
 */
export async function root(name, command) {
  const { status, stdout, stderr } = await exec(name, command);
  if (status !== 0) throw new Error(`On ${name}: status ${status}:\n${stdout}${stderr}`);
  return stdout;
}
