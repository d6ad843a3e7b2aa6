// How many hosts are at work at a time where nobody says.
import { availableParallelism, totalmem } from 'node:os';

/** A host at work is waited for most of the time; what it costs here is at its login. */
const PER_CORE = 25;
/** Bytes that one takes at most, its answers among them. */
const PER_HOST = 8 * 2 ** 20;
const LEAST = 10;
const MOST = 200;

/** By the processors that this process may use, and half of the machine's memory (bytes). */
export function usualForks(cores = availableParallelism(), memory = totalmem()): number {
  const room = Math.floor(memory / 2 / PER_HOST);
  return Math.max(LEAST, Math.min(MOST, PER_CORE * cores, room));
}
