// Recovering: a run that never sealed gets an entry by the next one, which says how far its journal can be relied on.

import path from 'node:path';
import { hasCode } from '../base/file-error.ts';
import { appendEntry, type ChainEntry, entryName, readEntry } from './chain/chain.ts';
import type { Signer } from './chain/signer.ts';
import type { Body, OpenPredicate, StatementSubject } from './chain/statement.ts';
import { checkJournal, type JournalCheck } from './journal/check.ts';
import { deadRuns, unmark } from './open-runs.ts';
import { fileDigest, journalName } from './run-files.ts';

/** A run that was found unsealed and dead. `journal` is undefined when it has none. */
export interface RecoveredRun {
  readonly run: string;
  readonly journal: JournalCheck | undefined;
}

/** Adds a `recover` entry, signed by `signer` on behalf of the run `by`, for every run that died without its seal. */
export async function recoverDeadRuns(directory: string, signer: Signer, by: string): Promise<RecoveredRun[]> {
  const recovered: RecoveredRun[] = [];
  for (const run of await deadRuns(directory)) {
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
  let journal: JournalCheck | undefined;
  const entry = await appendEntry(directory, signer, async (tip) => {
    const open = await findOpen(directory, tip.seq, run);
    if (open === undefined) return undefined;
    const found = await inspect(directory, open);
    journal = found.journal;
    return body(run, by, found);
  });
  return entry === undefined ? undefined : { run, journal };
}

/** The open entry of a run that has no other, sought from the end: a dead run is seldom far back. */
async function findOpen(directory: string, last: number, run: string): Promise<OpenEntry | undefined> {
  for (let seq = last; seq > 0; seq--) {
    const entry = await readEntry(directory, seq);
    const { predicate } = entry.statement;
    if (predicate.run === run) return predicate.kind === 'open' ? { ...entry, predicate } : undefined;
  }
  return undefined;
}

type OpenEntry = ChainEntry & { readonly predicate: OpenPredicate };

interface Found {
  readonly subject: readonly StatementSubject[];
  readonly journal: JournalCheck | undefined;
}

async function inspect(directory: string, open: OpenEntry): Promise<Found> {
  const { run, sessionKey, seq } = open.predicate;
  const subject = [{ name: `log/${entryName(seq)}`, digest: { sha256: open.sha256 } }];
  const file = path.join(directory, journalName(run));
  try {
    const journal = await checkJournal(file, { run, sessionKey, prev: open.sha256 });
    subject.push({ name: journalName(run), digest: { sha256: await fileDigest(file) } });
    return { subject, journal };
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return { subject, journal: undefined };
  }
}

function body(run: string, by: string, { subject, journal }: Found): Body {
  const figures = journal && {
    lines: journal.lines,
    head: journal.head,
    signed: journal.signed,
    torn: journal.torn,
  };
  return {
    subject,
    predicate: {
      kind: 'recover',
      run,
      by,
      at: new Date().toISOString(),
      journal: figures ?? null,
      damage: [...(journal?.damage ?? [])],
      inFlight: [...(journal?.inFlight ?? [])],
    },
  };
}
