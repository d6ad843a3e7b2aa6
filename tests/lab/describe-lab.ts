// For suites that need the lab: skipped with a notice where it can't boot, a failure there in CI.
import { describe } from 'vitest';
import { available } from './lab-api.js';

/** Allows for the building of images on a busy machine, which the first suite on a machine has to wait for. Milliseconds. */
export const LAB_START_MS = 900_000;

/**
 * As vitest's `describe`, for tests on lab hosts.
 * @throws in CI when the lab can't run on this machine
 */
export function describeLab(title: string, body: () => void): void {
  const lab = available();
  if (lab.ok) {
    describe(title, body);
    return;
  }
  if (process.env.CI === 'true') throw new Error(`The lab is needed here, but ${lab.reason}.`);
  console.warn(`SKIPPED ${title}: ${lab.reason}.`);
  describe.skip(`${title} (no lab: ${lab.reason})`, body);
}
