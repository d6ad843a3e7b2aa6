// A second repository, as a publisher's own beside Debian's: Node.js, signed with a key that no host knows yet. The package
// is made of the Node that runs this program, so nothing is downloaded.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './command.js';
import { withLock } from './lock.js';
import { CACHE, CONTROLLER_ADDRESS, DOMAIN, LAB, STATE } from './plan.js';
import { buildPackage, exportRepositoryKey, makeRepositoryKey, writeIndex } from './repository.js';
import { keepRunning } from './service.js';

const PORT = 80;
/** What is served at http://packages.lab.test/ */
const SERVED = join(CACHE, 'served');
const GPG_HOME = join(CACHE, 'node-gpg');
/** Part of the repository's name in the cache: counted up when what is written here changes. */
const EDITION = 2;

export const NODE_REPOSITORY = {
  uri: `http://packages.${DOMAIN}/node`,
  suite: 'lab',
  component: 'main',
  keyUrl: `http://packages.${DOMAIN}/node/key.asc`,
  keyFile: join(STATE, 'node-repository.asc'),
};

/**
 * Makes the repository unless this machine has it, serves it, and copies its key into this working copy.
 * @param {(line: string) => void} say
 */
export async function serveNodeRepository(say) {
  const made = join(CACHE, `node-${process.versions.node}-${EDITION}`);
  await withLock('node-repository', async () => {
    if (!existsSync(made)) {
      say(`making the package of Node ${process.versions.node} (once, a few seconds)`);
      await build(made);
    }
    await mkdir(SERVED, { recursive: true });
    const link = join(SERVED, 'node.draft');
    await rm(link, { force: true });
    await symlink(made, link);
    await rename(link, join(SERVED, 'node'));
    await mkdir(STATE, { recursive: true });
    const draft = `${NODE_REPOSITORY.keyFile}.draft`;
    await copyFile(join(made, 'key.asc'), draft);
    await rename(draft, NODE_REPOSITORY.keyFile);
  });
  const args = [await serverProgram(), SERVED, CONTROLLER_ADDRESS, String(PORT)];
  await keepRunning({ name: 'packages', file: process.execPath, args, port: PORT });
}

/**
 * The program that serves, at a path that every working copy gives it: they share the service, and would otherwise end
 * one another's.
 * @returns {Promise<string>}
 */
async function serverProgram() {
  const text = await readFile(join(LAB, 'serve.js'));
  const program = join(CACHE, `serve-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.mjs`);
  if (!existsSync(program)) {
    await writeFile(`${program}.${process.pid}`, text);
    await rename(`${program}.${process.pid}`, program);
  }
  return program;
}

/** @param {string} made  where the repository goes */
async function build(made) {
  const draft = `${made}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(join(draft, 'pool'), { recursive: true });
  const tree = join(draft, 'tree');
  await writeTree(tree);
  await buildPackage(tree, join(draft, 'pool', `nodejs_${process.versions.node}-1vrun.deb`));
  await rm(tree, { recursive: true });
  if (!existsSync(GPG_HOME)) await makeRepositoryKey(GPG_HOME, 'lab node repository');
  await exportRepositoryKey(GPG_HOME, join(draft, 'key.asc'), { armored: true });
  await writeIndex(draft, GPG_HOME, 'vrun lab node');
  await rename(draft, made);
}

/** @param {string} tree */
async function writeTree(tree) {
  const npm = join(dirname(process.execPath), '../lib/node_modules/npm');
  if (!existsSync(npm)) throw new Error(`The lab packs npm with Node, but ${process.execPath} has none at ${npm}.`);
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  await mkdir(join(tree, 'usr/bin'), { recursive: true });
  await copyFile(process.execPath, join(tree, 'usr/bin/node'));
  await symlink('node', join(tree, 'usr/bin/nodejs'));
  await cp(npm, join(tree, 'usr/lib/node_modules/npm'), { recursive: true });
  for (const name of ['npm', 'npx']) {
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(tree, 'usr/bin', name));
  }
  const fields = {
    Package: 'nodejs',
    Version: `${process.versions.node}-1vrun`,
    Architecture: (await run('dpkg', ['--print-architecture'])).trim(),
    Maintainer: 'vrun lab <lab@lab.test>',
    Depends: 'libc6, libstdc++6',
    'Installed-Size': (await run('du', ['-sk', tree])).split('\t')[0] ?? '',
    Section: 'javascript',
    Priority: 'optional',
    Description: 'Node.js with npm',
  };
  const control = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
  await writeFile(join(tree, 'DEBIAN/control'), control.join(''));
}
