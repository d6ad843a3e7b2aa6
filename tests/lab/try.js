// What is tried on hosts of each suite: everything, or in `npm test` on some suites the chosen.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { CHOSEN, DEFAULT_SUITE, SUITES } from './plan.js';

const ROOT = join(import.meta.dirname, '../..');

/** On one suite only: these borrow hosts of their own (Debian 12 for its Ansible, sid for its sshd, uutils), or are about the lab and this machine. */
const ONCE = ['tests/differential/**', 'tests/faults/crowd.test.ts', 'tests/lab/*.test.ts', 'tests/law/tools.test.ts'];

/** These tests mostly wait for hosts: more at a time than there are cores. */
const WORKERS = Math.max(4, availableParallelism());

/**
 * vitest's arguments for the tests on hosts of a suite; VRUN_LAB_SUITE says which it is.
 * @param {string} suite
 * @param {import('./plan.js').Extent | undefined} extent
 */
export function testsOn(suite, extent = SUITES[suite]?.tests) {
  const chosen = extent === 'a chosen set' ? CHOSEN : [];
  const left = suite === DEFAULT_SUITE ? [] : ONCE;
  return [
    '--project',
    'lab',
    '--maxWorkers',
    String(WORKERS),
    ...chosen,
    ...left.flatMap((files) => ['--exclude', files]),
  ];
}

/**
 * Every test that needs hosts and the demo, on one suite after the other.
 * @param {readonly string[]} suites
 * @param {(line: string) => void} say
 * @returns {number} exit status: how many suites failed
 */
export function trySuites(suites, say) {
  const failed = suites.filter((suite) => {
    say(`on ${SUITES[suite]?.release}`);
    const env = { ...process.env, VRUN_LAB_SUITE: suite };
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const programs = [[vitest, 'run', ...testsOn(suite, 'all')], [join(ROOT, 'tests/demo/demo.js')]];
    return programs
      .map((args) => spawnSync(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' }).status)
      .some((status) => status !== 0);
  });
  say(failed.length === 0 ? 'all passed' : `failed on ${failed.map((suite) => SUITES[suite]?.release).join(', ')}`);
  return failed.length;
}
