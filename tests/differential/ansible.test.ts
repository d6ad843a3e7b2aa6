// What vrun does is what Ansible does: generated tasks, each tried by both on two equal hosts. The suite tries a few with a
// fixed seed; `npm run differential` tries all and writes docs/differential.md.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../lab/describe-lab.ts';
import { borrow } from '../lab/lab-api.js';
import { judge } from './announced.ts';
import { differencesOf } from './compare.ts';
import { type InventoryDifference, open as stillOpen, tryInventory } from './inventories/compare.ts';
import { inventoryTrial } from './inventories/generate.ts';
import { type Compared, keep, kept, type Report } from './kept.ts';
import { SUBJECTS } from './modules/index.ts';
import { differentialPage } from './page.ts';
import { Pair } from './pair.ts';
import { announcements, countsOf, type Result, unannounced } from './report.ts';
import { FULL, RUNS } from './runs.ts';
import type { Subject } from './trial.ts';

const SEED = Number(process.env.VRUN_DIFFERENTIAL_SEED ?? 20_261_129);
/** Modules by name, with commas; all unless it is given. */
const ONLY = process.env.VRUN_DIFFERENTIAL_ONLY?.split(',');
/** Pairs of hosts at work at the same time. */
const PAIRS = FULL ? 2 : 1;
/** Whose Ansible it is. */
const SUITE = 'bookworm';
/** All that there is to try, as docs/differential.md has it. */
const IN_FULL = FULL && !['VRUN_DIFFERENTIAL_SEED', 'VRUN_DIFFERENTIAL_TRIALS'].some((name) => name in process.env);
const PAGE = fileURLToPath(new URL('../../docs/differential.md', import.meta.url));

describeLab('what vrun does, and Ansible', () => {
  const free: Pair[] = [];
  const waiting: ((pair: Pair) => void)[] = [];
  let release = () => {};
  beforeAll(async () => {
    const loan = await borrow(2 * PAIRS, { suite: SUITE });
    release = loan.release;
    const { names } = loan;
    free.push(
      ...(await Promise.all(names.slice(0, PAIRS).map((name, index) => Pair.on(name, names[PAIRS + index] ?? '')))),
    );
  }, LAB_START_MS);
  afterAll(async () => {
    await Promise.all(free.map((pair) => pair.close()));
    release();
    if (!IN_FULL) return;
    const reports = SUBJECTS.flatMap(({ module }) => kept<Report>(module) ?? []);
    const others = kept<readonly Compared[]>('inventories');
    if (others && reports.length === SUBJECTS.length) writeFileSync(PAGE, differentialPage(reports, others));
  }, LAB_START_MS);

  async function withPair<T>(work: (pair: Pair) => Promise<T>): Promise<T> {
    const pair = free.pop() ?? (await new Promise<Pair>((resolve) => waiting.push(resolve)));
    try {
      return await work(pair);
    } finally {
      const next = waiting.shift();
      if (next) next(pair);
      else free.push(pair);
    }
  }

  async function hold(subject: Subject): Promise<void> {
    const { module } = subject;
    const numRuns = Math.ceil(RUNS.trials * (subject.share ?? 1));
    const trials = fc.sample(subject.trials, { numRuns, seed: SEED });
    const found = await withPair(async (pair) => {
      const tried: Result[] = [];
      for (const trial of trials) {
        const outcome = await pair.run(subject, trial);
        tried.push({ module: subject.module, trial, judged: judge(subject, outcome, differencesOf(subject, outcome)) });
      }
      await pair.leave(subject);
      return tried;
    });
    const counts = countsOf(found);
    const { tasks, alike, announced, behind, unannounced: open } = counts;
    const said = `${module}: ${tasks} tasks, ${alike} alike, ${announced} announced, ${behind} after one, ${open} unannounced`;
    const texts = unannounced(found);
    if (IN_FULL) keep(module, { module, counts, announced: announcements(found), unannounced: texts });
    console.log([said, ...texts].join('\n'));
    expect(open, said).toBe(0);
  }

  async function holdInventories(): Promise<void> {
    const texts: string[] = [];
    const found: InventoryDifference[][] = [];
    const trials = fc.sample(inventoryTrial, { numRuns: RUNS.inventories, seed: SEED });
    await withPair(async ({ ansible }) => {
      for (const trial of trials) {
        const differences = await tryInventory(ansible, trial);
        found.push([...differences]);
        texts.push(...stillOpen(trial, differences));
      }
    });
    const read = found.map((differences) => differences.filter(({ what }) => what !== 'pattern'));
    const selected = found.flat().filter(({ what }) => what === 'pattern');
    const others = [
      compared('inventories', trials.length, read),
      compared(
        'patterns',
        trials.flatMap(({ patterns }) => patterns).length,
        selected.map((one) => [one]),
      ),
    ];
    if (IN_FULL) keep('inventories', others);
    const said = others.map(
      (one) => `${one.tried} ${one.title}, ${one.announced} announced, ${one.unannounced} unannounced`,
    );
    console.log([...said, ...texts].join('\n'));
    expect(texts, said.join('; ')).toEqual([]);
  }

  const chosen = SUBJECTS.filter(({ module, settled }) => ONLY?.includes(module) ?? (FULL || settled));
  for (const subject of chosen) test.concurrent(subject.module, () => hold(subject), 3_600_000);
  if (ONLY?.includes('inventories') ?? true) test.concurrent('inventories', () => holdInventories(), 3_600_000);
});

/** @param found the differences of each */
function compared(title: string, tried: number, found: readonly (readonly InventoryDifference[])[]): Compared {
  const unannounced = found.filter((all) => all.some((one) => one.announced === undefined)).length;
  return { title, tried, unannounced, announced: found.filter((all) => all.length > 0).length - unannounced };
}
