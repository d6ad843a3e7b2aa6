// Runs a program of this machine and waits for it.
import { spawn } from 'node:child_process';

/**
 * @typedef {object} Outcome
 * @property {number} status  exit status; -1 when a signal ended it
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a program to its end, without a shell.
 * @param {string} file
 * @param {string[]} args
 * @param {{ input?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<Outcome>}
 */
export function attempt(file, args, { input = '', env = process.env, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, timeout: timeoutMs, killSignal: 'SIGKILL' });
    const out = { stdout: /** @type {Buffer[]} */ ([]), stderr: /** @type {Buffer[]} */ ([]) };
    child.stdout.on('data', (chunk) => out.stdout.push(chunk));
    child.stderr.on('data', (chunk) => out.stderr.push(chunk));
    child.stdin.on('error', () => {}); // the program may end without reading its input
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        status: code ?? -1,
        stdout: Buffer.concat(out.stdout).toString(),
        stderr: Buffer.concat(out.stderr).toString(),
      }),
    );
    child.stdin.end(input);
  });
}

/**
 * As `attempt`, but a failure is an error that says what the program said.
 * @param {string} file
 * @param {string[]} args
 * @param {{ input?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<string>} standard output
 */
export async function run(file, args, options) {
  const { status, stdout, stderr } = await attempt(file, args, options);
  if (status === 0) return stdout;
  const said = `${stdout}${stderr}`.trim().split('\n').slice(-15).join('\n');
  throw new Error(`${file} ${args.join(' ')} ended with status ${status}:\n${said}`);
}
