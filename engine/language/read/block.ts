// `block`, `rescue`, `always`: tasks that share keywords, and what follows when one of them fails.

import type { Problem } from '../problem/problem.ts';
import type { Block, TaskNode } from '../runbook/runbook.ts';
import type { YamlEntry, YamlMap } from '../yaml/yaml.ts';
import { readBecomeUser } from './become.ts';
import { readDelegation } from './delegation.ts';
import { readEnvironment } from './environment.ts';
import { Fields } from './fields.ts';
import { sortEntries, unknownKeyword } from './keyword-entries.ts';
import type { Reading } from './reading.ts';
import { readTaskList, type TaskPlace } from './tasks.ts';

/** Reads the block at `node` with all that stands in it. Empty when it has no tasks that one could speak of. */
export async function readBlock(node: YamlMap, place: TaskPlace, reading: Reading): Promise<TaskNode[]> {
  const { problems } = reading;
  const { keywords, others } = sortEntries(node, 'block');
  problems.push(...others.map((entry) => (isLoop(entry) ? loopOnBlock(entry) : unknownKeyword(entry, 'block'))));
  const fields = new Fields(keywords, node.at, reading);
  if (place.handler) problems.push(blockAmongHandlers(fields, node));
  const become = place.become || fields.has('become');
  const tags = [...new Set([...place.tags, ...fields.words('tags')])];
  const checklist = fields.plainText('checklist') ?? place.checklist;
  const { inherited } = place;
  const inner: TaskPlace = {
    ...place,
    become,
    tags,
    checklist,
    inherited: {
      ...inherited,
      become: fields.boolean('become') ?? inherited.become,
      becomeUser: readBecomeUser(fields, become) ?? inherited.becomeUser,
      ignoreErrors: fields.boolean('ignore_errors') ?? inherited.ignoreErrors,
      environment: [...inherited.environment, ...readEnvironment(fields)],
      delegation: readDelegation(fields, inherited.delegation),
    },
  };
  const block: Omit<Block, 'tasks' | 'rescue' | 'always'> = {
    kind: 'block',
    name: fields.text('name'),
    at: node.at,
    vars: fields.variables('vars'),
    when: fields.conditions('when'),
    tags,
    checklist,
  };
  if (isEmpty(fields.entry('block'))) problems.push(noTasks(fields, node));
  // In order, so that ids and problems follow the reading order.
  const tasks = await readTaskList(fields.entry('block'), inner, reading);
  const rescue = await readTaskList(fields.entry('rescue'), inner, reading);
  const always = await readTaskList(fields.entry('always'), inner, reading);
  // A handler is notified by its name, so blocks have no place among them; what stands in this one was read all the same.
  return place.handler ? [...tasks, ...rescue, ...always] : [{ ...block, tasks, rescue, always }];
}

function isLoop({ key }: YamlEntry): boolean {
  return key === 'loop' || key === 'loop_control' || key.startsWith('with_');
}

function isEmpty(entry: YamlEntry | undefined): boolean {
  if (!entry) return true;
  const { value } = entry;
  return value.kind === 'list' ? value.items.length === 0 : value.kind === 'scalar' && value.value === null;
}

function loopOnBlock(entry: YamlEntry): Problem {
  return {
    code: 'unknown-keyword',
    summary: 'A block has no loop',
    detail: `‹${entry.key}› is no keyword of a block: its tasks run once.`,
    hint: 'Put the tasks into a file of their own, and loop over it with ‹include_tasks›.',
    at: entry.keyAt,
  };
}

function noTasks(fields: Fields, node: YamlMap): Problem {
  const entry = fields.entry('block');
  return {
    code: entry ? 'bad-value' : 'runbook-shape',
    summary: entry ? 'A block without tasks' : '‹rescue› and ‹always› without ‹block›',
    detail: '‹rescue› and ‹always› come after the tasks of a ‹block›, and there is no ‹block› here.',
    hint: 'List under ‹block› the tasks that they are for.',
    at: entry?.keyAt ?? (fields.entry('rescue') ?? fields.entry('always'))?.keyAt ?? node.at,
  };
}

function blockAmongHandlers(fields: Fields, node: YamlMap): Problem {
  return {
    code: 'bad-value',
    summary: 'A block among handlers',
    detail: 'A handler is one task, which is notified by its name.',
    hint: 'Write each task as a handler of its own; a task can notify several.',
    at: fields.entry('block')?.keyAt ?? node.at,
  };
}
