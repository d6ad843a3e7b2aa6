// Which variables of a play may hold a secret, told from how they are written: what mentions none of them needs no look.

import type { Dynamic, DynamicMap } from '../../language/dynamic/dynamic.ts';
import { dynamicPaths } from '../../language/dynamic/evaluate.ts';
import type { Play, TaskNode } from '../../language/runbook/runbook.ts';
import { allNodes } from '../../language/runbook/task-tree.ts';
import { Secret } from '../../language/value/secret.ts';

type Definition = readonly [name: string, value: Dynamic];

/** What is given to a play beside its own variables. */
export interface TaintSources {
  /** Of its files of variables. */
  readonly files: readonly DynamicMap[];
  /** Of the inventory, and `-e`. */
  readonly others: Iterable<Definition>;
}

/** Tells whether a value may hold a secret: by itself, or by a variable that it names. */
export function taintOf(play: Play, { files, others }: TaintSources): (value: Dynamic) => boolean {
  const maps = [play.defaults, play.vars, ...files];
  const open: Definition[] = [
    ...others,
    ...maps.flatMap(entriesOf),
    ...play.params.flatMap((param): Definition[] => (param.default ? [[param.name, param.default]] : [])),
    ...allNodes([...play.tasks, ...play.handlers]).flatMap(definedBy),
  ];
  const tainted = new Set(play.params.flatMap(({ name, secret }) => (secret ? [name] : [])));
  const roots = (value: Dynamic) =>
    dynamicPaths(value).map(({ path }) => (path[0] === 'vars' ? path[1] : path[0]) ?? 'vars');
  const mayHold = (value: Dynamic) =>
    holdsSecret(value) || roots(value).some((root) => tainted.has(root) || (root === 'hostvars' && tainted.size > 0));
  // Each pass finds what names something of the pass before.
  for (let before = -1; before < tainted.size; ) {
    before = tainted.size;
    for (const [name, value] of open) if (!tainted.has(name) && mayHold(value)) tainted.add(name);
  }
  return mayHold;
}

function entriesOf({ entries }: DynamicMap): Definition[] {
  return entries.map(({ key, value }) => [key, value]);
}

/** The variables and the loop's items of a node. */
function definedBy(node: TaskNode): Definition[] {
  const loop = node.kind === 'block' ? undefined : node.loop;
  return [...entriesOf(node.vars), ...(loop ? [[loop.variable, loop.items] as const] : [])];
}

function holdsSecret(value: Dynamic): boolean {
  switch (value.kind) {
    case 'literal':
      return value.value instanceof Secret;
    case 'list':
      return value.items.some(holdsSecret);
    case 'map':
      return value.entries.some((entry) => holdsSecret(entry.value));
    default:
      return false;
  }
}
