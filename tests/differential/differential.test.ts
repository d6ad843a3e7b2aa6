// What vrun does is what Ansible does: generated tasks, each tried by both on two equal hosts. The suite tries a few with a
// fixed seed; `npm run differential` tries all and writes docs/differential.md.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../lab/describe-lab.ts';
import { borrow } from '../lab/lab-api.js';
import { type Difference, differencesOf } from './compare.ts';
import { SUBJECTS } from './modules/index.ts';
import { Pair } from './pair.ts';
import type { Subject, Trial } from './trial.ts';

const ALL = process.env.VRUN_DIFFERENTIAL === 'all';
const SEED = Number(process.env.VRUN_DIFFERENTIAL_SEED ?? 20_261_129);
const TRIALS = Number(process.env.VRUN_DIFFERENTIAL_TRIALS ?? (ALL ? 120 : 4));

describeLab('what vrun does, and Ansible', () => {
  let pair: Pair | undefined;
  let release = () => {};
  beforeAll(async () => {
    const loan = await borrow(2);
    release = loan.release;
    const [first = '', second = ''] = loan.names;
    pair = await Pair.on([first, second]);
  }, LAB_START_MS);
  afterAll(async () => {
    await pair?.close();
    release();
  });

  for (const subject of SUBJECTS) {
    test(subject.module, () => hold(subject), 3_600_000);
  }

  async function hold(subject: Subject): Promise<void> {
    const found: string[] = [];
    for (const trial of fc.sample(subject.trials, { numRuns: TRIALS, seed: SEED })) {
      const tried = await pair?.run(subject, trial);
      const differences = tried ? differencesOf(tried) : [];
      if (differences.length > 0) found.push(text(trial, differences));
    }
    expect(found.join('\n\n')).toBe('');
  }
});

function text(trial: Trial, differences: readonly Difference[]): string {
  const tasks = trial.tasks.map((task) => `  - ${JSON.stringify(task)}`);
  return [trial.given, ...tasks, ...differences.map((difference) => `  ${JSON.stringify(difference)}`)].join('\n');
}
