// What the chain says of one run, in its order, and which files its journal is in.
import { type ChainEntry, readEntry } from './chain/chain.ts';
import type { OpenPredicate, Predicate, ResumePredicate } from './chain/statement.ts';
import type { JournalOrigin } from './journal/check.ts';
import { journalName } from './run-files.ts';

/** An entry of the chain whose predicate is of one kind. */
export type EntryOf<Of extends Predicate> = ChainEntry & { readonly predicate: Of };

export interface RunEntries {
  readonly open: EntryOf<OpenPredicate>;
  /** What came after, in the chain's order. */
  readonly later: readonly EntryOf<Exclude<Predicate, OpenPredicate>>[];
}

/** One file of a run's journal. */
export interface JournalFile {
  /** Its place in the record. */
  readonly name: string;
  readonly origin: JournalOrigin;
  /** Lines that counted when the run was resumed after it; undefined for the last. */
  readonly counted: number | undefined;
}

/** The entries of a run, sought from the end: a dead run is seldom far back. Undefined where the chain has none. */
export async function entriesOf(root: string, last: number, run: string): Promise<RunEntries | undefined> {
  const later: EntryOf<Exclude<Predicate, OpenPredicate>>[] = [];
  for (let seq = last; seq > 0; seq--) {
    const entry = await readEntry(root, seq);
    const { predicate } = entry.statement;
    if (predicate.run !== run) continue;
    if (predicate.kind === 'open') return { open: { ...entry, predicate }, later: later.reverse() };
    later.push({ ...entry, predicate });
  }
  return undefined;
}

/** The entries by which a run was resumed. */
export function resumesOf({ later }: RunEntries): readonly EntryOf<ResumePredicate>[] {
  return later.flatMap((entry) => {
    const { predicate } = entry;
    return predicate.kind === 'resume' ? [{ ...entry, predicate }] : [];
  });
}

/** The files of a run's journal, in their order: one for its open entry and for each that resumed it. */
export function journalFiles(entries: RunEntries): readonly JournalFile[] {
  const resumes = resumesOf(entries);
  return [entries.open, ...resumes].map(({ predicate: { run, sessionKey }, sha256 }, index) => {
    const next = resumes[index]?.predicate;
    return {
      name: journalName(run, index + 1),
      origin: { run, sessionKey, prev: sha256 },
      counted: next && (next.journal?.signed ?? 0),
    };
  });
}
