// What the module systemd will find of a unit once the pending changes of a dry run are made.
import type { Foreseen } from '../define.ts';
import { type Missing, stateIfThere, withState } from '../resource.ts';
import { pendingEntry, untold } from './pending-file.ts';
import { resourceOf } from './unit-plan.ts';
import type { UnitState } from './unit-state.ts';
import type { UnitWant } from './unit-want.ts';

/** What earlier changes of a dry run settle of the unit, and write to its files. */
export function pendingUnit(
  have: UnitState | Missing<UnitState>,
  want: UnitWant,
  foreseen: Foreseen,
): UnitState | Missing<UnitState> {
  const known = stateIfThere(have);
  if (known === undefined) return have;
  const entries = want.files.map((file, index) => pendingEntry(known.entries[index], file.path, file, foreseen));
  const untellable = want.files.find((_, index) => entries[index] === 'unknown');
  if (untellable) return untold(untellable.path);
  const state: UnitState = {
    ...known,
    entries: entries.map((entry) => (entry === 'unknown' ? undefined : entry)),
    ...foreseen.settled(resourceOf(want)),
  };
  // Whether it will have been started before its file is written, or behind it, is not kept.
  const rewritten = want.files.find(({ path }) => foreseen.left(path)?.kind === 'file');
  const isUp = known.since !== undefined || state.active === 'active';
  if (want.restartOnChange && isUp && rewritten) return untold(rewritten.path);
  return withState(have, state);
}
