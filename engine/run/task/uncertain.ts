// What a dry run can't tell of a task, and so of those after it: what it may change, and whether it fails.
import type { BoundItem, BoundTask } from '../list/bound.ts';
import type { Foresight } from '../predict/prediction.ts';
import type { Things } from '../predict/things.ts';
import type { TaskList } from './list.ts';
import type { Outcome } from './outcome.ts';

/** Casts doubt on the things of an item whose effect is unknown, and on the tasks of a block whose rescue may come. */
export function castDoubt(
  task: BoundTask,
  item: BoundItem,
  outcome: Outcome,
  where: { readonly prediction: Foresight; readonly list: TaskList; readonly things: () => Things },
): void {
  const { prediction, list, things } = where;
  const { status, changes } = outcome;
  const source = task.instance.task;
  if (status !== 'unknown' && status !== 'changed') return;
  // With ‹check_mode: true› a run leaves it undone, too.
  const mayChange = source.checkMode !== true;
  if (mayChange && status === 'unknown' && changes.length === 0) {
    if (things().changes.some((thing) => thing.startsWith('play:')))
      list.mayHaveEnded = `‹${task.name}› may end the play`;
    prediction.doubt(things().changes, `whether ‹${task.name}› changes it is unknown`);
  }
  const mayFail = status === 'unknown' ? !item.module.harmless : item.module.command && changes.length > 0;
  const isForgiven = task.ignoreErrors || source.failedWhen.some((condition) => condition.source.trim() === 'false');
  if (mayFail && !isForgiven) list.mayFail(`‹${task.name}› may fail`);
  const unless = mayChange ? list.unlessFailed : undefined;
  if (!unless) return;
  const about = things().changes;
  unless.push((reason) => prediction.doubt(about, reason));
}
