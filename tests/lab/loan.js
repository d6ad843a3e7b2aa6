// Lends hosts to test files that run at the same time, so that none meets another's.
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from './lock.js';

/**
 * Takes `count` of the hosts `among` for this process, waiting until so many are free.
 * @param {number} count
 * @param {string[]} among
 * @returns {Promise<{ names: string[], release: () => void }>}
 */
export async function takeHosts(count, among) {
  if (count > among.length) throw new Error(`${count} hosts were asked for among ${among.length}: ${among.join(' ')}.`);
  for (;;) {
    const taken = await takeFree(count, among);
    const release = () => taken.forEach((each) => void each.release());
    if (taken.length === count) return { names: taken.map(({ name }) => name), release };
    release(); // all or none: two that each hold a part would wait for each other
    await sleep(50 + Math.random() * 100);
  }
}

/**
 * @param {number} count
 * @param {string[]} among
 */
async function takeFree(count, among) {
  const taken = [];
  for (const name of among) {
    const release = taken.length < count && (await tryLock(`loan/${name}`));
    if (release) taken.push({ name, release });
  }
  return taken;
}
