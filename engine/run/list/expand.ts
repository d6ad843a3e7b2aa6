// What stands in a list of tasks, taken apart for one host: includes and blocks unfolded, with what they hand down.

import { MOST_ITEMS, MOST_UNFOLDED } from '../../base/limits.ts';
import { isList } from '../../base/plain-data.ts';
import type { DynamicMap } from '../../language/dynamic/dynamic.ts';
import { evaluate } from '../../language/dynamic/evaluate.ts';
import { fail, ProblemError } from '../../language/problem/problem.ts';
import { tooLong } from '../../language/read/loop.ts';
import type { Block, Include, Loop, Task, TaskNode } from '../../language/runbook/runbook.ts';
import { allNodes, mainTasks } from '../../language/runbook/task-tree.ts';
import { kindOf } from '../../language/value/path.ts';
import { type Scope, Unknown, type Value } from '../../language/value/value.ts';
import { type BlockRun, type Failed, Gate, rescueNames } from './block.ts';
import type { Instance, Layer } from './bound.ts';

/** What includes and blocks hand down to what stands in them. */
export interface Context {
  readonly list: string;
  readonly order: readonly number[];
  readonly when: Instance['when'];
  readonly gate: Gate | undefined;
  readonly blocks: readonly BlockRun[];
  /** The blocks' variables, outermost first. */
  readonly vars: readonly DynamicMap[];
  readonly layers: readonly Layer[];
  readonly checklist: string | undefined;
  readonly unknown: string | undefined;
  readonly failed: Failed | undefined;
}

/** One step of a host's way. A block has a mark where it begins, one behind its tasks, and one behind its `always`. */
export type ListEntry =
  | { readonly kind: 'task'; readonly instance: Instance }
  | { readonly kind: 'include'; readonly include: Include; readonly context: Context }
  | { readonly kind: 'enter'; readonly run: BlockRun; readonly context: Context }
  | { readonly kind: 'leave'; readonly run: BlockRun; readonly context: Context; readonly part: 'body' | 'always' };

/** The scope of what stands in `context`. */
export type ScopeOf = (context: Pick<Context, 'layers' | 'vars'>) => Scope;

/** The parts of a block in the order of their places. */
const BODY = 0;
const RESCUE = 1;
const ALWAYS = 2;

/** The entries of a whole list; `list` sets the keys of its tasks apart from those of every other list of the host. */
export function listEntries(nodes: readonly TaskNode[], list: string): ListEntry[] {
  const context: Context = {
    list,
    order: [],
    when: [],
    gate: undefined,
    blocks: [],
    vars: [],
    layers: [],
    checklist: undefined,
    unknown: undefined,
    failed: undefined,
  };
  return entriesOf(nodes, context);
}

function entriesOf(nodes: readonly TaskNode[], around: Context): ListEntry[] {
  return nodes.flatMap((node, index) => {
    const checklist = node.checklist ?? around.checklist;
    return entriesAt(node, { ...around, order: [...around.order, index], checklist });
  });
}

function entriesAt(node: TaskNode, context: Context): readonly ListEntry[] {
  switch (node.kind) {
    case 'task':
      return [{ kind: 'task', instance: instanceOf(node, context) }];
    case 'include':
      return [{ kind: 'include', include: node, context }];
    case 'block':
      return blockEntries(node, context);
  }
}

function instanceOf(task: Task, context: Context): Instance {
  const { list, order, gate, when, blocks, vars, layers, checklist, unknown, failed } = context;
  return {
    task,
    key: `${list}/${order.join('.')}`,
    order,
    gate,
    when: [...when, ...task.when],
    blocks,
    vars: [...vars, task.vars],
    layers,
    checklist,
    unknown,
    failed,
  };
}

function blockEntries(block: Block, around: Context): ListEntry[] {
  const gate = new Gate(around.gate, [...around.when, ...block.when]);
  const run: BlockRun = { block, gate, around: around.blocks, phase: 'body', doubt: undefined, left: undefined };
  const context: Context = {
    ...around,
    when: [],
    gate,
    blocks: [...around.blocks, run],
    vars: [...around.vars, block.vars],
  };
  return [
    { kind: 'enter', run, context },
    ...entriesOf(block.tasks, part(context, BODY)),
    { kind: 'leave', run, context, part: 'body' },
    ...entriesOf(block.always, part(context, ALWAYS)),
    { kind: 'leave', run, context, part: 'always' },
  ];
}

