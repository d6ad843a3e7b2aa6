// Verifying what one run left in `runs/`: against its seal, against what a recover or resume entry found, or, unsealed, by itself.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../../base/file-error.ts';
import type { RecoverPredicate, ResumePredicate, SealPredicate, StatementSubject } from '../chain/statement.ts';
import { checkJournal, type JournalCheck, type JournalOrigin } from '../journal/check.ts';
import { fileDigest, runFileNames } from '../run-files.ts';
import type { Findings } from './findings.ts';

/** A run's files being verified. `name` is the entry that speaks about them, `log/…`. */
export interface RunCheck {
  readonly root: string;
  readonly name: string;
  /** The last file of its journal by then: what came before it was verified against the entries that resumed the run. */
  readonly journal: string;
  readonly origin: JournalOrigin;
  readonly findings: Findings;
}

/** True when the directory of the run is there at all. */
export async function hasFiles(root: string, run: string): Promise<boolean> {
  const found = await stat(path.join(root, 'runs', run)).catch(() => undefined);
  return found?.isDirectory() === true;
}

/** Every file must be as the seal says, none missing and none added, and the journal must hold together line by line. */
export async function verifySealed(
  check: RunCheck,
  seal: SealPredicate,
  subject: readonly StatementSubject[],
): Promise<void> {
  const { root, findings } = check;
  const journal = await readJournal({ ...check, origin: { ...check.origin, head: seal.journal.head } });
  const file = check.journal;
  if (journal !== undefined) {
    for (const { line, reason } of journal.damage) findings.add(file, reason, line);
    if (journal.torn > 0) findings.add(file, 'it goes on after its last line', journal.lines + 1);
    else if (journal.lines !== seal.journal.lines && journal.damage.length === 0) {
      findings.add(file, `it has ${journal.lines} lines, not ${seal.journal.lines} as sealed`);
    }
  }
  await verifyDigests(check, subject);
  const sealed = new Set(subject.map(({ name }) => name));
  if (!sealed.has(file)) findings.add(check.name, 'it does not seal the journal');
  const names = await runFileNames(root, seal.run).catch((error: Error) => {
    // That a whole directory is missing was found with its journal.
    if (!hasCode(error, 'ENOENT')) findings.add(`runs/${seal.run}`, error.message);
    return [];
  });
  for (const name of names) if (!sealed.has(name)) findings.add(name, 'it was added after the seal');
}

/** The journal must be as it was when the run was recovered or resumed. Damage after its last checkpoint is what a power cut leaves. */
export async function verifyFound(
  check: RunCheck,
  recover: RecoverPredicate | ResumePredicate,
  subject: readonly StatementSubject[],
): Promise<JournalCheck | undefined> {
  const { findings } = check;
  const journal = recover.journal === null ? undefined : await readJournal(check);
  const file = check.journal;
  if (journal !== undefined && recover.journal !== null) {
    const known = new Set(recover.damage.map(({ line }) => line));
    for (const { line, reason } of journal.damage) {
      if (line <= journal.signed || !known.has(line)) findings.add(file, reason, line);
    }
    const { lines, head, signed, torn } = recover.journal;
    const same = journal.lines === lines && journal.head === head && journal.signed === signed && journal.torn === torn;
    if (!same && !findings.has(file))
      findings.add(file, `it is not as it was when the run was ${recover.kind === 'resume' ? 'resumed' : 'recovered'}`);
  }
  await verifyDigests(check, subject);
  return journal;
}

/** A run without a last entry is verified up to its last checkpoint; a line that was torn at the very end is no finding. */
export async function verifyUnsealed(check: RunCheck): Promise<JournalCheck | undefined> {
  const journal = (await hasFiles(check.root, check.origin.run)) ? await readJournal(check, true) : undefined;
  for (const { line, reason } of journal?.damage ?? []) {
    check.findings.add(check.journal, reason, line);
  }
  return journal;
}

async function readJournal(check: RunCheck, mayLack = false): Promise<JournalCheck | undefined> {
  const name = check.journal;
  try {
    return await checkJournal(path.join(check.root, name), check.origin);
  } catch (error) {
    const missing = hasCode(error, 'ENOENT');
    if (!missing || !mayLack) check.findings.add(name, missing ? 'it is missing' : String(error));
    return undefined;
  }
}

async function verifyDigests(check: RunCheck, subject: readonly StatementSubject[]): Promise<void> {
  const { root, findings } = check;
  const { run } = check.origin;
  for (const { name, digest } of subject) {
    // Only files of this run and of the chain: a name can't lead out of the record.
    if (!/^(log|runs)\/[^/]/.test(name) || name.split('/').includes('..')) continue;
    if (name.startsWith('runs/') && !name.startsWith(`runs/${run}/`)) continue;
    if (findings.has(name)) continue;
    const found = await fileDigest(path.join(root, name)).catch((error: unknown) => error);
    if (found === digest.sha256) continue;
    if (typeof found === 'string') findings.add(name, `it was changed: ${check.name} holds another digest of it`);
    else findings.add(name, hasCode(found, 'ENOENT') ? 'it is missing' : String(found));
  }
}
