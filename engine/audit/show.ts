// One run of the record, for `vrun audit show`: its entries and its journal, line by line, not verified.
import path from 'node:path';
import { hasCode } from '../base/file-error.ts';
import { readTip } from './chain/chain.ts';
import type { JournalLine } from './journal/journal.ts';
import { journalLines } from './journal/lines.ts';
import { listRuns, type RecordedRun } from './list.ts';
import { entriesOf, journalFiles } from './run-entries.ts';

/** The run whose id is, or begins with, `wanted`; `last` is the newest. Undefined when none or several match. */
export async function findRun(root: string, wanted: string): Promise<RecordedRun | undefined> {
  const runs = await listRuns(root);
  if (wanted === 'last') return runs.at(-1);
  const exact = runs.find(({ run }) => run === wanted);
  const [first, second] = runs.filter(({ run }) => run.startsWith(wanted));
  return exact ?? (second === undefined ? first : undefined);
}

/**
 * The lines of a run's journal, as far as they can be read: of each of its files those that counted when the run was resumed
 * after it. @throws what reading the files throws
 */
export async function* readJournal(root: string, run: string): AsyncGenerator<JournalLine> {
  const entries = await entriesOf(root, (await readTip(root)).seq, run);
  for (const { name, counted } of entries ? journalFiles(entries) : []) {
    try {
      yield* journalLines(path.join(root, name), counted);
    } catch (error) {
      // The process may have ended between its entry and the journal that follows it.
      if (!hasCode(error, 'ENOENT') || counted === undefined) throw error;
    }
  }
}
