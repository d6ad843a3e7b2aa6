// What runs a record has, for `vrun audit list`: read from the chain, not verified.
import type { HostTotals } from '../event/event.ts';
import { entryNames, readEntry } from './chain/chain.ts';
import type { OpenPredicate, Predicate, RecoverPredicate, ResumePredicate, SealPredicate } from './chain/statement.ts';
import { runState } from './open-runs.ts';

/** How a run ended. `recovered` and `died`: it died, and a later run has said so in the chain, or not yet; it may be resumed. */
export type RunOutcome = SealPredicate['status'] | 'recovered' | 'running' | 'died' | 'unknown';

/** A run in the record. `entries` are the numbers of its first and, when there is one, last entry. */
export interface RecordedRun {
  readonly run: string;
  readonly open: OpenPredicate;
  /** Who has gone on with it after it had died, in order. */
  readonly resumed: readonly ResumePredicate[];
  readonly end: SealPredicate | RecoverPredicate | undefined;
  readonly outcome: RunOutcome;
  /** Per host; empty without a seal. */
  readonly statistics: { readonly [host: string]: HostTotals };
}

/** All runs in the order in which they were opened. @throws Error that names the entry which can't be read */
export async function listRuns(root: string): Promise<RecordedRun[]> {
  const runs = new Map<string, Found>();
  for (const name of await entryNames(root)) {
    const { predicate } = await entry(root, name);
    const known = runs.get(predicate.run);
    if (predicate.kind === 'open') runs.set(predicate.run, { open: predicate, resumed: [], end: undefined });
    else if (known && predicate.kind === 'resume') {
      runs.set(predicate.run, { ...known, resumed: [...known.resumed, predicate], end: undefined });
    } else if (known && predicate.kind !== 'resume') runs.set(predicate.run, { ...known, end: predicate });
  }
  return Promise.all([...runs].map(([run, found]) => describe(root, run, found)));
}

type Found = Pick<RecordedRun, 'open' | 'resumed' | 'end'>;

async function entry(root: string, name: string): Promise<{ readonly predicate: Predicate }> {
  try {
    return (await readEntry(root, Number(name.slice(0, 8)))).statement;
  } catch (error) {
    throw new Error(`log/${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function describe(root: string, run: string, found: Found): Promise<RecordedRun> {
  const statistics = found.end?.kind === 'seal' ? found.end.statistics : {};
  return { run, ...found, statistics, outcome: await outcomeOf(root, run, found.end) };
}

async function outcomeOf(
  root: string,
  run: string,
  end: SealPredicate | RecoverPredicate | undefined,
): Promise<RunOutcome> {
  if (end !== undefined) return end.kind === 'seal' ? end.status : 'recovered';
  return ({ alive: 'running', dead: 'died', unknown: 'unknown' } as const)[await runState(root, run)];
}
