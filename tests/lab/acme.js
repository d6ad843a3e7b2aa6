// A real ACME server (Debian's pebble) and the name server by which it finds the lab's hosts.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACME_CA, ACME_CA_FILE, ACME_CERTIFICATE, ACME_KEY, prepareAcmeKeys } from './acme-keys.js';
import { CONTROLLER_ADDRESS, DOMAIN, firstHosts, HOST_LIMIT, namesOf, RUN } from './plan.js';
import { keepRunning, untilListening } from './service.js';

const PORT = 14000;
const MANAGEMENT_PORT = 15000;
const DNS_PORT = 8053;
const DNS_MANAGEMENT_PORT = 8055;
const VALIDITY_DAYS = 90;
/** No waits, and no failures at random: pebble has both unless told otherwise. */
const ENVIRONMENT = { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0', PEBBLE_AUTHZREUSE: '0' };

export const ACME = {
  directory: `https://acme.${DOMAIN}:${PORT}/dir`,
  caFile: ACME_CA_FILE,
  rootFile: join(RUN, 'acme-root.pem'),
};

/** Starts the lab's ACME server and its name server unless they run, and writes its files into this working copy. */
export async function serveAcme() {
  await prepareAcmeKeys();
  await serveNames();
  await mkdir(RUN, { recursive: true });
  const config = join(RUN, 'acme.json');
  await writeConfig(config, { port: PORT, managementPort: MANAGEMENT_PORT, validityDays: VALIDITY_DAYS });
  await keepRunning({ name: 'acme', file: 'pebble', args: pebbleArgs(config), env: ENVIRONMENT, port: PORT });
  const draft = `${ACME.rootFile}.${process.pid}`;
  await writeFile(draft, await rootOf(MANAGEMENT_PORT));
  await rename(draft, ACME.rootFile);
}

/** Described in lab-api.d.ts. */
export async function startAcme({ validityDays = VALIDITY_DAYS } = {}) {
  await prepareAcmeKeys();
  await serveNames();
  const [port, managementPort] = await freePorts(2);
  const directory = await mkdtemp(join(tmpdir(), 'vrun-acme-'));
  const config = join(directory, 'config.json');
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  const stop = async () => {
    if (!child) return;
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    child = undefined;
  };
  const start = async (/** @type {{ validityDays?: number }} */ options = {}) => {
    await stop();
    await writeConfig(config, { port, managementPort, validityDays: options.validityDays ?? validityDays });
    // It ends with this process, however that ends.
    const args = ['--pdeathsig', 'KILL', 'pebble', ...pebbleArgs(config)];
    child = spawn('setpriv', args, { env: { ...process.env, ...ENVIRONMENT }, stdio: 'ignore' });
    await untilListening({ name: 'acme of a test', port }, () => child?.exitCode !== null);
  };
  await start();
  return {
    directory: `https://acme.${DOMAIN}:${port}/dir`,
    root: () => rootOf(managementPort),
    start,
    stop,
    end: async () => {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** @param {string} config */
function pebbleArgs(config) {
  return ['-config', config, '-dnsserver', `${CONTROLLER_ADDRESS}:${DNS_PORT}`];
}

/**
 * @param {string} path
 * @param {{ port: number, managementPort: number, validityDays: number }} settings
 */
async function writeConfig(path, { port, managementPort, validityDays }) {
  const pebble = {
    listenAddress: `${CONTROLLER_ADDRESS}:${port}`,
    managementListenAddress: `${CONTROLLER_ADDRESS}:${managementPort}`,
    certificate: ACME_CERTIFICATE,
    privateKey: ACME_KEY,
    httpPort: 80,
    tlsPort: 443,
    certificateValidityPeriod: validityDays * 86_400,
  };
  await writeFile(`${path}.${process.pid}`, `${JSON.stringify({ pebble }, undefined, 2)}\n`);
  await rename(`${path}.${process.pid}`, path);
}

/** The name server knows the names of all lab hosts and no others. */
async function serveNames() {
  const at = (/** @type {number} */ port) => `${CONTROLLER_ADDRESS}:${port}`;
  const off = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv4', '', '-defaultIPv6', ''];
  const args = ['-dns01', at(DNS_PORT), '-management', at(DNS_MANAGEMENT_PORT), ...off];
  await keepRunning({
    name: 'names',
    file: 'pebble-challtestsrv',
    args,
    port: DNS_MANAGEMENT_PORT,
    begin: async () => {
      for (const host of firstHosts(HOST_LIMIT)) {
        for (const name of namesOf(host)) {
          const body = JSON.stringify({ host: `${name}.`, addresses: [host.address] });
          const answer = await fetch(`http://${at(DNS_MANAGEMENT_PORT)}/add-a`, { method: 'POST', body });
          if (!answer.ok) throw new Error(`The lab's name server refused ${body}: ${await answer.text()}`);
        }
      }
    },
  });
}

/**
 * The authority that signs what an ACME server issues; it is another after each start.
 * @param {number} managementPort
 * @returns {Promise<string>} PEM
 */
async function rootOf(managementPort) {
  const ca = await readFile(ACME_CA);
  return new Promise((resolve, reject) => {
    const options = { host: CONTROLLER_ADDRESS, port: managementPort, path: '/roots/0', ca };
    const call = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    call.once('error', reject);
    call.end();
  });
}

/**
 * @param {number} count
 * @returns {Promise<number[]>} ports of the bridge's address that nobody listens on
 */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, CONTROLLER_ADDRESS));
  return Promise.all(
    servers.map(async (server) => {
      await new Promise((resolve) => server.once('listening', resolve));
      const address = server.address();
      await new Promise((resolve) => server.close(resolve));
      return typeof address === 'object' && address ? address.port : 0;
    }),
  );
}
