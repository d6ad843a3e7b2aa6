// The names that a task gives values to.
import type { Task } from '../../language/runbook/runbook.ts';

/** The names that a task leaves behind. */
export function makes(task: Task): readonly string[] {
  const facts = task.module === 'set-fact' ? task.args.entries.map(({ key }) => key) : [];
  return task.register === undefined ? facts : [...facts, task.register];
}
