// A list of tasks: each entry is a task, an include or a block.

import type { Dynamic, DynamicMap } from '../dynamic/dynamic.ts';
import { stripCollection } from '../keywords/module-names.ts';
import { wrongType } from '../parameters/sentences.ts';
import type { Delegation, TaskNode } from '../runbook/runbook.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../yaml/yaml.ts';
import { readBlock } from './block.ts';
import { readInclude } from './include.ts';
import { plainValue, type Reading } from './reading.ts';
import { readTask } from './task.ts';

/** Where a task stands: what it inherits from its play and from the files that include it. */
export interface TaskPlace {
  readonly file: string;
  /** The files being read, outermost first: to find circles. */
  readonly chain: readonly string[];
  /** The play (or the tasks around) has `become`. */
  readonly become: boolean;
  readonly tags: readonly string[];
  readonly checklist: string | undefined;
  readonly handler: boolean;
  readonly inherited: Inherited;
  /** The play's `module_defaults`, by module. */
  readonly moduleDefaults: ReadonlyMap<string, DynamicMap>;
}

/** What the play and the blocks around say for their tasks, where these say nothing themselves. */
export interface Inherited {
  readonly become: Dynamic | undefined;
  readonly becomeUser: Dynamic | undefined;
  readonly ignoreErrors: Dynamic | undefined;
  readonly environment: readonly Dynamic[];
  readonly delegation: Delegation | undefined;
}

/** The tasks under `entry` (`tasks`, `handlers`); none when it is absent or empty. */
export async function readTaskList(
  entry: YamlEntry | undefined,
  place: TaskPlace,
  reading: Reading,
): Promise<TaskNode[]> {
  if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null)) return [];
  return readTaskNodes(entry.value, entry.key, place, reading);
}

/** The tasks of a list; `what` names it in problems. */
export async function readTaskNodes(
  node: YamlNode,
  what: string,
  place: TaskPlace,
  reading: Reading,
): Promise<TaskNode[]> {
  if (node.kind !== 'list') {
    const { path: _, ...fault } = wrongType([what], `‹${what}›`, [{ type: 'array' }], plainValue(node));
    reading.problems.push({ ...fault, at: node.at });
    return [];
  }
  const tasks: TaskNode[] = [];
  // In order, so that ids and problems follow the reading order.
  for (const item of node.items) {
    if (!reading.room(item.at)) break;
    if (item.kind === 'map') tasks.push(...(await readNode(item, place, reading)));
    else {
      reading.problems.push({
        code: 'runbook-shape',
        summary: 'Not a task',
        detail: 'A task is a map: its module, and keywords beside it.',
        hint:
          item.kind === 'scalar' && item.value !== null ? `Write ‹- ${item.raw}: { … }›.` : 'Write ‹- module: { … }›.',
        at: item.at,
      });
    }
  }
  return tasks;
}

async function readNode(node: YamlMap, place: TaskPlace, reading: Reading): Promise<TaskNode[]> {
  if (node.entries.some(({ key }) => ['block', 'rescue', 'always'].includes(key))) {
    return readBlock(node, place, reading);
  }
  if (node.entries.some(({ key }) => stripCollection(key) === 'include_tasks')) {
    const include = await readInclude(node, place, reading);
    return include ? [include] : [];
  }
  const task = readTask(node, place, reading);
  return task ? [task] : [];
}
