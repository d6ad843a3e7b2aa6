// Runs programs of this machine and takes their time.
import { spawn } from 'node:child_process';

// What this machine may have set for Node alone would slow down one of the sides only.
const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, NODE_PATH: _path, ...plain } = process.env;

/**
 * @typedef {object} Ran
 * @property {number} seconds  from its start until it and its output had ended
 * @property {string} stdout
 */

/**
 * Runs a program to its end.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ input?: string | Buffer, cwd?: string, env?: Record<string, string>, mayFail?: boolean }} [options]  `env` is added to
 *   what is set here; with `mayFail` its status is no matter
 * @returns {Promise<Ran>}
 * @throws {Error} when it fails, with the end of what it said
 */
export function run(file, args, { input = '', cwd, env = {}, mayFail = false } = {}) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(file, args, { cwd, env: { ...plain, ...env } });
    const said = { stdout: /** @type {Buffer[]} */ ([]), stderr: /** @type {Buffer[]} */ ([]) };
    child.stdout.on('data', (chunk) => said.stdout.push(chunk));
    child.stderr.on('data', (chunk) => said.stderr.push(chunk));
    child.stdin.on('error', () => {}); // the program may end without reading its input
    child.on('error', reject);
    child.on('close', (status) => {
      const seconds = (performance.now() - began) / 1000;
      const stdout = Buffer.concat(said.stdout).toString();
      if (status === 0 || mayFail) return resolve({ seconds, stdout });
      const end = `${stdout}${Buffer.concat(said.stderr)}`.trim().split('\n').slice(-30).join('\n');
      reject(new Error(`${file} ${args.join(' ')} ended with status ${status}:\n${end}`));
    });
    child.stdin.end(input);
  });
}
