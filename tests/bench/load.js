// How busy the machine is, with whatever.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Below this share of idle time something else is at work. */
export const QUIET = 0.9;

/** @typedef {{ idle: number, total: number }} Ticks */

/** @returns {Promise<Ticks>} of all processors since the machine started: idle is what nobody had a use for (proc_stat(5)) */
export async function ticks() {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  // user nice system idle iowait irq softirq steal; guests are in user and nice already
  const counts = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { idle: (counts[3] ?? 0) + (counts[4] ?? 0), total: counts.reduce((sum, count) => sum + count, 0) };
}

/** The share of the processors' time since then that nobody had a use for, 0 to 1. */
export async function idleSince(/** @type {Ticks} */ then) {
  const now = await ticks();
  return rounded((now.idle - then.idle) / Math.max(1, now.total - then.total));
}

/** Looks at the machine for a second in which the benchmark does nothing: the idle share, and the load average of the last minute. */
export async function quiet() {
  const then = await ticks();
  await sleep(1000);
  return { idle: await idleSince(then), average: await loadAverage() };
}

export async function loadAverage() {
  return Number((await readFile('/proc/loadavg', 'utf8')).split(' ')[0]);
}

/** Processor seconds of all children of this process that have ended, and of theirs (proc_pid_stat(5): cutime, cstime). */
export async function processor() {
  const stat = await readFile('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name may hold anything
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function rounded(/** @type {number} */ share) {
  return Math.round(share * 100) / 100;
}
