// What the module systemd will find of a unit once the pending changes of a dry run are made.
import type { Foreseen } from '../../engine/module/define.ts';
import { Missing, stateIfThere, withState } from '../../engine/module/resource.ts';
import { pendingEntry, untold } from '../../engine/resources/file/pending.ts';
import { installLines, NO_INSTALL } from '../../engine/resources/unit/install.ts';
import { needsUnit, type UnitState } from '../../engine/resources/unit/state.ts';
import { resourceOf, targetOf } from '../../engine/resources/unit/step.ts';
import { type UnitWant, unitPath } from '../../engine/resources/unit/want.ts';

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
  const unit = targetOf(known, want);
  const file = ownFile(known, unit, foreseen);
  if (file === 'unknown') return untold(unitPath(unit));
  if (file === 'gone' && needsUnit(want)) return new Missing<UnitState>({ needs: [`unit:${unit}`] });
  const state: UnitState = {
    ...known,
    ...(file === 'gone' || file === undefined ? {} : file),
    entries: entries.map((entry) => (entry === 'unknown' ? undefined : entry)),
    ...foreseen.settled(resourceOf(want, want.unit)),
    ...foreseen.settled(resourceOf(want, unit)),
    ...doubted(known, want, foreseen),
  };
  // Whether it will have been started before its file is written, or behind it, is not kept.
  const rewritten = want.files.find(({ path }) => foreseen.at(path)?.kind === 'file');
  const isUp = known.since !== undefined || state.active === 'active';
  if (want.restartOnChange && isUp && rewritten) return untold(rewritten.path);
  return have instanceof Missing && typeof file === 'object' ? state : withState(have, state);
}

/** What an earlier task puts in the place of the unit's own file, where administrators and users put theirs. */
function ownFile(
  known: UnitState,
  unit: string,
  foreseen: Foreseen,
): Partial<UnitState> | 'gone' | 'unknown' | undefined {
  const path = known.config === undefined ? unitPath(unit) : `${known.config}/${unit}`;
  const left = foreseen.at(path);
  if (left === undefined || left.kind === 'same') return undefined;
  if (left.kind === 'nothing') return known.fragment === path || known.fragment === undefined ? 'gone' : undefined;
  if (left.kind !== 'file') return 'unknown';
  const fragment = { path, install: installLines(left.content.bytes().toString('utf8')) };
  const { units: [own, ...others] = [], ...links } = known.install ?? NO_INSTALL;
  const dropIns = (own?.fragments ?? []).filter((one) => one.path.endsWith('.conf'));
  const units = [{ names: own?.names ?? [unit], fragments: [fragment, ...dropIns] }, ...others];
  const loaded = known.load === 'not-found' ? { load: 'loaded', file: 'disabled' } : {};
  return { ...loaded, fragment: path, install: { units, ...links } };
}

/** A package that comes may bring the unit, enabled and running; a file that is written may be one of a unit's. */
function doubted(known: UnitState, want: UnitWant, foreseen: Foreseen): Pick<UnitState, 'doubt'> {
  if (known.load === 'not-found' && want.unit !== '' && foreseen.settled('package:*').changed === 'yes') {
    return { doubt: 'packages that are to be installed may bring it' };
  }
  if (want.reload && foreseen.below(known.config ?? '/etc/systemd').length > 0) {
    return { doubt: 'units are to be written' };
  }
  return {};
}
