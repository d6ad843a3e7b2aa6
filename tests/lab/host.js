// One host's life: boot, wait until it serves, stop, run a command in it.
import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { attempt } from './command.js';
import { BRIDGE, DISK_SIZE, LAB, RUN } from './plan.js';
import { processOne, runningHost } from './running.js';
import { writeSeed } from './seed.js';

const BOOT_LIMIT_MS = 60_000;
const CGROUPS = '/sys/fs/cgroup';

/**
 * Boots a host that doesn't run, clean, and returns once it has finished booting and sshd answers.
 * @param {import('./plan.js').LabHost} host
 * @param {import('./image.js').Image} image
 */
export async function boot(host, image) {
  const place = join(RUN, host.name);
  await mkdir(place, { recursive: true });
  await writeSeed(join(place, 'seed'), host);
  const log = openSync(join(place, 'console.log'), 'w');
  const script = join(LAB, 'boot-host.sh');
  const started = join(place, 'started');
  const places = [image.root, image.repository, join(place, 'seed')];
  const args = [host.name, ...places, DISK_SIZE, BRIDGE, started, image.digest, String(image.unified)];
  // `slave`: this machine's later mounts reach the host's namespace, the host's never reach this machine
  const child = spawn('unshare', ['--mount', '--propagation', 'slave', script, ...args], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  await untilServing(host, () => child.exitCode !== null);
}

/**
 * @param {import('./plan.js').LabHost} host
 * @param {() => boolean} ended
 */
async function untilServing(host, ended) {
  const deadline = Date.now() + BOOT_LIMIT_MS;
  while (!ended() && Date.now() < deadline) {
    // `--wait` returns when the boot is over; before that, logins of ordinary users are refused
    const state = await enter(host.name, 'systemctl is-system-running --wait', BOOT_LIMIT_MS);
    if (/^(running|degraded)$/m.test(state.stdout) && (await answers(host.address))) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  const said = (await readFile(join(RUN, host.name, 'console.log'), 'utf8')).split('\n').slice(-15).join('\n');
  throw new Error(
    `${host.name} ${ended() ? 'ended while booting' : `didn't boot in ${BOOT_LIMIT_MS / 1000} s`}:\n${said}`,
  );
}

/**
 * @param {string} address
 * @returns {Promise<boolean>} whether an SSH server greets there
 */
function answers(address) {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1000 });
    const end = (/** @type {boolean} */ answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (greeting) => end(greeting.toString().startsWith('SSH-')));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
    socket.once('close', () => end(false));
  });
}

/**
 * Ends a host at once, as if its power had gone, and removes what it had on this machine. Does nothing if it doesn't run.
 * @param {string} name
 */
export async function stop(name) {
  const host = await runningHost(name);
  if (host) {
    const inner = await processOne(host);
    for (const pid of [inner, host.supervisor]) if (pid !== undefined) kill(pid);
  }
  for (const group of await cgroupsOf(name)) await removeCgroup(group);
  await rm(join(RUN, name), { recursive: true, force: true });
}

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** @param {string} name */
async function cgroupsOf(name) {
  const hierarchies = [CGROUPS, ...(await readdir(CGROUPS)).map((entry) => join(CGROUPS, entry))];
  return hierarchies.map((hierarchy) => join(hierarchy, `vrun-lab-${name}`)).filter((group) => existsSync(group));
}

/**
 * Removes a cgroup and those below it. Its last processes are already killed, but take a moment to end.
 * @param {string} group
 */
async function removeCgroup(group) {
  for (const entry of await readdir(group, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeCgroup(join(group, entry.name));
  }
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await rmdir(group);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      for (const pid of (await readFile(join(group, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean))
        kill(Number(pid));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/**
 * Runs a shell command as root inside a running host, past sshd and past vrun.
 * @param {string} name
 * @param {string} command  for `/bin/sh -c`
 * @param {number} [timeoutMs]
 * @returns {Promise<import('./command.js').Outcome>} status -1 when the host doesn't run
 */
export async function enter(name, command, timeoutMs) {
  const host = await runningHost(name);
  const pid = host && (await processOne(host));
  if (pid === undefined) return { status: -1, stdout: '', stderr: `${name} doesn't run` };
  const environment = [
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'HOME=/root',
    'LC_ALL=C.UTF-8',
  ];
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd'];
  const args = ['--target', String(pid), ...namespaces, 'env', '-i', ...environment, '/bin/sh', '-c', command];
  return attempt('nsenter', args, { ...(timeoutMs !== undefined && { timeoutMs }) });
}
