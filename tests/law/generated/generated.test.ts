// The law of the dry run over generated runbooks, on real hosts: dry run, run, dry run, run. The suite tries a few with a
// fixed seed; `LAW_RUNBOOKS=3000 LAW_SEED=1 npx vitest run --project lab tests/law/generated` tries as many as it is told.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { offerApp } from '../../lab/app-offer.js';
import { describeLab, LAB_START_MS } from '../../lab/describe-lab.ts';
import { borrow, exec } from '../../lab/lab-api.js';
import { LabEngine, type ProjectFiles } from './engine.ts';
import { breaches, unknowns } from './oracle.ts';
import { generated, projectOf } from './runbooks.ts';
import { GIVEN, GROUPS, HEAVY, HEAVY_GIVEN } from './tasks.ts';

const RUNBOOKS = Number(process.env.LAW_RUNBOOKS ?? 30);
/** Also what takes long. */
const HEAVILY = process.env.LAW_RUNBOOKS !== undefined;
const SEED = Number(process.env.LAW_SEED ?? 20_261_129);

describeLab('the law of the dry run, for generated runbooks', () => {
  let engine: LabEngine | undefined;
  let other = '';
  let release = () => {};
  beforeAll(async () => {
    if (HEAVILY) await offerApp(['v1', 'v2']);
    const loan = await borrow(2);
    release = loan.release;
    other = loan.names[1] ?? '';
    for (const name of loan.names) {
      const { status, stderr } = await exec(name, HEAVILY ? GIVEN + HEAVY_GIVEN : GIVEN);
      expect(status, stderr).toBe(0);
    }
    engine = new LabEngine(loan.names);
  }, LAB_START_MS);
  afterAll(async () => {
    await engine?.close();
    release();
  });

  test(
    `${RUNBOOKS} runbooks do what their dry run says`,
    async () => {
      const found: string[] = [];
      let [unknown, all] = [0, 0];
      for (const [index, runbook] of fc
        .sample(generated(HEAVILY ? { ...GROUPS, ...HEAVY } : GROUPS), { numRuns: RUNBOOKS, seed: SEED })
        .entries()) {
        const files = projectOf(runbook, other);
        for (const round of ['first', 'second']) {
          const dry = (await engine?.run(files, { check: true })) ?? [];
          const run = (await engine?.run(files, { check: false })) ?? [];
          const counted = unknowns(dry);
          unknown += counted.unknown;
          all += counted.all;
          const broken = breaches(dry, run);
          if (broken.length === 0) continue;
          found.push(`runbook ${index} of seed ${SEED}, ${round} round:\n${broken.join('\n')}\n${textOf(files)}`);
          break;
        }
      }
      console.log(`${RUNBOOKS} runbooks of seed ${SEED}: ${all} tasks in dry runs, ${unknown} of them unknown`);
      expect(found.join('\n\n')).toBe('');
      expect(all).toBeGreaterThan(RUNBOOKS);
    },
    60_000 + RUNBOOKS * 60_000,
  );
});

/** The runbook and what it includes. */
function textOf(files: ProjectFiles): string {
  const texts = Object.entries(files).filter(([path]) => path === 'site.yml' || path.startsWith('tasks/'));
  return texts.map(([path, text]) => `# ${path}\n${text}`).join('\n');
}
