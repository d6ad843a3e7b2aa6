// What this machine must be and have for the lab, and the installing of what Debian can supply.
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './command.js';
import { withLock } from './lock.js';

/** program → the Debian package that brings it */
const PROGRAMS = {
  mmdebstrap: 'mmdebstrap',
  'systemd-nspawn': 'systemd-container',
  ip: 'iproute2',
  ssh: 'openssh-client',
  gpg: 'gpg',
  'gpg-agent': 'gpg-agent',
  'apt-ftparchive': 'apt-utils',
  openssl: 'openssl',
  pebble: 'pebble',
  wrk: 'wrk',
};

/** What a test in a browser needs besides: Chromium, and what tells it whom to trust. */
export const BROWSER = { chromium: 'chromium', certutil: 'libnss3-tools' };

const INOTIFY_INSTANCES = 1024;

/**
 * Whether the lab can run on this machine at all. Changes nothing.
 * @returns {{ ok: true } | { ok: false, reason: string }}
 */
export function available() {
  const reason = obstacle();
  return reason === undefined ? { ok: true } : { ok: false, reason };
}

function obstacle() {
  if (process.platform !== 'linux') return 'the lab boots Linux hosts and needs Linux';
  if (process.getuid?.() !== 0) return 'the lab mounts file systems and makes a bridge: it needs root';
  if (!hasCapabilities())
    return 'the lab needs the capabilities to mount file systems and to make a network (CAP_SYS_ADMIN, CAP_NET_ADMIN)';
  if (!readFileSync('/proc/filesystems', 'utf8').includes('overlay')) return 'this kernel has no overlay file system';
  try {
    accessSync('/sys/fs/cgroup', constants.W_OK);
  } catch {
    return '/sys/fs/cgroup cannot be written: the lab gives each host a cgroup of its own';
  }
  const missing = missingPackages(PROGRAMS);
  if (missing.length > 0 && !onPath('apt-get')) return `${missing.join(', ')} missing, and there is no apt-get`;
  return undefined;
}

/**
 * Installs the Debian packages that the lab needs and this machine lacks.
 * @param {(line: string) => void} say
 * @param {Readonly<Record<string, string>>} programs  the package that brings each
 */
export async function installPrerequisites(say, programs = PROGRAMS) {
  if (missingPackages(programs).length === 0) return;
  await withLock('prerequisites', async () => {
    const missing = missingPackages(programs);
    if (missing.length === 0) return;
    say(`installing what the lab needs: ${missing.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const patient = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
    await run('apt-get', [...patient, 'update'], { env });
    await run('apt-get', [...patient, '-y', '--no-install-recommends', 'install', ...missing], { env });
  });
}

/**
 * Lets this machine have so many inotify(7) instances as twenty hosts want: about ten each, where Linux gives all of root's programs together 128. A host
 * that gets none dies while it boots. The setting lasts until the machine is started again.
 */
export function raiseLimits() {
  const setting = '/proc/sys/fs/inotify/max_user_instances';
  if (Number(readFileSync(setting, 'utf8')) < INOTIFY_INSTANCES) writeFileSync(setting, `${INOTIFY_INSTANCES}\n`);
}

function hasCapabilities() {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const needed = (1n << 21n) | (1n << 12n); // CAP_SYS_ADMIN, CAP_NET_ADMIN: capabilities(7)
  return (BigInt(`0x${effective}`) & needed) === needed;
}

/** @param {Readonly<Record<string, string>>} programs */
function missingPackages(programs) {
  return Object.entries(programs)
    .filter(([program]) => !onPath(program))
    .map(([, name]) => name);
}

/** @param {string} program */
function onPath(program) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return directories.some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
