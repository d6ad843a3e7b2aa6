// A change of a unit, with what it settles of it for later tasks of a dry run.
import type { Change, Step } from '../../module/change.ts';
import type { Settled } from '../../module/effect.ts';
import type { Resource } from '../../module/resource.ts';
import type { UnitState } from './state.ts';
import { type UnitWant, unitPath } from './want.ts';

/** The unit's own name: systemctl won't enable or mask one by a second name. Unless the task writes a unit of that name. */
export function targetOf(have: Pick<UnitState, 'id'>, { unit, files }: UnitWant): string {
  return files.some(({ path }) => path === unitPath(unit)) ? unit : have.id;
}

/** `as`: what systemctl will show then, where that differs. */
export function step(have: UnitState, want: UnitWant, from: string, to: string, one: Step, as: Settled): Change {
  const unit = targetOf(have, want);
  return { op: '~', what: `unit ${unit}`, from, to, steps: [one], effects: [{ settles: resourceOf(want, unit), as }] };
}

/** A user's units are others than the system's of the same name. */
export function resourceOf({ scope }: UnitWant, unit: string): Resource {
  return scope === 'system' ? `unit:${unit}` : `unit:user/${unit}`;
}

export function isMasked({ load, file }: UnitState): boolean {
  return load === 'masked' || file.startsWith('masked');
}
