// What is compared. Each side brings hosts to the same state, and says what it did.
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KNOWN_HOSTS_FILE } from '../lab/lab-api.js';
import { root, sshAll } from './hosts.js';
import { BENCH, ROOT, RUNBOOK } from './place.js';
import { run } from './program.js';

/** Hosts at work at the same time, for vrun and Ansible alike. */
const FORKS = 50;

/**
 * @typedef {object} Round
 * @property {readonly string[]} hosts  names
 * @property {string} inventory  path
 * @property {string} directory  for what a side has to keep
 * @property {string} site  path of the nginx site that vrun writes
 *
 * @typedef {object} Done
 * @property {number} seconds
 * @property {number} changed  tasks, on all hosts
 * @property {number} [messages]  the most of any host, where there are messages
 *
 * @typedef {object} Side
 * @property {string} name
 * @property {(round: Round) => Promise<void>} [prepare]  what clean hosts need first; its time doesn't count
 * @property {(round: Round) => Promise<Done>} apply
 */

/** @type {Side} */
export const vrun = {
  name: 'vrun',
  async apply({ inventory, directory }) {
    const program = join(ROOT, 'dist/vrun.js');
    const args = [program, join(ROOT, RUNBOOK), '-i', inventory, '--forks', String(FORKS), '--output', 'json'];
    const { seconds, stdout } = await run(process.execPath, args, { cwd: directory });
    const end = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    const hosts = Object.values(end.hosts);
    return {
      seconds,
      changed: hosts.reduce((sum, { changed }) => sum + changed, 0),
      messages: Math.max(...hosts.map(({ messages }) => messages)),
    };
  },
};

/** @type {Side} */
export const shell = {
  name: 'shell script',
  async apply({ hosts, site }) {
    const scripts = await Promise.all(
      hosts.map(async (host) => /** @type {const} */ ([host, await setupScript(host, site)])),
    );
    return { seconds: await sshAll(new Map(scripts)), changed: NaN };
  },
};

/** @type {Side} */
export const ansible = {
  name: 'Ansible',
  // Its apt module needs python3-apt, which a small Debian server lacks; and it takes the empty directory of package lists for new ones.
  async prepare({ hosts }) {
    const install = 'apt-get -q update && apt-get -q -y --no-install-recommends install python3-apt';
    const asBefore = 'rm -rf /var/lib/apt/lists/* && touch -d -2days /var/lib/apt/lists';
    await Promise.all(hosts.map((host) => root(host, `{ ${install}; } >/dev/null && ${asBefore}`)));
  },
  async apply({ inventory, directory, hosts, site }) {
    const controlPaths = join(directory, `cp-${hosts.length}`);
    await mkdir(controlPaths, { recursive: true });
    const variables = JSON.stringify({ templates: join(BENCH, 'templates'), site });
    const { seconds, stdout } = await run(
      'ansible-playbook',
      ['-i', inventory, '-e', variables, join(BENCH, 'playbook.yml')],
      {
        cwd: directory,
        env: {
          ANSIBLE_FORKS: String(FORKS),
          ANSIBLE_PIPELINING: 'True',
          ANSIBLE_NOCOLOR: '1',
          ANSIBLE_SSH_CONTROL_PATH_DIR: controlPaths,
          ANSIBLE_SSH_COMMON_ARGS: `-F none -o IdentitiesOnly=yes -o UserKnownHostsFile=${KNOWN_HOSTS_FILE}`,
          LC_ALL: 'C.UTF-8',
        },
      },
    );
    const changed = [...stdout.matchAll(/^lab\d+ .* changed=(\d+) /gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
    return { seconds, changed };
  },
};

/** The control connections of before a reset lead nowhere. */
export async function hangUp(/** @type {Round} */ { directory, hosts }) {
  const controlPaths = join(directory, `cp-${hosts.length}`);
  const sockets = await readdir(controlPaths).catch(() => []);
  for (const socket of sockets) {
    await run('ssh', ['-F', 'none', '-O', 'exit', '-S', join(controlPaths, socket), 'nobody']).catch(() => {
      // it had ended by itself meanwhile
    });
  }
}

/** The hand-written script for one host, with the files that it writes in it. */
async function setupScript(/** @type {string} */ host, /** @type {string} */ site) {
  const values = { inventory_hostname: host, domain: 'vantus.example', port: '3005' };
  const template = async (/** @type {string} */ name) =>
    (await readFile(join(BENCH, 'templates', `${name}.hbs`), 'utf8')).replace(
      /\{\{ (\w+) \}\}/g,
      (_, name) => values[name],
    );
  /** @type {Record<string, string>} */
  const files = {
    'vantus.env': await template('vantus.env'),
    'placeholder.html': await template('placeholder.html'),
    'vantus.service': await template('vantus.service'),
    site: await readFile(site, 'utf8'),
    cron: "17 3 * * * vantus find /var/lib/vantus/uploads -name '*.part' -mtime +1 -delete\n",
  };
  const script = await readFile(join(BENCH, 'setup.sh'), 'utf8');
  return script.replace(/^#include (\S+)\n/gm, (_, name) => files[name] ?? '');
}
