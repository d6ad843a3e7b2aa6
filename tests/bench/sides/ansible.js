// Ansible as fast as it can be had without changing the playbook, and with Mitogen.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FORKS } from '../forks.js';
import { BENCH } from '../place.js';
import { run } from '../program.js';

/** @type {import('../runner.js').Side} */
export const ansible = { run: (stage) => play(stage, 'linear') };

/** @type {import('../runner.js').Side} */
export const mitogen = { run: (stage) => play(stage, 'mitogen_linear') };

/** The playbook for a stage. */
async function play({ way, directory, site }, strategy) {
  const controlPaths = controlPathsOf(directory);
  await mkdir(controlPaths, { recursive: true });
  const variables = JSON.stringify({ templates: join(BENCH, 'templates'), site });
  const args = ['-i', way.inventory, '-e', variables, join(BENCH, 'playbook.yml')];
  const { seconds, stdout } = await run('ansible-playbook', args, {
    cwd: directory,
    env: {
      ANSIBLE_FORKS: `${FORKS}`,
      ANSIBLE_STRATEGY: strategy,
      ANSIBLE_PIPELINING: 'True',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_SSH_CONTROL_PATH_DIR: controlPaths,
      ANSIBLE_SSH_COMMON_ARGS: `-F none -o IdentitiesOnly=yes -o UserKnownHostsFile=${way.knownHosts}`,
      LC_ALL: 'C.UTF-8',
    },
  });
  const sum = (/** @type {string} */ what) =>
    [...stdout.matchAll(new RegExp(`^lab\\d+ .*\\b${what}=(\\d+) `, 'gm'))].reduce((all, [, n]) => all + Number(n), 0);
  return { seconds, changed: sum('changed'), failed: sum('unreachable') + sum('failed') };
}

/** Ends the connections that stayed open: those of before a reset lead nowhere. */
export async function hangUp(/** @type {string} */ directory) {
  const controlPaths = controlPathsOf(directory);
  const sockets = await readdir(controlPaths).catch(() => []);
  for (const socket of sockets) {
    await run('ssh', ['-F', 'none', '-O', 'exit', '-S', join(controlPaths, socket), 'nobody'], { mayFail: true });
  }
}

function controlPathsOf(/** @type {string} */ directory) {
  return join(directory, 'cp');
}
