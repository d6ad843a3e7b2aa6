// Walking the tree of a play's tasks: includes and blocks hold others.
import type { Play, Task, TaskNode } from './runbook.ts';

/** What stands directly in a node, in reading order. */
export function childrenOf(node: TaskNode): readonly TaskNode[] {
  switch (node.kind) {
    case 'task':
      return [];
    case 'include':
      return node.tasks;
    case 'block':
      return [...node.tasks, ...node.rescue, ...node.always];
  }
}

/** Every node, those that hold others before what they hold. */
export function allNodes(nodes: readonly TaskNode[]): TaskNode[] {
  return nodes.flatMap((node) => [node, ...allNodes(childrenOf(node))]);
}

/** Every task, in reading order. */
export function allTasks(nodes: readonly TaskNode[]): Task[] {
  return nodes.flatMap((node) => (node.kind === 'task' ? [node] : allTasks(childrenOf(node))));
}

/** Every task of a play, its handlers' too. */
export function tasksOf({ tasks, handlers }: Pick<Play, 'tasks' | 'handlers'>): Task[] {
  return allTasks([...tasks, ...handlers]);
}

/** The tasks that are come to when nothing fails: all but those of a rescue. */
export function mainTasks(nodes: readonly TaskNode[]): Task[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'task') return [node];
    return mainTasks(node.kind === 'block' ? [...node.tasks, ...node.always] : node.tasks);
  });
}
