// Many hosts: one sshd that answers on a thousand addresses is a thousand hosts for whoever connects to it.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { address, exec, KEY_FILE, KNOWN_HOSTS_FILE } from '../lab/lab-api.js';
import { cleanHosts, root, SSH_OPTIONS, writeInventory } from './hosts.js';
import { BENCH, ROOT, RUNBOOK } from './place.js';
import { run } from './program.js';
import { vrun } from './sides.js';

/** Where the addresses are: 1,016 of them, 254 in each block. */
const NETWORK = '10.233.0.0/22';

/** Hosts at work at the same time, for both. */
const FORKS = 50;

/**
 * @typedef {object} Many
 * @property {string} who
 * @property {number} seconds
 * @property {number} failed  hosts
 * @property {number} [processor]  seconds of the controller's own process, where that is one
 * @property {number} [megabytes]  the most that it had in memory
 */

/**
 * Measures `count` addresses of a host that is set up: a dry run of all tasks by vrun, since one lock serves all of them, and one
 * command by parallel-ssh.
 * @param {string} host  lab host that nobody else uses
 * @param {{ count: number, rounds: number, directory: string, say: (line: string) => void }} options
 * @returns {Promise<Many[]>}
 */
export async function measureMany(host, { count, rounds, directory, say }) {
  await cleanHosts([host]);
  const inventory = await writeInventory([host], directory);
  await vrun.apply({ hosts: [host], inventory, directory, site: '' }); // untimed: what all of them are held against
  const close = await open(host);
  try {
    const files = await writeFiles(host, count, directory);
    const samples = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const side of [byVrun, byParallelSsh]) {
        const sample = await side(files, count);
        say(`${count} addresses: ${sample.who} ${sample.seconds.toFixed(1)} s, ${sample.failed} failed`);
        samples.push(sample);
      }
    }
    return samples;
  } finally {
    await close();
  }
}

/** Has the host answer on all of the network, as many logins at a time as come. */
async function open(host) {
  await root(
    host,
    `ip route replace local ${NETWORK} dev lo && echo MaxStartups 200 >>/etc/ssh/sshd_config && systemctl restart ssh`,
  );
  await run('ip', ['route', 'replace', NETWORK, 'via', address(host)]);
  return async () => {
    await run('ip', ['route', 'delete', NETWORK]);
    await exec(host, `ip route delete local ${NETWORK} dev lo`);
  };
}

/**
 * @typedef {object} Files
 * @property {string} addresses
 * @property {string} known  known_hosts
 * @property {string} inventory
 * @property {string} directory
 */

/** @returns {Promise<Files>} */
async function writeFiles(host, count, directory) {
  const addresses = Array.from(
    { length: count },
    (_, index) => `10.233.${Math.floor(index / 254)}.${(index % 254) + 1}`,
  );
  const keys = (await readFile(KNOWN_HOSTS_FILE, 'utf8')).split('\n');
  const own = keys.filter((line) => line.startsWith(`${address(host)} `));
  const files = {
    addresses: join(directory, 'addresses'),
    known: join(directory, 'known_hosts'),
    inventory: join(directory, 'many.yml'),
    directory,
  };
  await writeFile(files.addresses, `${addresses.join('\n')}\n`);
  await writeFile(files.known, `${own.map((line) => line.replace(/^\S+/, addresses.join(','))).join('\n')}\n`);
  const vars = { ansible_user: 'ops', ansible_ssh_private_key_file: KEY_FILE, known_hosts: files.known };
  const hosts = Object.fromEntries(addresses.map((one) => [one, {}]));
  await writeFile(files.inventory, JSON.stringify({ web: { vars, hosts } }));
  return files;
}

/** @returns {Promise<Many>} */
async function byVrun({ inventory, directory }) {
  const usage = join(directory, 'usage.json');
  const program = ['--require', join(BENCH, 'usage.cjs'), join(ROOT, 'dist/vrun.js'), join(ROOT, RUNBOOK)];
  const options = ['-i', inventory, '--check', '--forks', String(FORKS), '--output', 'json'];
  const { seconds, stdout } = await run(process.execPath, [...program, ...options], {
    cwd: directory,
    env: { VRUN_BENCH_USAGE: usage },
    mayFail: true,
  });
  const end = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(await readFile(usage, 'utf8'));
  return {
    who: 'vrun, 12 tasks',
    seconds,
    failed: Object.values(end.hosts).filter(({ failed, unreachable }) => failed > 0 || unreachable).length,
    processor: (userCPUTime + systemCPUTime) / 1e6,
    megabytes: maxRSS / 1024,
  };
}

/** @returns {Promise<Many>} */
async function byParallelSsh({ addresses, known, directory }, count) {
  const output = join(directory, 'parallel-ssh');
  const options = SSH_OPTIONS.map((word) =>
    word.startsWith('UserKnownHostsFile=') ? `UserKnownHostsFile=${known}` : word,
  );
  const args = ['-h', addresses, '-l', 'ops', '-p', String(FORKS), '-t', '0', '-o', output, '-x', options.join(' ')];
  const { seconds, stdout } = await run('parallel-ssh', [...args, 'uname -n'], { mayFail: true });
  await rm(output, { recursive: true });
  return {
    who: 'parallel-ssh, one command',
    seconds,
    failed: count - [...stdout.matchAll(/\[SUCCESS\]/g)].length,
  };
}
