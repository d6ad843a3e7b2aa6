// Background jobs: texts in a list of Redis, from which the worker makes notes.
import { Redis } from 'ioredis';

export const JOBS = 'vantus:jobs';

let opened;

/** The connection to Redis; undefined where there is no REDIS_URL, and then there are no jobs. */
export function redis() {
  const url = process.env.REDIS_URL;
  if (url) opened ??= new Redis(url);
  return opened;
}
