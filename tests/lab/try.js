// The tests that need hosts, on hosts of each suite: the laws of the modules, the runbooks, and the demo.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { SUITES } from './plan.js';

const ROOT = join(import.meta.dirname, '../..');

/**
 * Runs them one suite after the other.
 * @param {readonly string[]} suites
 * @param {(line: string) => void} say
 * @returns {number} exit status: how many suites failed
 */
export function trySuites(suites, say) {
  const failed = suites.filter((suite) => {
    say(`on ${SUITES[suite]?.release}`);
    const env = { ...process.env, VRUN_LAB_SUITE: suite };
    const tests = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'lab'];
    const programs = [tests, [join(ROOT, 'tests/demo/demo.js')]];
    return programs
      .map((args) => spawnSync(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' }).status)
      .some(Boolean);
  });
  say(failed.length === 0 ? 'all passed' : `failed on ${failed.map((suite) => SUITES[suite]?.release).join(', ')}`);
  return failed.length;
}
