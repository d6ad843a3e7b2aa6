// What stands behind a loaded runbook: kept here, so that the types of the library show nothing of the engine.
import type { LoadedRun } from '../cli/run/load-run.ts';
import type { RunOptions } from '../cli/run/options.ts';
import { fail } from '../language/problem/problem.ts';
import type { LoadedRunbook, Whereabouts } from './runbook.ts';

export interface Loaded {
  readonly gathered: LoadedRun;
  readonly options: RunOptions;
  readonly whereabouts: Whereabouts;
}

const loaded = new WeakMap<LoadedRunbook, Loaded>();

/** Keeps what was read of a runbook. */
export function remember(runbook: LoadedRunbook, what: Loaded): void {
  loaded.set(runbook, what);
}

/** What `loadRunbook` has read. @throws ProblemError for what it didn't make */
export function loadedOf(runbook: LoadedRunbook): Loaded {
  const found = loaded.get(runbook);
  if (found === undefined) {
    fail({ code: 'usage', summary: 'run takes what loadRunbook gave', hint: "run(await loadRunbook('site.yml'))" });
  }
  return found;
}
