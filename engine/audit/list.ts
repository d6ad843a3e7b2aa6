// What runs a record has, for `vrun audit list`: read from the chain, not verified.
import type { HostTotals } from '../event/event.ts';
import { entryNames, readEntry } from './chain/chain.ts';
import type { OpenPredicate, RecoverPredicate, SealPredicate } from './chain/statement.ts';
import { runState } from './open-runs.ts';

/** How a run ended. `recovered` and `died`: it died, and a later run has said so in the chain, or not yet. */
export type RunOutcome = SealPredicate['status'] | 'recovered' | 'running' | 'died' | 'unknown';

/** A run in the record. `entries` are the numbers of its first and, when there is one, last entry. */
export interface RecordedRun {
  readonly run: string;
  readonly open: OpenPredicate;
  readonly end: SealPredicate | RecoverPredicate | undefined;
  readonly outcome: RunOutcome;
  /** Per host; empty without a seal. */
  readonly statistics: { readonly [host: string]: HostTotals };
}

/** All runs in the order in which they were opened. @throws Error that names the entry which can't be read */
export async function listRuns(root: string): Promise<RecordedRun[]> {
  const open = new Map<string, OpenPredicate>();
  const ends = new Map<string, SealPredicate | RecoverPredicate>();
  for (const name of await entryNames(root)) {
    const { predicate } = await entry(root, name);
    if (predicate.kind === 'open') open.set(predicate.run, predicate);
    else ends.set(predicate.run, predicate);
  }
  return Promise.all([...open].map(([run, opening]) => describe(root, run, opening, ends.get(run))));
}

async function entry(
  root: string,
  name: string,
): Promise<{ predicate: OpenPredicate | SealPredicate | RecoverPredicate }> {
  try {
    return (await readEntry(root, Number(name.slice(0, 8)))).statement;
  } catch (error) {
    throw new Error(`log/${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function describe(
  root: string,
  run: string,
  open: OpenPredicate,
  end: SealPredicate | RecoverPredicate | undefined,
): Promise<RecordedRun> {
  const statistics = end?.kind === 'seal' ? end.statistics : {};
  return { run, open, end, statistics, outcome: await outcomeOf(root, run, end) };
}

async function outcomeOf(
  root: string,
  run: string,
  end: SealPredicate | RecoverPredicate | undefined,
): Promise<RunOutcome> {
  if (end !== undefined) return end.kind === 'seal' ? end.status : 'recovered';
  return ({ alive: 'running', dead: 'died', unknown: 'unknown' } as const)[await runState(root, run)];
}
