// Which names a play's templates and expressions may use, as shapes: what is always there, what the play itself makes.

import type { DynamicMap } from '../dynamic/dynamic.ts';
import { type JsonSchema, plainSchema } from '../parameters/schema.ts';
import type { ModuleCatalog } from '../runbook/catalog.ts';
import type { Play, Task, TaskNode } from '../runbook/runbook.ts';
import { allTasks } from '../runbook/task-tree.ts';
import type { Shape } from './paths.ts';
import { shapeOf } from './paths.ts';

/** Members of a name; `any` when they can't be told before a run. */
export type NamedShapes = ReadonlyMap<string, Shape>;

const ANY: Shape = 'any';

function shapes(names: string, nested: Readonly<Record<string, Shape>> = {}): NamedShapes {
  return new Map<string, Shape>([...names.split(' ').map((name) => [name, ANY] as const), ...Object.entries(nested)]);
}

/** What the engine gives to every host: the facts of the language's page, the run itself. */
export const ALWAYS_KNOWN: NamedShapes = shapes('inventory_hostname groups group_names hostvars playbook_dir vars', {
  facts: shapes('hostname fqdn arch kernel init user uid cpus memory_mb addresses date local', {
    os: shapes('id version family codename'),
  }),
  run: shapes('id check_mode started operator'),
});

/** Names that the play's own keywords make for all of its tasks. */
export function playNames(play: Play): NamedShapes {
  return mergeShapes(
    mapNames(play.defaults),
    mapNames(play.vars),
    new Map(play.params.map((param) => [param.name, ANY] as const)),
  );
}

/** Names that tasks leave behind: registers and facts set with `set-fact`. */
export function madeByTasks(nodes: readonly TaskNode[], catalog: ModuleCatalog): NamedShapes {
  return mergeShapes(
    ...allTasks(nodes).map((node) => {
      const facts = node.module === 'set-fact' ? node.args.entries.map(({ key }) => [key, ANY] as const) : [];
      const { register } = node;
      return new Map(register === undefined ? facts : [...facts, [register, resultShape(node, catalog)]]);
    }),
  );
}

/** What every task gives back, and what a loop does; `msg` is there where there was reason for it. */
const OF_TASK = shapes('changed failed skipped rc stdout stderr truncated truncated_fields msg');
/** What a task with `retries` gives back besides. */
const OF_RETRIES = shapes('attempts');
const OF_LOOP = shapes('changed failed skipped results attempts msg');

/** What can be asked of a task's registered result. */
export function resultShape(task: Task, catalog: ModuleCatalog): Shape {
  return task.loop ? OF_LOOP : attemptShape(task, catalog);
}

/** What judges a task sees of its own result: in a loop that of the item in hand. */
export function judgedNames(task: Task, catalog: ModuleCatalog): NamedShapes {
  const { register, loop } = task;
  return register === undefined || !loop ? new Map() : new Map([[register, attemptShape(task, catalog)]]);
}

function attemptShape(task: Task, catalog: ModuleCatalog): Shape {
  const results = catalog.get(task.module)?.results;
  const own = results === undefined ? ANY : schemaShape(plainSchema(results));
  if (own === 'any') return ANY;
  const once = task.retries === undefined && task.until === undefined;
  return once ? mergeShapes(OF_TASK, own) : mergeShapes(OF_TASK, OF_RETRIES, own);
}

function schemaShape({ properties, patternProperties, additionalProperties }: JsonSchema): Shape {
  if (!properties || patternProperties || (additionalProperties ?? false) !== false) return ANY;
  return new Map(Object.entries(properties).map(([name, member]) => [name, schemaShape(member)]));
}

/** What a rescue knows of the failure that it is for. */
export const IN_RESCUE: NamedShapes = shapes('failed_result', { failed_task: shapes('name module file line') });

/** Names that hold inside one task, include or block only: its vars, its item. */
export function localNames(node: Pick<Task, 'vars'> & Partial<Pick<Task, 'loop'>>): NamedShapes {
  const loop = node.loop ? [node.loop.variable, node.loop.index] : [];
  return mergeShapes(mapNames(node.vars), new Map(loop.map((name) => [name, ANY] as const)));
}

/** Names of several layers at once. Which layer wins depends on the host, so a member of either may be there. */
export function mergeShapes(...layers: readonly NamedShapes[]): NamedShapes {
  const merged = new Map<string, Shape>();
  for (const layer of layers) {
    for (const [name, shape] of layer) {
      const before = merged.get(name);
      merged.set(
        name,
        before === undefined ? shape : before === 'any' || shape === 'any' ? ANY : mergeShapes(before, shape),
      );
    }
  }
  return merged;
}

/** As `merge`, without copying what may be thousands of names for each task: they are put together when they are listed. */
export function over(around: NamedShapes, own: NamedShapes): NamedShapes {
  return own.size === 0 ? around : new Over(around, own);
}

class Over implements ReadonlyMap<string, Shape> {
  readonly #around: NamedShapes;
  readonly #own: NamedShapes;

  constructor(around: NamedShapes, own: NamedShapes) {
    this.#around = around;
    this.#own = own;
  }

  get(name: string): Shape | undefined {
    const [outer, inner] = [this.#around.get(name), this.#own.get(name)];
    if (outer === undefined || inner === undefined) return outer ?? inner;
    return outer === 'any' || inner === 'any' ? ANY : mergeShapes(outer, inner);
  }

  has(name: string): boolean {
    return this.#around.has(name) || this.#own.has(name);
  }

  get size(): number {
    return this.#whole().size;
  }

  keys() {
    return this.#whole().keys();
  }

  values() {
    return this.#whole().values();
  }

  entries() {
    return this.#whole().entries();
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  forEach(each: (shape: Shape, name: string, map: NamedShapes) => void): void {
    for (const [name, shape] of this) each(shape, name, this);
  }

  #whole(): NamedShapes {
    return mergeShapes(this.#around, this.#own);
  }
}

/** The names that a map of variables makes. */
export function mapNames(map: DynamicMap): NamedShapes {
  return new Map(map.entries.map(({ key, value }) => [key, shapeOf(value)] as const));
}
