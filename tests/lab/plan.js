// What the lab consists of: its hosts, their addresses, and where its files live. No I/O here.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HOST_LIMIT = 20;
export const BRIDGE = 'vrunlab0';
export const CONTROLLER_ADDRESS = '10.231.77.1';
export const DOMAIN = 'lab.test';

/** The password of `ops` on every host; only on lab2 does sudo ask for it. It guards nothing: the hosts are reachable from this machine alone. */
export const OPS_PASSWORD = 'lab-sudo-password';

/**
 * The systems that hosts can be. `uutils` is sid with rust-coreutils and sudo-rs in the place of GNU's and sudo, as Ubuntu has them.
 * @typedef {'all' | 'a chosen set'} Extent
 * @typedef {{ release: string, archive: string, packages: string[], unified: boolean, tests: Extent }} Suite
 *   release: as people say it · archive: the suite of Debian's archive · packages: besides those of every host · unified: whether its systemd wants
 *   cgroups of version 2 alone · tests: what `npm test` tries there (try.js)
 * @type {Readonly<Record<string, Suite>>}
 */
export const SUITES = {
  bookworm: { release: 'Debian 12', archive: 'bookworm', packages: [], unified: false, tests: 'all' },
  trixie: { release: 'Debian 13', archive: 'trixie', packages: ['e2fsprogs'], unified: false, tests: 'all' },
  sid: { release: 'Debian sid', archive: 'sid', packages: ['e2fsprogs'], unified: true, tests: 'a chosen set' },
  uutils: {
    release: 'Debian sid with uutils and sudo-rs',
    archive: 'sid',
    packages: ['e2fsprogs', 'rust-coreutils', 'sudo-rs'],
    unified: true,
    tests: 'a chosen set',
  },
};

/** Debian as it is stable today. */
export const DEFAULT_SUITE = 'trixie';

/** What `npm test` tries on every suite, as today's userland is likely to break it: logins and the record, releases there and back, and the modules of a server. */
export const CHOSEN = [
  ...['sudo', 'bootstrap', 'deploy'].map((name) => `tests/lab/must-hold/${name}.test.ts`),
  ...['apt', 'certbot', 'file', 'nginx', 'release', 'sync', 'systemd', 'ufw', 'user'].map(
    (name) => `tests/modules/${name}/law.test.ts`,
  ),
];

/**
 * The suite that hosts are booted from where nobody says another one: `VRUN_LAB_SUITE`, or today's Debian.
 * @returns {string}
 */
export function chosenSuite() {
  return suiteNamed(process.env.VRUN_LAB_SUITE ?? DEFAULT_SUITE);
}

/**
 * @param {string} name
 * @returns {string} the same
 * @throws {Error} when the lab has no such suite
 */
export function suiteNamed(name) {
  if (Object.hasOwn(SUITES, name)) return name;
  throw new Error(`The lab has no suite '${name}': its suites are ${Object.keys(SUITES).join(', ')}.`);
}

/** Size of a host's writable layer, as `tmpfs` takes it. */
export const DISK_SIZE = '3g';

/** Where every host has the authority behind the certificate of the ACME server itself. */
export const ACME_CA_ON_HOST = '/etc/ssl/lab-acme-ca.pem';

/** Shared by every working copy on this machine: one lab a machine. */
export const CACHE = '/var/cache/vrun-lab';
/** What inventory/lab deploys. */
export const BUILDS = `${CACHE}/builds`;
export const RUN = '/run/vrun-lab';

export const LAB = fileURLToPath(new URL('.', import.meta.url));

/** This working copy's view of the lab: the login key, the pinned host keys and the written inventories. Never committed. */
export const STATE = join(LAB, '.state');

/**
 * @typedef {object} LabHost
 * @property {string} name  `lab1` … `lab20`
 * @property {string} address  IPv4 address on the lab's bridge
 * @property {string} machineId  32 hexadecimal digits, the same at every boot
 * @property {boolean} sudoAsks  whether sudo wants the password of `ops`
 */

/**
 * Describes one host of the lab.
 * @param {string} name
 * @returns {LabHost}
 * @throws {Error} when the lab has no host of that name
 */
export function hostOf(name) {
  const number = Number(/^lab([1-9]\d?)$/.exec(name)?.[1]);
  if (!(number <= HOST_LIMIT))
    throw new Error(`The lab has no host '${name}': its hosts are lab1 to lab${HOST_LIMIT}.`);
  return {
    name,
    address: `10.231.77.${10 + number}`,
    machineId: createHash('md5').update(`vrun ${name}`).digest('hex'),
    sudoAsks: name === 'lab2',
  };
}

/**
 * The names of a host below the lab's domain: its own, and those that a site on it may have.
 * @param {LabHost} host
 * @returns {string[]}
 */
export function namesOf({ name }) {
  return ['', 'www.', 'app.'].map((prefix) => `${prefix}${name}.${DOMAIN}`);
}

/** The hosts that tests borrow; the first three are for the demo and for people. */
export function lentHosts() {
  return firstHosts(HOST_LIMIT)
    .slice(3)
    .map(({ name }) => name);
}

/**
 * The first `count` hosts.
 * @param {number} count
 * @returns {LabHost[]}
 */
export function firstHosts(count) {
  return Array.from({ length: count }, (_, index) => hostOf(`lab${index + 1}`));
}
