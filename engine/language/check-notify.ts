// Every literal `notify` must name a handler of its play.
import { didYouMean } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { Handler, Task, TaskNode } from './runbook.ts';
import { allTasks } from './task-tree.ts';

/** Problems of notifications that no handler answers. Names that are templates are checked when they are rendered. */
export function notifyProblems(tasks: readonly TaskNode[], handlers: readonly Handler[]): Problem[] {
  const names = new Set(handlers.map((handler) => handler.title));
  return allTasks([...tasks, ...handlers]).flatMap((task) => problemsOf(task, names));
}

function problemsOf(task: Task, names: ReadonlySet<string>): Problem[] {
  return task.notify.flatMap((name): Problem[] => {
    if (name.kind !== 'literal' || names.has(String(name.value))) return [];
    const hint =
      didYouMean(String(name.value), names) ??
      (names.size > 0
        ? `The play has ${[...names].map((known) => `‹${known}›`).join(', ')}.`
        : 'The play has no handlers.');
    return [
      {
        code: 'unknown-handler',
        summary: 'No such handler',
        detail: `‹${task.title}› notifies ‹${String(name.value)}›, and its play has no handler of that name.`,
        hint,
        at: name.at,
      },
    ];
  });
}
