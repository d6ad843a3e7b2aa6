// Tags: which tasks of a play are in a run, as Ansible's -t and --skip-tags have it.
import type { Play, Runbook, TaskNode } from '../../language/runbook/runbook.ts';
import { allNodes } from '../../language/runbook/task-tree.ts';

export interface TagChoice {
  /** Empty: all. */
  readonly tags: readonly string[];
  readonly skip: readonly string[];
}

/** Tags that mean something of their own. */
export const SPECIAL_TAGS = ['always', 'never', 'all', 'tagged', 'untagged'] as const;

/** The runbook with only the chosen tasks; `never` ones only by name. Handlers stay: tags don't hide them. */
export function selectTasks(runbook: Runbook, choice: TagChoice): Runbook {
  return { ...runbook, plays: runbook.plays.map((play) => selectPlay(play, choice)) };
}

function selectPlay(play: Play, choice: TagChoice): Play {
  return { ...play, tasks: play.tasks.flatMap((node) => selectNode(node, play.tags, choice)) };
}

function selectNode(node: TaskNode, inherited: readonly string[], choice: TagChoice): readonly TaskNode[] {
  const tags = [...inherited, ...node.tags];
  if (node.kind === 'task') return chosen(tags, choice) ? [node] : [];
  const within = (nodes: readonly TaskNode[]) => nodes.flatMap((inner) => selectNode(inner, tags, choice));
  const tasks = within(node.tasks);
  if (node.kind === 'include') return tasks.length > 0 ? [{ ...node, tasks }] : [];
  const always = within(node.always);
  return tasks.length + always.length > 0 ? [{ ...node, tasks, rescue: within(node.rescue), always }] : [];
}

/** `always` and `never` are special tags of tasks; `all`, `tagged` and `untagged` of the command line. */
function chosen(tags: readonly string[], { tags: wanted, skip }: TagChoice): boolean {
  const named = (choices: readonly string[]) =>
    choices.some(
      (choice) =>
        tags.includes(choice) ||
        (choice === 'tagged' && tags.some((tag) => tag !== 'always' && tag !== 'never')) ||
        (choice === 'untagged' && tags.length === 0) ||
        (choice === 'all' && !tags.includes('never')),
    );
  const included = tags.includes('never')
    ? named(wanted.filter((tag) => tag !== 'all' && tag !== 'tagged'))
    : wanted.length === 0 || named(wanted) || tags.includes('always');
  const skipped =
    skip.some((tag) => tag === 'all' && !tags.includes('always')) || named(skip.filter((tag) => tag !== 'all'));
  return included && !skipped;
}

/** All tags of a runbook, sorted. */
export function tagsOf(runbook: Runbook): readonly string[] {
  const tags = new Set<string>();
  for (const play of runbook.plays) {
    for (const tag of [play, ...allNodes(play.tasks)].flatMap((node) => node.tags)) tags.add(tag);
  }
  return [...tags].sort();
}
