// A run that died before its seal, and can be gone on with: what the record knows of it.
import path from 'node:path';
import { hasCode } from '../base/file-error.ts';
import type { Event } from '../event/event.ts';
import { fail } from '../language/problem/problem.ts';
import { readTip } from './chain/chain.ts';
import type { OpenPredicate, ResumePredicate, StatementSubject } from './chain/statement.ts';
import { checkJournal } from './journal/check.ts';
import type { Stamp } from './journal/journal.ts';
import { journalLines } from './journal/lines.ts';
import { runState } from './open-runs.ts';
import { entriesOf, journalFiles, type RunEntries, resumesOf } from './run-entries.ts';
import { processState } from './run-process.ts';

export interface DeadRun {
  readonly run: string;
  /** What its open entry says, and is about. */
  readonly open: OpenPredicate;
  readonly subject: readonly StatementSubject[];
  /** Who has gone on with it before, in order. */
  readonly resumed: readonly ResumePredicate[];
  /** Whoever had it last was on this machine, which can't be looked into from here; undefined where the process is seen to be gone. */
  readonly unseen: string | undefined;
}

/**
 * The run, if it can be resumed.
 * @throws ProblemError `audit` for one that isn't there, is sealed or going on, or whose journal was changed
 */
export async function findDeadRun(root: string, run: string): Promise<DeadRun> {
  const entries = await resumable(root, (await readTip(root)).seq, run);
  const { open } = entries;
  const resumed = resumesOf(entries).map(({ predicate }) => predicate);
  const state = await stateOf(root, entries);
  const last = (resumed.at(-1) ?? open.predicate).process;
  if (state === 'alive') refuseLiving(run, last.host, last.pid);
  await requireIntact(root, entries);
  const unseen = state === 'unknown' ? last.host : undefined;
  return { run, open: open.predicate, subject: open.statement.subject, resumed, unseen };
}

/** The entries of a run that isn't sealed. @throws ProblemError `audit` */
export async function resumable(root: string, last: number, run: string): Promise<RunEntries> {
  const entries = await entriesOf(root, last, run);
  if (entries === undefined) {
    return fail({
      code: 'audit',
      summary: `no run ‹${run}› in the record`,
      hint: 'vrun audit list shows them all.',
    });
  }
  const end = entries.later.at(-1)?.predicate;
  if (end?.kind === 'seal') {
    return fail({
      code: 'audit',
      summary: `the run ‹${run}› has ended`,
      detail: `It was sealed ${end.at}: ${end.status}. Only a run that died before that can be resumed.`,
      hint: 'Run it again: what is as it should be stays so.',
    });
  }
  return entries;
}

/** The mark says it of a process that opened the run; of one that resumed it its entry says it, too. */
async function stateOf(root: string, entries: RunEntries): Promise<'alive' | 'dead' | 'unknown'> {
  const last = resumesOf(entries).at(-1)?.predicate;
  const states = [
    await runState(root, entries.open.predicate.run),
    ...(last ? [await processState(last.process)] : []),
  ];
  return states.find((state) => state === 'alive') ?? states.find((state) => state === 'unknown') ?? 'dead';
}

function refuseLiving(run: string, host: string, pid: number): never {
  return fail({
    code: 'audit',
    summary: `the run ‹${run}› is going on`,
    detail: `Its process ${pid} on ${host} is there.`,
    hint: 'Wait for its end, or end it: what it has done is kept in the record.',
  });
}

/** Nothing is gone on with from lines that somebody has changed. What a power cut leaves behind the last checkpoint counts for nothing. */
async function requireIntact(root: string, entries: RunEntries): Promise<void> {
  for (const { name, origin, counted } of journalFiles(entries)) {
    const file = path.join(root, name);
    const { damage, signed } = await checkJournal(file, origin).catch(withoutFile);
    const first = damage.find(({ line }) => line <= signed);
    const why = first?.reason ?? (signed < (counted ?? 0) ? 'lines are missing at its end' : undefined);
    if (why === undefined) continue;
    fail({
      code: 'audit',
      summary: 'The journal of the run was changed',
      detail: `${first ? `${file}:${first.line}` : file}: ${why}.`,
      hint: 'See what `vrun audit verify` says.',
    });
  }
}

function withoutFile(error: unknown): { damage: []; signed: 0 } {
  if (!hasCode(error, 'ENOENT')) throw error;
  return { damage: [], signed: 0 };
}

/** The events of a run's journal up to the entry that resumed it last, as far as checkpoints sign them, one at a time. */
export async function* earlierEvents(root: string, entries: RunEntries): AsyncGenerator<Event & Stamp> {
  for (const { name, counted } of journalFiles(entries)) {
    if (counted === undefined || counted === 0) continue;
    for await (const line of journalLines(path.join(root, name), counted)) if (line.type !== 'checkpoint') yield line;
  }
}
