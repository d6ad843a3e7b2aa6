// The plan of one item, from what was read of the host and what is pending there.
import { Missing, type Plan } from '../../module/index.ts';
import type { BoundTask, ReadyItem } from '../list/bound.ts';
import { type ProbeReading, stateOf } from '../message/probes.ts';
import type { Foresight } from '../predict/prediction.ts';
import type { Things } from '../predict/things.ts';

/** An item with its plan. */
export interface Planned {
  readonly task: BoundTask;
  readonly item: ReadyItem;
  readonly plan: Plan;
}

/** What the item's module plans, or what is missing that nothing pending makes in a state that can be told. */
export function planOf(
  item: ReadyItem,
  reading: ProbeReading | undefined,
  prediction: Foresight,
): Plan | Missing<unknown> {
  const read = withoutUser(item, reading) ?? stateOf(item, reading);
  const have = prediction.pending ? item.module.pending(read, item.want, prediction) : read;
  if (!(have instanceof Missing)) return item.module.plan(have, item.want);
  const foreseen = foresee(have, prediction);
  return foreseen ? item.module.plan(foreseen.state, item.want) : have;
}

/** The state to plan with, where something is missing that pending changes may make; undefined if none can be told. */
function foresee(have: Missing<unknown>, prediction: Foresight): { readonly state: unknown } | undefined {
  const prospect = prediction.prospect(have);
  if (prospect === 'made' && have.fresh !== undefined) return { state: have.fresh };
  return prospect === 'missing' ? have.without : undefined;
}

/** The scripts of a user who isn't there are not even started: the shell's words and status for that. */
function withoutUser({ place: { user } }: ReadyItem, reading: ProbeReading | undefined): Missing<unknown> | undefined {
  if (user === undefined || reading?.output.status !== 125) return undefined;
  if (!reading.output.stderr.startsWith(`vrun: there is no user ${user} `)) return undefined;
  return new Missing({ needs: [`user:${user}`] });
}

/** Why the plan may be another one: because of what nobody can tell, or of pending changes. */
export function doubtOf({ task, item, plan }: Planned, things: Things, prediction: Foresight): string | undefined {
  const makes = plan.changes.some(({ op }) => op === '+');
  const foresees = item.module.foresees && !task.instance.task.readOnly;
  return prediction.doubtOf({ ...things, makes, foresees });
}
