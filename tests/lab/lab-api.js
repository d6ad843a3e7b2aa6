// The lab for tests and benchmarks: boots hosts, gives clean ones, and looks into them without vrun. Described in lab-api.d.ts.
import { join } from 'node:path';
import { ACME, serveAcme, startAcme } from './acme.js';
import { clearDrafts } from './drafts.js';
import { boot, enter, stop } from './host.js';
import { prepareImage } from './image.js';
import { writeInventory } from './inventory.js';
import { prepareKeys } from './keys.js';
import { takeHosts } from './loan.js';
import { withLock } from './lock.js';
import { makeBridge, removeBridge } from './network.js';
import { NODE_REPOSITORY, serveNodeRepository } from './node-repository.js';
import { ACME_CA_ON_HOST, chosenSuite, firstHosts, HOST_LIMIT, hostOf, lentHosts, STATE, SUITES } from './plan.js';
import { postgresOn } from './postgres.js';
import { installPrerequisites, raiseLimits } from './prerequisites.js';
import { runningHost, runningHosts } from './running.js';
import { runningServices, stopServices } from './service.js';

export { BRIDGE, CHOSEN, chosenSuite, OPS_PASSWORD, SUITES } from './plan.js';
export { available } from './prerequisites.js';
export { ACME, ACME_CA_ON_HOST, NODE_REPOSITORY, postgresOn, startAcme };

export const KEY_FILE = join(STATE, 'id_ed25519');
export const KNOWN_HOSTS_FILE = join(STATE, 'known_hosts');

const silent = () => {};

export async function ensureUp(names, say = silent) {
  await bootEach(names, say, { suite: chosenSuite(), evenIfItRuns: false });
}

export async function reset(...names) {
  await bootEach(names, silent, { suite: chosenSuite(), evenIfItRuns: true });
}

export async function borrow(count, { among = lentHosts(), suite = chosenSuite() } = {}) {
  const { names, release } = await takeHosts(count, among);
  try {
    await bootEach(names, silent, { suite, evenIfItRuns: true });
  } catch (error) {
    release();
    throw error;
  }
  return { names, release };
}

export async function prepareImages(say = silent) {
  await installPrerequisites(say);
  await prepareKeys();
  for (const suite of Object.keys(SUITES)) await prepareImage(suite, say);
}

async function bootEach(names, say, { suite, evenIfItRuns }) {
  const hosts = names.map(hostOf);
  await installPrerequisites(say);
  raiseLimits();
  await prepareKeys();
  await clearDrafts();
  const image = await prepareImage(suite, say);
  await makeBridge();
  await Promise.all([serveNodeRepository(say), serveAcme()]);
  const bootOne = async (host) => {
    const running = await runningHost(host.name);
    if (running?.digest === image.digest && !evenIfItRuns) return;
    await stop(host.name);
    await boot(host, image);
  };
  await Promise.all(hosts.map((host) => withLock(host.name, () => bootOne(host))));
}

export async function down(names) {
  const running = (await runningHosts()).map(({ name }) => name);
  const chosen = names ?? firstHosts(HOST_LIMIT).map(({ name }) => name); // also those that ended by themselves and left their traces
  await Promise.all(chosen.map((name) => withLock(name, () => stop(name))));
  if (!names) {
    await stopServices();
    await removeBridge();
  }
  return chosen.filter((name) => running.includes(name));
}

export async function running() {
  return (await runningHosts()).map(({ name, digest }) => ({ name, address: address(name), image: digest }));
}

export async function services() {
  return runningServices();
}

export function address(name) {
  return hostOf(name).address;
}

export async function exec(name, command) {
  const outcome = await enter(hostOf(name).name, command);
  if (outcome.status === -1) throw new Error(outcome.stderr);
  return outcome;
}

export async function inventoryFile(names) {
  return writeInventory(names);
}
