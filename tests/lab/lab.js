// The lab's command line: npm run lab -- COMMAND
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  address,
  available,
  down,
  ensureUp,
  inventoryFile,
  KEY_FILE,
  KNOWN_HOSTS_FILE,
  reset,
  running,
  services,
} from './lab-api.js';
import { BUILDS, DEFAULT_SUITE, firstHosts, HOST_LIMIT, SUITES, suiteNamed } from './plan.js';

/** The built command line, with which builds are signed. */
const BIN = fileURLToPath(new URL('../../dist/vrun.js', import.meta.url));

const USAGE = `usage: npm run lab -- COMMAND

  up [N]             boot the first N hosts (3; at most ${HOST_LIMIT}) that don't run yet, and build what they deploy
  up NAME…           boot these hosts
  reset NAME…        give clean hosts in their place
  down [NAME…]       stop these hosts, or all and remove the lab's network
  status             what runs
  ssh NAME [CMD…]    log in as ops; as root: root@NAME
  app [VARIANT…]     build and sign the application, or a variant such as v2, for inventory/lab to deploy
  capture [MODULE…]  record what the modules' probes print, for the tests of their parsers
  try [SUITE…]       run every test that needs hosts, the runbooks' too, and the demo, on hosts of these suites, or of each

  --suite SUITE      what the hosts are: ${Object.keys(SUITES).join(', ')}; else VRUN_LAB_SUITE, or ${DEFAULT_SUITE}
`;

/** @type {Record<string, (...args: string[]) => Promise<number>>} */
const commands = {
  async up(...args) {
    const names = /^\d+$/.test(args[0] ?? '3') ? firstHosts(count(args[0])).map(({ name }) => name) : args;
    const before = Date.now();
    await ensureUp(names, say);
    say(
      `${names.join(' ')} up after ${((Date.now() - before) / 1000).toFixed(1)} s; inventory: ${await inventoryFile(names)}`,
    );
    await offerBuild();
    return 0;
  },
  async reset(...names) {
    if (names.length === 0) return usage();
    await reset(...names);
    return 0;
  },
  async down(...names) {
    say(`stopped: ${(await down(names.length > 0 ? names : undefined)).join(' ') || 'nothing ran'}`);
    return 0;
  },
  async status() {
    const hosts = await running();
    for (const host of hosts) process.stdout.write(`${host.name}\t${host.address}\timage ${host.image}\n`);
    if (hosts.length === 0) say('no host runs');
    say(`services: ${(await services()).join(' ') || 'none'}`);
    return 0;
  },
  async capture(...modules) {
    const { capture } = await import('./capture.js'); // here, since the rest of the lab needs no packages
    const faults = await capture(modules, say);
    for (const fault of faults) say(fault);
    return faults.length === 0 ? 0 : 1;
  },
  async try(...suites) {
    const { trySuites } = await import('./try.js');
    return trySuites(suites.length > 0 ? suites.map(suiteNamed) : Object.keys(SUITES), say);
  },
  async app(...variants) {
    const { buildApp } = await import('./app-build.js'); // here, since it needs vrun itself
    const { id, out } = await buildApp({
      out: BUILDS,
      change: variants,
    });
    say(`release ${id} in ${out}`);
    return 0;
  },
  async ssh(name, ...command) {
    if (name === undefined) return usage();
    const [, user = 'ops', host = ''] = /^(?:(.+)@)?(.*)$/.exec(name) ?? [];
    const strict = ['StrictHostKeyChecking=yes', 'IdentitiesOnly=yes', `UserKnownHostsFile=${KNOWN_HOSTS_FILE}`];
    const args = [
      '-F',
      'none',
      '-i',
      KEY_FILE,
      ...strict.flatMap((option) => ['-o', option]),
      `${user}@${address(host)}`,
    ];
    return spawnSync('ssh', [...args, ...command], { stdio: 'inherit' }).status ?? 255;
  },
};

/** The first release, so that runbooks/deploy.yml finds one where inventory/lab says. */
async function offerBuild() {
  if (existsSync(join(BUILDS, 'release.json'))) return;
  if (!existsSync(BIN)) {
    say('there is no release to deploy yet: npm run build && npm run lab -- app');
    return;
  }
  say('building the application that inventory/lab deploys');
  await commands.app?.();
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`lab: ${line}\n`);
}

/**
 * Takes `--suite SUITE` out of the arguments; from then on, here and in what is started, hosts are of that suite.
 * @param {string[]} args
 */
function withoutSuite(args) {
  const at = args.indexOf('--suite');
  if (at === -1) return args;
  process.env.VRUN_LAB_SUITE = args[at + 1] ?? '';
  return args.filter((_, index) => index !== at && index !== at + 1);
}

function usage() {
  process.stderr.write(USAGE);
  return 1;
}

/** @param {string | undefined} text */
function count(text = '3') {
  const number = Number(text);
  if (number < 1 || number > HOST_LIMIT) throw new Error(`The lab has 1 to ${HOST_LIMIT} hosts, not ${text}.`);
  return number;
}

const [name = '', ...rest] = process.argv.slice(2);
const args = name === 'ssh' ? rest : withoutSuite(rest);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
const availability = available();
if (!command) {
  process.exitCode = usage();
} else if (!availability.ok) {
  say(`not possible here: ${availability.reason}`);
  process.exitCode = 1;
} else {
  try {
    process.exitCode = await command(...args);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
