// Where the demo plays: on the lab's hosts, or on the embedded server.
import { fileURLToPath } from 'node:url';

export { available } from '../lab/lab-api.js';

/**
 * @typedef {object} Scene
 * @property {string} what  the hosts, in words
 * @property {string[]} args  vrun's arguments
 * @property {string[]} after  what to try next, a line each
 * @property {() => Promise<void>} close
 */

/** The project's root directory. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
