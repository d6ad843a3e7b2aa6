// One run of the record, for `vrun audit show`: its entries and its journal, line by line, not verified.
import path from 'node:path';
import { parseCanonical } from '../signature/canonical.ts';
import { byteLines } from './journal/byte-lines.ts';
import type { JournalLine } from './journal/journal.ts';
import { listRuns, type RecordedRun } from './list.ts';
import { journalName } from './run-files.ts';

/** The run whose id is, or begins with, `wanted`; `last` is the newest. Undefined when none or several match. */
export async function findRun(root: string, wanted: string): Promise<RecordedRun | undefined> {
  const runs = await listRuns(root);
  if (wanted === 'last') return runs.at(-1);
  const exact = runs.find(({ run }) => run === wanted);
  const [first, second] = runs.filter(({ run }) => run.startsWith(wanted));
  return exact ?? (second === undefined ? first : undefined);
}

/** The lines of a run's journal, as far as they can be read. @throws what reading the file throws */
export async function* readJournal(root: string, run: string): AsyncGenerator<JournalLine> {
  for await (const { bytes, whole } of byteLines(path.join(root, journalName(run)))) {
    const value = whole ? readLine(bytes) : undefined;
    if (value === undefined) return;
    yield value;
  }
}

function readLine(bytes: Buffer): JournalLine | undefined {
  try {
    const value = parseCanonical(bytes.subarray(0, -1));
    if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
    return value as JournalLine; // written by Journal; whoever must be sure that it was verifies first
  } catch {
    return undefined;
  }
}
