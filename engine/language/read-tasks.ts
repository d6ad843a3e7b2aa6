// A list of tasks: each entry is a task, an include or a block.
import { wrongType } from './fault-sentences.ts';
import { notBuilt } from './keyword-entries.ts';
import { stripCollection } from './module-names.ts';
import { readInclude } from './read-include.ts';
import { readTask } from './read-task.ts';
import { plainValue, type Reading } from './reading.ts';
import type { TaskNode } from './runbook.ts';
import type { YamlEntry, YamlMap, YamlNode } from './yaml.ts';

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
  const block = node.entries.find(({ key }) => key === 'block');
  if (block) return readBlock(block, node, place, reading);
  if (node.entries.some(({ key }) => stripCollection(key) === 'include_tasks')) {
    const include = await readInclude(node, place, reading);
    return include ? [include] : [];
  }
  const task = readTask(node, place, reading);
  return task ? [task] : [];
}

/** Blocks aren't built; what stands in them is read all the same, so that its problems show now. */
async function readBlock(block: YamlEntry, node: YamlMap, place: TaskPlace, reading: Reading): Promise<TaskNode[]> {
  reading.problems.push(notBuilt(block));
  const become = place.become || node.entries.some(({ key }) => key === 'become');
  const lists = node.entries.filter(({ key }) => ['block', 'rescue', 'always'].includes(key));
  const tasks: TaskNode[] = [];
  for (const entry of lists) tasks.push(...(await readTaskList(entry, { ...place, become }, reading)));
  return tasks;
}