/** The tasks of a block's rescue. */
export function rescueEntries({ block }: BlockRun, context: Context, failed: Failed): readonly ListEntry[] {
  const layers = [...context.layers, rescueNames(failed)];
  return entriesOf(block.rescue, { ...part(context, RESCUE), layers, failed });
}

/** The same where a dry run can't tell whether they come. */
export function possibleRescue({ block }: BlockRun, context: Context, reason: string): readonly ListEntry[] {
  const unknown = `it is for a failure: ${reason}`;
  const named = new Unknown('apply', 'the failure that a rescue is for');
  const names = new Map<string, Value>(['failed_task', 'failed_result'].map((name) => [name, named]));
  return entriesOf(block.rescue, { ...part(context, RESCUE), layers: [...context.layers, names], unknown });
}

function part(context: Context, index: number): Context {
  return { ...context, order: [...context.order, index] };
}

/** The tasks of an include, once for each item of its loop. */
export function unfold(include: Include, context: Context, scopeOf: ScopeOf): readonly ListEntry[] {
  const within = { ...context, when: [...context.when, ...include.when] };
  const children = (round: number, more: Partial<Context>) =>
    entriesOf(round === 0 ? (include.first ?? include.tasks) : include.tasks, { ...part(within, round), ...more });
  const once = (more: Partial<Context> = {}) => children(0, { layers: [...context.layers, include.vars], ...more });
  // What is skipped needs no items: the loop may well name what isn't there.
  if (!include.loop || context.gate?.closed) return once();
  let items: readonly Value[] | Unknown;
  try {
    items = loopItems(include, context, scopeOf);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return once({ gate: Gate.broken(error), when: [] });
  }
  // Only a dry run comes here with an Unknown: each task once, as unknown.
  if (items instanceof Unknown) return once({ unknown: items.reason });
  const { variable, index: counter } = include.loop;
  const tasks = items.length * allNodes(include.tasks).length;
  if (tasks > MOST_UNFOLDED) {
    const problem = {
      ...tooLong(items.length),
      detail: `It stands for ${tasks} tasks, and ${MOST_UNFOLDED} are the most.`,
    };
    return once({ gate: Gate.broken(new ProblemError([{ ...problem, at: include.at }])), when: [] });
  }
  return items.flatMap((item, round) => {
    const names = new Map<string, Value>([
      [variable, item],
      [counter, round],
    ]);
    return children(round, { layers: [...context.layers, names, include.vars] });
  });
}

/** The items of an include's loop. @throws ProblemError when they can't be evaluated */
export function loopItems(include: Include, context: Context, scopeOf: ScopeOf): readonly Value[] | Unknown {
  if (!include.loop || context.gate?.closed) return [];
  return itemsOf(include.loop, scopeOf(context));
}

/** The items of a loop. @throws ProblemError when they can't be evaluated, or are no list */
export function itemsOf({ items }: Loop, scope: Scope): readonly Value[] | Unknown {
  const value = evaluate(items, scope);
  if (isList(value) && value.length > MOST_ITEMS) fail({ ...tooLong(value.length), at: items.at });
  if (value instanceof Unknown || isList(value)) return value;
  return fail({
    code: 'bad-value',
    summary: '‹loop› runs over a list',
    detail: `This is ${kindOf(value)}.`,
    hint: 'For one item write a list of one: ‹loop: ["{{ name }}"]›; for the keys of a map ‹loop: !expr "map.map(key, key)"›.',
    at: items.at,
  });
}

/** The lines of the checklist that an entry's tasks stand under, those of a rescue apart. */
export function checklistLinesOf(entry: ListEntry): readonly string[] {
  if (entry.kind === 'task') return entry.instance.checklist === undefined ? [] : [entry.instance.checklist];
  return entry.kind === 'include' ? linesIn(entry.include) : [];
}

const lines = new WeakMap<Include, readonly string[]>();

function linesIn(include: Include): readonly string[] {
  const known = lines.get(include);
  if (known) return known;
  const found = [...new Set(mainTasks(include.tasks).flatMap(({ checklist }) => checklist ?? include.checklist ?? []))];
  lines.set(include, found);
  return found;
}
