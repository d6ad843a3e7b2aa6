// What a host's variables learn of a task: its result under the name that it registers, and set-fact's facts.
import type { Task } from '../../language/runbook/runbook.ts';
import { Unknown, type Value } from '../../language/value/value.ts';
import type { BoundItem, BoundTask } from '../list/bound.ts';
import { makes } from '../list/makes.ts';
import type { Foresight } from '../predict/prediction.ts';
import type { Outcome } from './outcome.ts';

/** What a task has left behind, for the hosts that share a run_once. */
export function learnedOf(learned: ReadonlyMap<string, Value>, task: Task): ReadonlyMap<string, Value> {
  return new Map(
    makes(task).flatMap((name) => {
      const value = learned.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/**
 * A skipped task leaves an older result; what only an unknown one would set is itself unknown from then on. `passing`:
 * what it found is so now, and perhaps no longer once the pending changes of a dry run are made.
 */
export function learn(
  learned: Map<string, Value>,
  task: BoundTask,
  outcomes: readonly Outcome[],
  whole: { readonly status: Outcome['status']; readonly result: Value; readonly passing: boolean },
): void {
  const { register } = task.instance.task;
  if (register !== undefined && (whole.status !== 'skipped' || !learned.has(register))) {
    learned.set(register, whole.passing ? unknownOf(task) : whole.result);
  }
  for (const { status, directive } of outcomes) {
    if (directive?.kind === 'set-facts') {
      for (const [fact, value] of Object.entries(directive.facts)) learned.set(fact, value);
    }
    if (status !== 'unknown') continue;
    const names = makes(task.instance.task).filter((name) => !task.looped || name !== register);
    for (const name of names) learned.set(name, unknownOf(task));
  }
}

function unknownOf({ name }: BoundTask): Unknown {
  return new Unknown('apply', `the result of ‹${name}›`);
}

/** In a dry run: whether it is a check that found the host as it is before changes that are pending. */
export function isPassing({ items }: BoundTask, prediction: (item: BoundItem) => Foresight): boolean {
  return items.some(
    (item) => item.ready && item.module.check && prediction(item).pending && item.module.reads(item.want),
  );
}
