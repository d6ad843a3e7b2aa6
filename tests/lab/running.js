// Which hosts run now, as their processes tell: /run/vrun-lab/NAME/ names them, the kernel confirms it.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN } from './plan.js';

/**
 * @typedef {object} RunningHost
 * @property {string} name
 * @property {string} digest  of the image that it was booted from
 * @property {number} supervisor  process id of its systemd-nspawn
 */

/**
 * The hosts that run on this machine, whoever started them.
 * @returns {Promise<RunningHost[]>}
 */
export async function runningHosts() {
  const names = await readdir(RUN).catch(() => []);
  const hosts = await Promise.all(names.sort().map(runningHost));
  return hosts.filter((host) => host !== undefined);
}

/**
 * @param {string} name
 * @returns {Promise<RunningHost | undefined>}
 */
export async function runningHost(name) {
  const [pid = '', digest = ''] = (await readFile(join(RUN, name, 'started'), 'utf8').catch(() => '')).split(' ');
  // a process id may have been given to another program since
  const command = await readFile(`/proc/${Number(pid)}/cmdline`, 'utf8').catch(() => '');
  if (!command.includes(`--machine=${name}\0`)) return undefined;
  return { name, digest: digest.trim(), supervisor: Number(pid) };
}

/**
 * The host's own process 1, seen from outside. It changes when the host reboots itself.
 * @param {RunningHost} host
 * @returns {Promise<number | undefined>} undefined while there is none
 */
export async function processOne({ supervisor }) {
  const children = await readFile(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8').catch(() => '');
  for (const child of children.split(' ').filter(Boolean)) {
    const status = await readFile(`/proc/${child}/status`, 'utf8').catch(() => '');
    if (/^NSpid:.*\t1$/m.test(status)) return Number(child);
  }
  return undefined;
}
