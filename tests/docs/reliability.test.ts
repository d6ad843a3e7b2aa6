// docs/reliability.md is what a run of the suite of faults has found: its rows are those of the table, as they should be.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { titleOf } from '../faults/page.ts';
import { FAULTS } from '../faults/table.ts';
import { ROOT } from './markdown.ts';

const rows = readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!fault |-)/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

test('it has a row for each fault, and no other', () => {
  expect(rows.map(([title]) => title)).toEqual(FAULTS.map(titleOf));
});

test.each(FAULTS.map((fault, index) => [titleOf(fault), fault, rows[index]] as const))('%s', (_title, fault, row) => {
  const [, status = '', seconds = '', lost, next] = row ?? [];
  const allowed = [fault.status].flat().map(String);
  expect(status.split(', ').filter((one) => !allowed.includes(one))).toEqual([]);
  const within = Math.max(...fault.trials.map((trial) => trial.within));
  expect(Number(/([\d.]+) s$/.exec(seconds)?.[1])).toBeLessThanOrEqual(within);
  expect([lost, next]).toEqual(['nothing', 'converged']);
});
