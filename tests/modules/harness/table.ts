// A module's test is a table: what the host says, what is wanted → the exact changes. Rows where nothing changes belong.
import { describe, expect, test } from 'vitest';
import { planLines } from '../../../engine/library/plan-lines.ts';
import { Missing, type Module, type Output } from '../../../engine/module/index.ts';
import { bind, type Locals, output, type Params } from './bind.ts';

export interface Row {
  readonly title: string;
  /** As in a runbook; a Secret may stand where the schema takes a text. */
  readonly params: Params;
  /** What `src` and `template` parameters find on the controller, by name. */
  readonly local?: Locals;
  /** What is on the host: a state as `parse` gives it … */
  readonly have?: unknown;
  /** … or what the probe printed there: a file in transcripts/, or an output. */
  readonly transcript?: string | Partial<Output>;
  /** What is needed and isn't there; `changes` are then those of the predicted state. */
  readonly missing?: readonly string[];
  /** See `compact`; no lines means that nothing changes. */
  readonly changes: readonly string[];
  readonly failure?: string | RegExp;
  /** What the changes would come to, as a dry run says. */
  readonly foretold?: string | RegExp;
  readonly result?: Readonly<Record<string, unknown>>;
}

/** See `planLines`. */
export const compact = planLines;

/** One test for each row. Of long scripts only the lines that match `shown` are held against the row. */
export function table(module: Module, rows: readonly Row[], shown = /^/): void {
  describe(module.name, () => {
    for (const row of rows) test(row.title, () => check(module, row, shown));
  });
}

function check(module: Module, row: Row, shown: RegExp): void {
  const want = bind(module, row.params, row.local);
  let have: unknown = row.have;
  if (row.transcript !== undefined) [have] = module.parse(output(row.transcript), [want]);
  if (have instanceof Missing && have.without && !row.missing) have = have.without.state;
  if (have instanceof Missing) {
    expect(have.needs).toEqual(row.missing ?? []);
    if (have.fresh === undefined) {
      expect(row.changes).toEqual([]);
      return;
    }
    have = have.fresh;
  } else expect(row.missing ?? []).toEqual([]);
  const plan = module.plan(have, want);
  expect(compact(plan).filter((line) => !line.startsWith('  $ ') || shown.test(line))).toEqual(row.changes);
  if (row.failure === undefined) expect(plan.failure).toBeUndefined();
  else expect(plan.failure?.summary).toMatch(row.failure);
  if (row.foretold === undefined) expect(plan.foretold?.failure).toBeUndefined();
  else expect(plan.foretold?.failure?.summary).toMatch(row.foretold);
  if (row.result) expect({ ...plan.result, ...plan.past }).toMatchObject(row.result);
  expect(compact(module.plan(have, want)), 'plan is pure').toEqual(compact(plan));
}
