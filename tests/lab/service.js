// The lab's services on this machine: programs that listen on the bridge for all hosts and outlive the process that
// started them. /run/vrun-lab/services/NAME/ names them, the kernel confirms it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { openSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { withLock } from './lock.js';
import { CONTROLLER_ADDRESS, RUN } from './plan.js';

const START_LIMIT_MS = 20_000;
const SERVICES = join(RUN, 'services');

/**
 * @typedef {object} Service
 * @property {string} name
 * @property {string} file  the program
 * @property {string[]} args
 * @property {Record<string, string>} [env]  beside this process's own environment
 * @property {number} port  on the bridge; the service runs once it listens there
 * @property {() => Promise<void>} [begin]  what is to be done once it listens, before others may rely on it
 */

/**
 * Starts a service unless it runs as described here; one that runs otherwise is replaced.
 * @param {Service} service
 */
export async function keepRunning(service) {
  const { name, file, args, env = {} } = service;
  const digest = createHash('sha256')
    .update(JSON.stringify([file, args, env]))
    .digest('hex')
    .slice(0, 16);
  if ((await runningService(name))?.digest === digest) return;
  await withLock(`service/${name}`, async () => {
    if ((await runningService(name))?.digest === digest) return;
    await end(name);
    await mkdir(join(SERVICES, name), { recursive: true });
    const log = openSync(join(SERVICES, name, 'log'), 'w');
    const child = spawn(file, args, { env: { ...process.env, ...env }, detached: true, stdio: ['ignore', log, log] });
    child.unref();
    child.once('error', () => {}); // it never listens: told below
    await untilListening(service, () => child.exitCode !== null || child.pid === undefined);
    await service.begin?.();
    const born = await birthOf(child.pid ?? 0);
    await writeFile(join(SERVICES, name, 'started'), `${child.pid} ${born} ${digest}`);
  });
}

/** @returns {Promise<string[]>} the names of the services that run */
export async function runningServices() {
  const names = (await readdir(SERVICES).catch(() => [])).sort();
  const running = await Promise.all(names.map(runningService));
  return names.filter((_, index) => running[index]);
}

/** Ends all services. */
export async function stopServices() {
  const names = await readdir(SERVICES).catch(() => []);
  await Promise.all(names.map((name) => withLock(`service/${name}`, () => end(name))));
}

/** @param {string} name */
async function end(name) {
  const running = await runningService(name);
  if (running) {
    process.kill(running.pid, 'SIGKILL');
    while (await runningService(name)) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await rm(join(SERVICES, name), { recursive: true, force: true });
}

/**
 * @param {string} name
 * @returns {Promise<{ pid: number, digest: string } | undefined>}
 */
async function runningService(name) {
  const started = await readFile(join(SERVICES, name, 'started'), 'utf8').catch(() => '');
  const [pid = '', born = '', digest = ''] = started.split(' ');
  return born !== '' && (await birthOf(Number(pid))) === born ? { pid: Number(pid), digest } : undefined;
}

/**
 * When a process began, which no other process of the same number shares: field 22 of proc(5)'s stat.
 * @param {number} pid
 * @returns {Promise<string | undefined>} undefined when it has ended, as a zombie too
 */
async function birthOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === '' || state === 'Z' ? undefined : fields[18];
}

/**
 * @param {{ name: string, port: number }} service
 * @param {() => boolean} ended
 */
export async function untilListening({ name, port }, ended) {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!ended() && Date.now() < deadline) {
    if (await listens(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const said = await readFile(join(SERVICES, name, 'log'), 'utf8').catch(() => '');
  throw new Error(`The lab's service ${name} doesn't listen on ${CONTROLLER_ADDRESS}:${port}:\n${said.slice(-2000)}`);
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function listens(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: CONTROLLER_ADDRESS, port, timeout: 1000 });
    const close = (/** @type {boolean} */ answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => close(true));
    socket.once('error', () => close(false));
    socket.once('timeout', () => close(false));
  });
}
