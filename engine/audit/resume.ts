// The entry by which a process goes on with a run that died.
import type { Event } from '../event/event.ts';
import { fail } from '../language/problem/problem.ts';
import { appendEntry, type EntryReference, readTip } from './chain/chain.ts';
import type { Signer } from './chain/signer.ts';
import { earlierEvents, resumable } from './dead-run.ts';
import { foundFields, inspect } from './inspect.ts';
import type { InFlight } from './journal/in-flight.ts';
import type { Stamp } from './journal/journal.ts';
import { resumesOf } from './run-entries.ts';
import { thisProcess } from './run-process.ts';

export interface Resuming {
  readonly run: string;
  readonly operator: string;
  /** The engine's. */
  readonly version: string;
  /** How often it was resumed when it was found (`DeadRun.resumed`): who comes second doesn't have the run. */
  readonly before: number;
}

export interface Resumed {
  readonly entry: EntryReference;
  /** The place of the journal's next file among its files, from 1. */
  readonly part: number;
  readonly earlier: () => AsyncGenerator<Event & Stamp>;
  /** What was in flight when the run died. */
  readonly inFlight: readonly InFlight[];
}

/** Appends the entry, with what it found. Whoever's entry is in the chain first has the run. @throws ProblemError `audit` */
export async function appendResume(
  root: string,
  signer: Signer,
  { run, operator, version, before }: Resuming,
  sessionKey: string,
): Promise<Resumed> {
  const process = await thisProcess();
  let inFlight: readonly InFlight[] = [];
  const entry = await appendEntry(root, signer, async (tip) => {
    const entries = await resumable(root, tip.seq, run);
    if (resumesOf(entries).length !== before) refuseSecond(run);
    const found = await inspect(root, entries);
    inFlight = found.journal?.inFlight ?? [];
    const at = new Date().toISOString();
    const who = { operator, version, sessionKey, process };
    return { subject: found.subject, predicate: { kind: 'resume', run, at, ...who, ...foundFields(found) } };
  });
  if (entry === undefined) throw new Error('an entry with a body is always appended');
  const entries = await resumable(root, (await readTip(root)).seq, run);
  return { entry, part: before + 2, earlier: () => earlierEvents(root, entries), inFlight };
}

function refuseSecond(run: string): never {
  return fail({
    code: 'audit',
    summary: `the run ‹${run}› is going on`,
    detail: 'Somebody else has resumed it just now.',
    hint: 'Wait for its end.',
  });
}
