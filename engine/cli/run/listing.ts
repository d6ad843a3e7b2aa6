// What --list-hosts, --list-tasks and --list-tags print.

import { visible } from '../../language/problem/visible.ts';
import type { Play, Runbook, TaskNode } from '../../language/runbook/runbook.ts';
import { childrenOf } from '../../language/runbook/task-tree.ts';
import { tagsOf } from '../../run/prepare/select-tasks.ts';

export interface ListingOptions {
  readonly listHosts: boolean;
  readonly listTasks: boolean;
  readonly listTags: boolean;
}

/** The text, with a line break at its end. */
export function listRunbooks(
  runbooks: readonly Runbook[],
  hosts: ReadonlyMap<Play, readonly string[]>,
  options: ListingOptions,
): string {
  const lines = runbooks.flatMap((runbook) => [
    `runbook: ${runbook.file}`,
    ...runbook.plays.flatMap((play) => playLines(play, hosts.get(play) ?? [], options)),
    ...(options.listTags ? [`  tags: ${tagsOf(runbook).join(', ') || '(none)'}`] : []),
  ]);
  return `${lines.map(visible).join('\n')}\n`;
}

function playLines(play: Play, hosts: readonly string[], { listHosts, listTasks }: ListingOptions): readonly string[] {
  return [
    `  play: ${play.name}`,
    ...(listHosts ? [`    hosts (${hosts.length}):`, ...hosts.map((host) => `      ${host}`)] : []),
    ...(listTasks ? ['    tasks:', ...taskLines(play.tasks, play.tags)] : []),
  ];
}

function taskLines(nodes: readonly TaskNode[], inherited: readonly string[]): readonly string[] {
  return nodes.flatMap((node) => {
    const tags = [...new Set([...inherited, ...node.tags])];
    if (node.kind !== 'task') return taskLines(childrenOf(node), tags);
    return [`      ${node.title}${tags.length > 0 ? `  [${tags.join(', ')}]` : ''}`];
  });
}
