// What a run was given: everything that was read, checked and decided before its first connection.
import type { GivenOptions } from '../../event/given.ts';
import type { Inventory } from '../../inventory/model/inventory.ts';
import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import type { Play, Runbook } from '../../language/runbook/runbook.ts';
import type { Pace } from './pace.ts';
import type { PlayFiles } from './play-files.ts';

/** A run that was read, checked and recorded, and is ready to go. */
export interface RunPlan {
  readonly runbooks: readonly Runbook[];
  readonly inventory: Inventory;
  /** For each play its hosts, in the play's order. */
  readonly hosts: ReadonlyMap<Play, readonly string[]>;
  readonly extra: ReadonlyMap<string, Dynamic>;
  readonly paces: ReadonlyMap<Play, Pace>;
  /** What comes to each play from the controller's disk. */
  readonly files: PlayFiles;
  /** Facts that the runbooks use. */
  readonly facts: ReadonlySet<string>;
  readonly id: string;
  readonly check: boolean;
  readonly operator: string;
  readonly version: string;
  readonly started: Date;
  readonly given?: GivenOptions;
  /** How many processes have had the run, this one counted: 1 unless it was resumed. */
  readonly part?: number;
}

/**
 * The run as hosts know it, by their locks and by what is left there: what an earlier process of the same run has left, or still
 * has under way, isn't this one's.
 */
export function nameOnHosts({ id, part = 1 }: Pick<RunPlan, 'id' | 'part'>): string {
  return part === 1 ? id : `${id}-${part}`;
}

/** Its names there when earlier processes had it. */
export function earlierNames({ id, part = 1 }: Pick<RunPlan, 'id' | 'part'>): readonly string[] {
  return Array.from({ length: part - 1 }, (_, before) => nameOnHosts({ id, part: before + 1 }));
}

/** The plays of all runbooks, in their order. */
export function playsOf({ runbooks }: Pick<RunPlan, 'runbooks'>): readonly Play[] {
  return runbooks.flatMap(({ plays }) => plays);
}

/** The same, each with the runbook that it is of. */
export function playsAndRunbooks({ runbooks }: Pick<RunPlan, 'runbooks'>) {
  return runbooks.flatMap((runbook) => runbook.plays.map((play) => ({ runbook, play })));
}
