// Debian programs that the unit tests try things with: other shells, busybox, shellcheck, a real sshd. Tests of one that
// is missing are skipped; as root on Debian they are installed first, so that nothing is.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** program → the Debian package that brings it */
const PROGRAMS = {
  'ssh-keygen': 'openssh-client',
  shellcheck: 'shellcheck',
  shfmt: 'shfmt',
  busybox: 'busybox',
  gawk: 'gawk',
  sudo: 'sudo',
  python3: 'python3',
  fish: 'fish',
  zsh: 'zsh',
  tcsh: 'tcsh',
  curl: 'curl',
  openssl: 'openssl',
  zip: 'zip',
  unzip: 'unzip',
  xz: 'xz-utils',
  bzip2: 'bzip2',
  zstd: 'zstd',
  bsdtar: 'libarchive-tools',
  '7zz': '7zip',
  git: 'git',
};

/** A package with a service: for a machine that is only there for the tests. */
const IN_CI_ONLY = { sshd: 'openssh-server' };

const AWK = '/usr/bin/awk';

const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs what is missing, where that is possible. Failing to is no error: the tests say what they skip.
 * @param {{ ci: boolean, say: (line: string) => void }} options
 */
export function installPrograms({ ci, say }) {
  const wanted = Object.entries(ci ? { ...PROGRAMS, ...IN_CI_ONLY } : PROGRAMS);
  const missing = wanted.filter(([program]) => !onPath(program)).map(([, name]) => name);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    say(`not on this machine, so their tests are skipped: ${missing.join(' ')}`);
    return;
  }
  say(`installing ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = ['-qq', '-o', 'DPkg::Lock::Timeout=300'];
  const quiet = ci && !existsSync(POLICY); // an sshd for the tests is no reason to serve logins
  const awk = existsSync(AWK) ? realpathSync(AWK) : undefined;
  if (quiet) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    spawnSync('apt-get', [...apt, 'update'], { env, stdio: 'ignore' });
    const args = [...apt, '-y', '--no-install-recommends', 'install', ...missing];
    const { status, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' });
    if (status !== 0) say(`apt-get failed, so their tests are skipped: ${stderr}`);
    // gawk would take its place, and what is `awk` to a Debian host is to be tried here.
    if (awk !== undefined && awk !== realpathSync(AWK)) spawnSync('update-alternatives', ['--set', 'awk', awk]);
  } finally {
    if (quiet) rmSync(POLICY);
  }
}

/** @param {string} program */
function onPath(program) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return directories.some((directory) => existsSync(join(directory, program)));
}
