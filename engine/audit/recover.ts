// Recovering: a run that never sealed gets an entry by the next one, which says how far its journal can be relied on.

import { appendEntry } from './chain/chain.ts';
import type { Signer } from './chain/signer.ts';
import { type FoundRun, foundFields, inspect } from './inspect.ts';
import type { JournalCheck } from './journal/check.ts';
import { deadRuns, unmark } from './open-runs.ts';
import { entriesOf } from './run-entries.ts';

/** A run that was found unsealed and dead. `journal` is undefined when it has none. */
export interface RecoveredRun {
  readonly run: string;
  readonly journal: JournalCheck | undefined;
}

/** Adds a `recover` entry, signed by `signer` on behalf of the run `by`, for every other run that died without its seal. */
export async function recoverDeadRuns(directory: string, signer: Signer, by: string): Promise<RecoveredRun[]> {
  const recovered: RecoveredRun[] = [];
  for (const run of await deadRuns(directory)) {
    if (run === by) continue;
    const found = await recoverRun(directory, signer, by, run);
    if (found !== undefined) recovered.push(found);
    await unmark(directory, run);
  }
  return recovered;
}

async function recoverRun(
  directory: string,
  signer: Signer,
  by: string,
  run: string,
): Promise<RecoveredRun | undefined> {
  let found: FoundRun | undefined;
  const entry = await appendEntry(directory, signer, async (tip) => {
    const entries = await entriesOf(directory, tip.seq, run);
    const last = entries?.later.at(-1)?.predicate.kind;
    if (entries === undefined || last === 'seal' || last === 'recover') return undefined;
    found = await inspect(directory, entries);
    const at = new Date().toISOString();
    return { subject: found.subject, predicate: { kind: 'recover', run, by, at, ...foundFields(found) } };
  });
  return entry === undefined ? undefined : { run, journal: found?.journal };
}
