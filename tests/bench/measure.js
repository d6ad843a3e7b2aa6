// One round: a number of hosts, every side from clean hosts, then all of them side by side on hosts that are set up.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { probeScripts } from './floor.js';
import { cleanHosts, root, sshAll, stateOf, writeInventory } from './hosts.js';
import { ansible, hangUp, shell, vrun } from './sides.js';

/**
 * @typedef {object} Samples  seconds, by side
 * @property {Record<string, number[]>} first
 * @property {Record<string, number[]>} converged
 */

/**
 * Measures one number of hosts.
 * @param {readonly string[]} hosts  lab hosts that nobody else uses
 * @param {{ directory: string, first: number, converged: number, ansible: number, say: (line: string) => void }} options
 *   how often each is run: from clean hosts, on hosts that are set up, and at most with Ansible, which takes long
 * @returns {Promise<Samples>}
 * @throws {Error} when a side doesn't reach the state that vrun reaches, or finds something to do where nothing is
 */
export async function measure(hosts, { directory, first, converged, ansible: ansibleRuns, say }) {
  const inventory = await writeInventory(hosts, directory);
  const round = { hosts, inventory, directory, site: join(directory, 'site') };
  const [one = ''] = hosts;

  await cleanHosts(hosts);
  await vrun.apply(round); // untimed: it makes the key of the record, and the state that all are held against
  const states = new Map(await Promise.all(hosts.map(async (host) => [host, await stateOf(host)])));
  await writeFile(round.site, await root(one, 'cat /etc/nginx/sites-available/vantus'));

  /** @type {Samples} */
  const samples = { first: {}, converged: {} };
  const keep = (kind, name, seconds) => {
    samples[kind][name] = [...(samples[kind][name] ?? []), seconds];
    say(`${hosts.length} hosts, ${kind}: ${name} ${seconds.toFixed(2)} s`);
  };

  for (let turn = 0; turn < first; turn += 1) {
    // Ansible's turn comes last: its converged runs need what it was given.
    for (const side of turn >= first - ansibleRuns ? [shell, vrun, ansible] : [shell, vrun]) {
      await hangUp(round);
      await cleanHosts(hosts);
      await side.prepare?.(round);
      keep('first', side.name, (await side.apply(round)).seconds);
      for (const host of hosts) sameState(side.name, host, await stateOf(host), states.get(host));
    }
  }

  const probes = await probeScripts(inventory);
  for (let turn = 0; turn < converged; turn += 1) {
    const done = await vrun.apply(round);
    if (done.changed !== 0 || done.messages !== 1)
      throw new Error(`vrun: ${JSON.stringify(done)} on hosts that were set up`);
    keep('converged', vrun.name, done.seconds);
    keep('converged', 'floor', await sshAll(probes));
    if (turn >= ansibleRuns) continue;
    const other = await ansible.apply(round);
    if (other.changed !== 0) throw new Error(`Ansible changed ${other.changed} on hosts that were set up`);
    keep('converged', ansible.name, other.seconds);
  }
  await hangUp(round);
  return samples;
}

/**
 * @param {string} side
 * @param {string} host
 * @param {string} state
 * @param {string | undefined} wanted
 */
function sameState(side, host, state, wanted) {
  if (state === wanted) return;
  const lines = (wanted ?? '').split('\n');
  const here = state.split('\n');
  const differing = [
    ...lines.filter((line) => !here.includes(line)).map((line) => `- ${line}`),
    ...here.filter((line) => !lines.includes(line)).map((line) => `+ ${line}`),
  ];
  throw new Error(`After ${side} ${host} is not as vrun leaves it:\n${differing.join('\n')}`);
}
