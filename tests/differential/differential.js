// npm run differential [-- VITEST_OPTIONS]: vrun against other tools, in full: Ansible above all. It writes docs/differential.md.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { available } from '../lab/lab-api.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const lab = available();
if (!lab.ok) {
  process.stderr.write(`differential: not possible here: ${lab.reason}\n`);
  process.exit(1);
}
// Modules that are named are Ansible's.
const tests = process.env.VRUN_DIFFERENTIAL_ONLY ? 'tests/differential/ansible.test.ts' : 'tests/differential';
const vitest = ['node_modules/vitest/vitest.mjs', 'run', tests];
const { status } = spawnSync(process.execPath, [...vitest, ...process.argv.slice(2)], {
  cwd: ROOT,
  env: { ...process.env, VRUN_DIFFERENTIAL: 'full' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
