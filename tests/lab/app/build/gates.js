// What must hold before anything is built from the sources.
import { run } from './run.js';

/** By their names in the proof: scripts of package.json. */
const GATES = { 'ESLint enforced': 'lint', 'Vitest unit suite': 'test' };

/**
 * Runs the gates side by side.
 * @param {string} root
 * @returns {Promise<{ name: string, passed: boolean }[]>}
 * @throws {Error} when one fails: nothing is built then
 */
export function runGates(root) {
  return Promise.all(
    Object.entries(GATES).map(async ([name, script]) => {
      await run('npm', ['run', '--silent', script], { cwd: root });
      console.log(`gate ${name}: passed`);
      return { name, passed: true };
    }),
  );
}
