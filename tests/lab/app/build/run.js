// Runs a program to its end.
import { execFile } from 'node:child_process';

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} standard output
 * @throws {Error} with what the program said, when it fails
 */
export function run(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    execFile(file, args, { maxBuffer: 64 << 20, ...options }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = `${stdout}${stderr}`.trim().split('\n').slice(-40).join('\n');
      reject(new Error(`‹${[file, ...args].join(' ')}› failed:\n${said}`));
    });
  });
}
