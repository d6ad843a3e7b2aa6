// What must hold before anything is built from the sources.
import { run } from './run.js';

/** Scripts of package.json. */
const GATES = ['lint', 'test'];

/**
 * Runs the gates side by side.
 * @param {string} root
 * @returns {Promise<{ name: string, passed: boolean }[]>}
 * @throws {Error} when one fails: nothing is built then
 */
export function runGates(root) {
  return Promise.all(
    GATES.map(async (name) => {
      await run('npm', ['run', '--silent', name], { cwd: root });
      console.log(`gate ${name}: passed`);
      return { name, passed: true };
    }),
  );
}
