// The sides by name.
import { ansible, mitogen } from './ansible.js';
import { node, parallelSsh, yamlAlone } from './others.js';
import { floor, login, rsync, rsyncByContent, scp, sha256sum, shellScript, tar } from './ssh.js';
import { vrun } from './vrun.js';

/** @type {Readonly<Record<string, import('../runner.js').Side>>} */
export const SIDES = {
  vrun,
  floor,
  'shell script': shellScript,
  Ansible: ansible,
  Mitogen: mitogen,
  'ssh HOST true': login,
  'parallel-ssh': parallelSsh,
  rsync,
  'rsync --checksum': rsyncByContent,
  tar,
  scp,
  sha256sum,
  'node -e 0': node,
  'yaml alone': yamlAlone,
};
