// A play's tasks as one host meets them: includes unfolded in place, with what they hand down.
import { evaluate } from '../language/evaluate.ts';
import type { Include, Task, TaskNode } from '../language/runbook.ts';
import { type Scope, Unknown, type Value } from '../language/value.ts';
import type { Instance, Layer } from './bound.ts';
import { isLater } from './find-unknown.ts';

/** What an include hands down to its tasks. */
interface Context {
  readonly list: string;
  readonly order: readonly number[];
  readonly when: Instance['when'];
  readonly layers: readonly Layer[];
  readonly checklist: string | undefined;
  readonly unknown: string | undefined;
}

type Entry =
  | { readonly kind: 'task'; readonly instance: Instance }
  | { readonly kind: 'include'; readonly include: Include; readonly context: Context };

/** Evaluates the items of an include's loop in the scope that `layers` make. */
export type ScopeOf = (layers: readonly Layer[]) => Scope;

const OUTERMOST: Omit<Context, 'list'> = { order: [], when: [], layers: [], checklist: undefined, unknown: undefined };

/** The tasks of one host, unfolded as far as needed. */
export class Entries {
  readonly #entries: Entry[];

  /** `list` sets the keys of this list's tasks apart from those of every other list of the host. */
  constructor(nodes: readonly TaskNode[], list: string) {
    const outermost = { ...OUTERMOST, list };
    this.#entries = nodes.flatMap((node, index) => entriesOf(node, index, outermost));
  }

  /** The instance at `index`; undefined behind the last one. Includes on the way are unfolded for good. */
  at(index: number, scopeOf: ScopeOf): Instance | undefined {
    for (;;) {
      const entry = this.#entries[index];
      if (entry === undefined) return undefined;
      if (entry.kind === 'task') return entry.instance;
      this.#entries.splice(index, 1, ...unfold(entry.include, entry.context, scopeOf));
    }
  }

  /** The place of an include at `index` whose loop can't be evaluated yet. */
  waiting(index: number, scopeOf: ScopeOf): readonly number[] | undefined {
    if (this.peek(index, scopeOf) !== 'later') return undefined;
    const entry = this.#entries[index];
    return entry?.kind === 'include' ? entry.context.order : undefined;
  }

  /** Like `at`, but `later` when an include stands in the way whose loop can't be evaluated yet. */
  peek(index: number, scopeOf: ScopeOf): Instance | 'later' | undefined {
    for (;;) {
      const entry = this.#entries[index];
      if (entry === undefined) return undefined;
      if (entry.kind === 'task') return entry.instance;
      const { include, context } = entry;
      if (include.loop && isLater(loopItems(include, context, scopeOf))) return 'later';
      this.#entries.splice(index, 1, ...unfold(include, context, scopeOf));
    }
  }

  /** True when a task at or after `index` stands under this line of the checklist. */
  anyUnder(checklist: string, index: number): boolean {
    return this.#entries
      .slice(index)
      .some((entry) =>
        entry.kind === 'task' ? entry.instance.checklist === checklist : mentions(entry.include, checklist),
      );
  }
}

function entriesOf(node: TaskNode, index: number, context: Context): readonly Entry[] {
  const order = [...context.order, index];
  const checklist = node.checklist ?? context.checklist;
  if (node.kind === 'task') return [{ kind: 'task', instance: instanceOf(node, { ...context, order, checklist }) }];
  return [{ kind: 'include', include: node, context: { ...context, order, checklist } }];
}

function instanceOf(task: Task, context: Context): Instance {
  const { list, order, layers, checklist, unknown } = context;
  return {
    task,
    key: `${list}/${order.join('.')}`,
    order,
    when: [...context.when, ...task.when],
    layers,
    checklist,
    unknown,
  };
}

function unfold(include: Include, context: Context, scopeOf: ScopeOf): readonly Entry[] {
  const when = [...context.when, ...include.when];
  const children = (round: number, layers: readonly Layer[], unknown: string | undefined) =>
    include.tasks.flatMap((node, index) =>
      entriesOf(node, index, { ...context, order: [...context.order, round], when, layers, unknown }),
    );
  if (!include.loop) return children(0, [...context.layers, include.vars], context.unknown);
  const items = loopItems(include, context, scopeOf);
  // Only a dry run comes here with an Unknown: each task once, as unknown.
  if (items instanceof Unknown) return children(0, [...context.layers, include.vars], items.reason);
  const { variable, index: counter } = include.loop;
  return items.flatMap((item, round) => {
    const names = new Map<string, Value>([
      [variable, item],
      [counter, round],
    ]);
    return children(round, [...context.layers, names, include.vars], context.unknown);
  });
}

function loopItems(include: Include, context: Context, scopeOf: ScopeOf): readonly Value[] | Unknown {
  if (!include.loop) return [];
  return itemsOf(evaluate(include.loop.items, scopeOf(context.layers)));
}

/** A loop runs over a list; anything else is one item, as a list of one would be. */
export function itemsOf(value: Value): readonly Value[] | Unknown {
  if (value instanceof Unknown) return value;
  return Array.isArray(value) ? value : [value];
}

function mentions(include: Include, checklist: string): boolean {
  return include.tasks.some(
    (node) =>
      (node.checklist ?? include.checklist) === checklist || (node.kind === 'include' && mentions(node, checklist)),
  );
}
