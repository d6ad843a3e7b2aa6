// npm run faults [-- VITEST_OPTIONS]: every fault of the table on lab hosts. A run of all of them writes docs/reliability.md.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { available } from '../lab/lab-api.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const lab = available();
if (!lab.ok) {
  process.stderr.write(`faults: not possible here: ${lab.reason}\n`);
  process.exit(1);
}
const run = (/** @type {string[]} */ args, /** @type {NodeJS.ProcessEnv} */ env = {}) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: 'inherit' });
    child.on('close', (status) => resolve(status ?? 1));
  });
if (spawnSync('parallel-ssh', ['--version']).error) {
  spawnSync('apt-get', ['-q', '-y', 'install', 'pssh'], { stdio: 'inherit' }); // what the crowd is measured against
}
process.exitCode = await run(['build.js']);
if (process.exitCode === 0) {
  const files = ['tests/faults/faults.test.ts', 'tests/faults/crowd.test.ts'];
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'lab', ...files, '--maxConcurrency', '16'];
  process.exitCode = await run([...vitest, ...process.argv.slice(2)], { VRUN_FAULTS: 'all' });
}
