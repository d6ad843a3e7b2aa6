// The hosts that are measured: lab hosts, all with the same way in, and what is true on them.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { address, borrow, exec, KEY_FILE, KNOWN_HOSTS_FILE, reset } from '../lab/lab-api.js';
import { BENCH } from './place.js';
import { run } from './program.js';

/** The lab's hosts that may be measured: the first are for the demo and for people. */
const AMONG = Array.from({ length: 8 }, (_, index) => `lab${index + 9}`);

/**
 * @typedef {object} Host
 * @property {string} name  as inventories call it
 * @property {string} lab  its name in the lab
 * @property {string} address
 * @property {number} port
 *
 * @typedef {object} Way  how to get to hosts
 * @property {readonly Host[]} hosts
 * @property {string} inventory  path: vrun and Ansible both read it
 * @property {string} knownHosts  path
 */

/** Takes hosts of the lab, one by one as they become free: together they might never be. */
export async function lend(/** @type {number} */ count) {
  const loans = [];
  const names = () => loans.flatMap((loan) => loan.names);
  while (loans.length < count) {
    loans.push(await borrow(1, { among: AMONG.filter((name) => !names().includes(name)) }));
  }
  const hosts = names()
    .sort()
    .map((name) => ({ name, lab: name, address: address(name), port: 22 }));
  return { hosts, release: () => loans.forEach(({ release }) => void release()) };
}

/** Puts clean hosts in the place of these, on which sudo asks nobody for a password. */
export async function cleanHosts(/** @type {readonly Host[]} */ hosts) {
  await reset(...hosts.map(({ lab }) => lab));
  await onAll(hosts, "echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/zz-bench");
}

/**
 * Writes what is needed to get to hosts: the inventory, and the keys that they are known by, a line for each.
 * @param {readonly Host[]} hosts
 * @param {string} directory
 * @returns {Promise<Way>}
 */
export async function wayTo(hosts, directory) {
  const [inventory, knownHosts] = [join(directory, 'hosts.yml'), join(directory, 'known_hosts')];
  const pinned = (await readFile(KNOWN_HOSTS_FILE, 'utf8')).trimEnd().split('\n');
  const lines = hosts.flatMap(({ lab, port, ...host }) => {
    const name = port === 22 ? host.address : `[${host.address}]:${port}`;
    const own = pinned.filter((line) => line.startsWith(`${address(lab)} `));
    return own.map((line) => line.replace(/^\S+/, name));
  });
  await writeFile(knownHosts, `${lines.join('\n')}\n`);
  const web = {
    hosts: Object.fromEntries(
      hosts.map((host) => [host.name, { ansible_host: host.address, ansible_port: host.port, server: host.lab }]),
    ),
    vars: {
      ansible_user: 'ops',
      ansible_ssh_private_key_file: KEY_FILE,
      known_hosts: knownHosts, // Ansible gets it on its ssh command line
      ansible_python_interpreter: '/usr/bin/python3',
    },
  };
  await writeFile(inventory, `${JSON.stringify({ web }, undefined, 2)}\n`); // JSON is YAML
  return { hosts, inventory, knownHosts };
}

/** What stock ssh and its kin need on their command line, besides the host and its port. */
export function sshOptions(/** @type {string} */ knownHosts) {
  const settings = [
    'IdentitiesOnly=yes',
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHosts}`,
  ];
  return ['-F', 'none', '-i', KEY_FILE, ...settings.flatMap((setting) => ['-o', setting])];
}

/**
 * Runs a command by stock ssh on all hosts at the same time.
 * @param {Way} way
 * @param {string} command
 * @param {(host: Host) => string | undefined} [input]
 * @returns {Promise<{ seconds: number, stdout: string[] }>} until the last was done, and what each said
 */
export async function sshAll({ hosts, knownHosts }, command, input = () => undefined) {
  const began = performance.now();
  const ran = await Promise.all(
    hosts.map((host) => {
      const args = [...sshOptions(knownHosts), '-p', `${host.port}`, `ops@${host.address}`, command];
      return run('ssh', args, { input: input(host) ?? '' });
    }),
  );
  return { seconds: (performance.now() - began) / 1000, stdout: ran.map(({ stdout }) => stdout) };
}

/** What the set-up has made of a host, as text. */
export async function stateOf(/** @type {Host} */ host) {
  return root(host, await readFile(join(BENCH, 'state.sh'), 'utf8'));
}

/**
 * Runs a command as root on hosts, past SSH.
 * @param {readonly Host[]} hosts
 * @param {string} command
 * @returns {Promise<string[]>} what each said
 */
export function onAll(hosts, command) {
  return Promise.all(hosts.map((host) => root(host, command)));
}

async function root({ lab }, command) {
  const { status, stdout, stderr } = await exec(lab, command);
  if (status !== 0) throw new Error(`On ${lab}: status ${status}:\n${stdout}${stderr}`);
  return stdout;
}
