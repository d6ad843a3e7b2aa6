// `--start-at-task`: a run that begins in the middle, with the first task of a name.

import { didYouMean } from '../../language/problem/did-you-mean.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { Block, Include, Runbook, TaskNode } from '../../language/runbook/runbook.ts';
import { allTasks, mainTasks } from '../../language/runbook/task-tree.ts';
import { globMatcher } from '../../pattern/glob.ts';

/**
 * The runbooks from the first task on that is called `name`, or is matched by it as by Python's fnmatch; plays, runbooks
 * and tasks before it are left out. A Problem when there is none.
 */
export function startAt(
  runbooks: readonly Runbook[],
  name: string,
): { readonly runbooks: readonly Runbook[]; readonly problem?: Problem } {
  const matches = matcher(name);
  for (const [at, runbook] of runbooks.entries()) {
    for (const [index, play] of runbook.plays.entries()) {
      const tasks = from(play.tasks, matches);
      if (!tasks) continue;
      const plays = [{ ...play, tasks }, ...runbook.plays.slice(index + 1)];
      const before = runbooks.slice(0, at).map((earlier) => ({ ...earlier, plays: [] }));
      return { runbooks: [...before, { ...runbook, plays }, ...runbooks.slice(at + 1)] };
    }
  }
  return { runbooks, problem: notFound(runbooks, name, matches) };
}

type Matches = (title: string) => boolean;

/** The nodes from the first match on; undefined when there is none. */
function from(nodes: readonly TaskNode[], matches: Matches): readonly TaskNode[] | undefined {
  for (const [index, node] of nodes.entries()) {
    const rest = nodes.slice(index + 1);
    if (node.kind === 'task') {
      if (matches(node.title)) return [node, ...rest];
      continue;
    }
    const inner = node.kind === 'include' ? fromInclude(node, matches) : fromBlock(node, matches);
    if (inner) return [inner, ...rest];
  }
  return undefined;
}

/** The later rounds of a loop have all of its tasks. */
function fromInclude(include: Include, matches: Matches): Include | undefined {
  const tasks = from(include.tasks, matches);
  if (!tasks) return undefined;
  return include.loop ? { ...include, first: tasks } : { ...include, tasks };
}

/** A rescue is no place to begin: it is for a failure that there was. */
function fromBlock(block: Block, matches: Matches): Block | undefined {
  const tasks = from(block.tasks, matches);
  if (tasks) return { ...block, tasks };
  const always = from(block.always, matches);
  return always && { ...block, tasks: [], always };
}

function matcher(name: string): Matches {
  const matches = globMatcher(name, 'fnmatch');
  return (title) => title === name || matches(title);
}

function notFound(runbooks: readonly Runbook[], name: string, matches: Matches): Problem {
  const plays = runbooks.flatMap((runbook) => runbook.plays);
  const titles = plays.flatMap(({ tasks }) => mainTasks(tasks).map(({ title }) => title));
  const handler = plays.some(({ handlers }) => handlers.some(({ title }) => matches(title)));
  const rescue = plays.some(({ tasks }) => allTasks(tasks).some(({ title }) => matches(title)));
  const why = rescue
    ? 'A task of that name is in a rescue, where a run can’t begin.'
    : handler
      ? 'A handler has that name, and a run can’t begin with one.'
      : 'No task in this run is called that, nor matched by it as a pattern.';
  return {
    code: 'usage',
    summary: `no task ‹${name}› to start at`,
    detail: why,
    hint: didYouMean(name, titles) ?? 'With --list-tasks instead of --start-at-task all tasks are listed.',
  };
}
