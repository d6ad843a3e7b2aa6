// Background jobs: they wait in a list of Redis, and each is in the worker's own list while it is done, so that none is lost
// when a worker dies.
import { hostname } from 'node:os';

const WAITING = 'vantus:jobs';
const IN_HAND = `vantus:jobs:${hostname()}`;

/** Seconds to wait for a job before looking whether it is time to stop. */
const PATIENCE = '1';

/**
 * @typedef {object} Job
 * @property {string} text  the note that it writes
 * @property {number} [seconds]  how long it takes
 */

/**
 * Puts a job behind those that wait.
 * @param {{ send: (...words: string[]) => Promise<any> }} redis
 * @param {Job} job
 */
export async function enqueue(redis, job) {
  await redis.send('RPUSH', WAITING, JSON.stringify(job));
}

/**
 * Does one job after the other until told to stop, and finishes the one in hand then.
 * @param {{ send: (...words: string[]) => Promise<any> }} redis
 * @param {(job: Job) => Promise<void>} work
 * @param {() => boolean} stopping
 */
export async function doJobs(redis, work, stopping) {
  // What a worker that died here had in hand comes first.
  while ((await redis.send('LMOVE', IN_HAND, WAITING, 'RIGHT', 'LEFT')) !== null);
  while (!stopping()) {
    const text = await redis.send('BLMOVE', WAITING, IN_HAND, 'LEFT', 'RIGHT', PATIENCE);
    if (text === null) continue;
    try {
      await work(JSON.parse(text));
    } catch (error) {
      console.error(`a job failed and is given up: ${error}`);
    }
    await redis.send('LREM', IN_HAND, '1', text);
  }
}
