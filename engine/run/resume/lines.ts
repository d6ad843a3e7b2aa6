// The line of the checklist that each task of a play stands under: its own, else that of the nearest block or include around it.
import type { Play, Task, TaskNode } from '../../language/runbook/runbook.ts';
import { childrenOf } from '../../language/runbook/task-tree.ts';

const known = new WeakMap<Play, ReadonlyMap<Task, string>>();

/** Undefined where there is none; handlers have none. */
export function lineOfTask(play: Play, task: Task): string | undefined {
  const lines = known.get(play) ?? new Map(linesIn(play.tasks, undefined));
  known.set(play, lines);
  return lines.get(task);
}

function linesIn(nodes: readonly TaskNode[], around: string | undefined): (readonly [Task, string])[] {
  return nodes.flatMap((node) => {
    const line = node.checklist ?? around;
    if (node.kind !== 'task') return linesIn(childrenOf(node), line);
    return line === undefined ? [] : [[node, line] as const];
  });
}
