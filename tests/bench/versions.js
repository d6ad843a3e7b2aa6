// The programs of others that are measured: Debian's packages, installed where they are missing, and what they are.
import { readFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './place.js';
import { run } from './program.js';

/** The packages that a side needs on this machine. */
const PACKAGES = {
  Ansible: ['ansible'],
  Mitogen: ['ansible', 'ansible-mitogen'],
  'parallel-ssh': ['pssh'],
  rsync: ['rsync'],
};

/**
 * Installs what the sides need.
 * @param {readonly string[]} sides
 * @param {(line: string) => void} say
 * @returns {Promise<Record<string, string>>} versions by package, with vrun's, Node's and ssh's
 */
export async function programsOf(sides, say) {
  const names = new Set(['openssh-client', ...sides.flatMap((side) => PACKAGES[side] ?? [])]);
  const missing = [];
  for (const name of names) if ((await versionOf(name)) === '') missing.push(name);
  if (missing.length > 0) {
    say(`installing ${missing.join(' ')}`);
    const options = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
    await run('apt-get', [...options, 'update']);
    const install = ['-y', '--no-install-recommends', 'install', ...missing];
    await run('apt-get', [...options, ...install], { env: { DEBIAN_FRONTEND: 'noninteractive' } });
  }
  const { version, devDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const versions = [...names].map(async (name) => [name, await versionOf(name)]);
  return {
    vrun: version,
    Node: process.versions.node,
    yaml: devDependencies.yaml,
    ...Object.fromEntries(await Promise.all(versions)),
  };
}

export function machine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release().replace(/-.*/, ''),
  };
}

/** Empty where it isn't installed. */
async function versionOf(/** @type {string} */ name) {
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Version}', name], { mayFail: true });
  return /^installed (.*)/.exec(stdout)?.[1] ?? '';
}
