// How a run that died is found: its entries and the files of its journal, by their digests, and what was in flight.
import path from 'node:path';
import { hasCode } from '../base/file-error.ts';
import { entryName } from './chain/chain.ts';
import type { RecoverPredicate, StatementSubject } from './chain/statement.ts';
import { checkJournal, type JournalCheck } from './journal/check.ts';
import { InFlightTasks } from './journal/in-flight.ts';
import { journalFiles, type RunEntries } from './run-entries.ts';
import { fileDigest } from './run-files.ts';

export interface FoundRun {
  readonly subject: readonly StatementSubject[];
  /** Of the last file of its journal, with what is in flight by the whole of it; undefined when there is none. */
  readonly journal: JournalCheck | undefined;
}

/** Reads all that a dead run has left in the record. */
export async function inspect(root: string, entries: RunEntries): Promise<FoundRun> {
  const subject = [entries.open, ...entries.later].map(({ predicate: { seq }, sha256 }) => ({
    name: `log/${entryName(seq)}`,
    digest: { sha256 },
  }));
  const tasks = new InFlightTasks();
  let journal: JournalCheck | undefined;
  for (const { name, origin } of journalFiles(entries)) {
    const file = path.join(root, name);
    try {
      journal = await checkJournal(file, origin, tasks);
      subject.push({ name, digest: { sha256: await fileDigest(file) } });
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      journal = undefined;
    }
  }
  return { subject, journal };
}

/** The same as an entry has it. */
export function foundFields({ journal }: FoundRun): Pick<RecoverPredicate, 'journal' | 'damage' | 'inFlight'> {
  const figures = journal && {
    lines: journal.lines,
    head: journal.head,
    signed: journal.signed,
    torn: journal.torn,
  };
  return { journal: figures ?? null, damage: [...(journal?.damage ?? [])], inFlight: [...(journal?.inFlight ?? [])] };
}
