// Every literal `notify` must name a handler of its play.
import { didYouMean } from '../problem/did-you-mean.ts';
import type { Position } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';
import type { Handler, Task, TaskNode } from '../runbook/runbook.ts';
import { tasksOf } from '../runbook/task-tree.ts';

/** Problems of notifications that no handler answers. Names that are templates are checked when they are rendered. */
export function notifyProblems(tasks: readonly TaskNode[], handlers: readonly Handler[]): Problem[] {
  const names = new Set(handlers.map((handler) => handler.title));
  return tasksOf({ tasks, handlers }).flatMap((task) => problemsOf(task, names));
}

function problemsOf(task: Task, names: ReadonlySet<string>): Problem[] {
  return task.notify.flatMap((name) =>
    name.kind !== 'literal' || names.has(String(name.value))
      ? []
      : [unknownHandler(task.title, String(name.value), names, name.at)],
  );
}

/** The Problem of a notification that no handler answers. `names`: the handlers that there are. */
export function unknownHandler(task: string, name: string, names: ReadonlySet<string>, at: Position): Problem {
  const hint =
    didYouMean(name, names) ??
    (names.size > 0
      ? `The play has ${[...names].map((known) => `‹${known}›`).join(', ')}.`
      : 'The play has no handlers.');
  const detail = `‹${task}› notifies ‹${name}›, and its play has no handler of that name.`;
  return { code: 'unknown-handler', summary: 'No such handler', detail, hint, at };
}
