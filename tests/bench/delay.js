// The same hosts, farther away.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { wayTo } from './hosts.js';
import { BENCH } from './place.js';

/**
 * Puts a round-trip time between this machine and hosts, by a process that forwards what passes.
 * @param {readonly import('./hosts.js').Host[]} hosts
 * @param {number} delay  milliseconds
 * @param {string} directory
 * @returns {Promise<{ way: import('./hosts.js').Way, end: () => void }>}
 */
export async function fartherAway(hosts, delay, directory) {
  const args = [join(BENCH, 'forwarder.js'), `${delay}`, ...hosts.map(({ address }) => address)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  const ports = JSON.parse(line);
  const place = join(directory, 'far');
  await mkdir(place);
  const far = hosts.map((host, index) => ({ ...host, address: '127.0.0.1', port: ports[index] }));
  return { way: await wayTo(far, place), end: () => void child.kill() };
}
