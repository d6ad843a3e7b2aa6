// Where the demo plays: on the lab's hosts, or on the embedded server.
import { fileURLToPath } from 'node:url';

export { available } from '../lab/lab-api.js';

/**
 * One run of vrun before the reader's eyes.
 * @typedef {object} Act
 * @property {string} name
 * @property {string} tells  what it shows
 * @property {() => Promise<void>} [before]  what is done to the hosts first
 * @property {string[]} args  vrun's arguments
 * @property {number} [status]  its exit status; 0 unless given
 */

/**
 * @typedef {object} Scene
 * @property {Act[]} acts
 * @property {string} [cwd]  where vrun is called; the project's root unless given
 * @property {NodeJS.ProcessEnv} [env]  what it gets as its environment; this process's own unless given
 * @property {(options: { keep: boolean }) => Promise<string[]>} close  takes the hosts down unless they are to be kept, and says what to try next
 */

/**
 * A runbook as a dry run, as a run, and again.
 * @param {string[]} args  vrun's arguments
 * @returns {Act[]}
 */
export function threeTimes(args) {
  return [
    { name: 'Dry run', tells: 'what would change, and nothing is written', args: [...args, '--check'] },
    { name: 'Run', tells: 'the same path: each change made, read again, recorded', args },
    { name: 'Run again', tells: 'nothing is left to do: one message a host', args },
  ];
}

/** The project's root directory. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
