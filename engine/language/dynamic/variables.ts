// Variables in layers, the stronger over the weaker. A variable's template sees the strongest values of all names, in
// the place where it is used: a play's `url: "http://{{ item }}"` works inside a loop.

import { fail } from '../problem/problem.ts';
import type { Scope, Value } from '../value/value.ts';
import type { Dynamic } from './dynamic.ts';
import { containsUnknown, dynamicPaths, evaluate } from './evaluate.ts';

/** What a layer knows of a name: as written, or a value that needs no evaluation (results, facts). */
export type Definition = Dynamic | { readonly value: Value };

/** Names with their definitions. It may change under the scope; then say so with `changed`. */
export interface NamedLayer {
  get(name: string): Definition | undefined;
  names(): Iterable<string>;
}

/** A scope that others can be derived from. */
export interface LayeredScope extends Scope {
  /** The same scope with one more layer on top: a loop's item, a task's vars. Cheap. */
  with(layer: NamedLayer): LayeredScope;
  /** Forgets what was computed from these names. Derived scopes are not told: derive them again. */
  changed(...names: readonly string[]): void;
  /** Every name that the variable's value can depend on, itself included; `vars` stands for all of them. */
  dependencies(name: string): ReadonlySet<string>;
  /** The strongest definition of a name. */
  definition(name: string): Definition | undefined;
}

/** A scope over `layers`, weakest first. Values are evaluated when asked for, and once. */
export function layered(layers: readonly NamedLayer[]): LayeredScope {
  return new Variables(undefined, [...layers].reverse());
}

/** A layer of written values: a map of the runbook, or a host's variables. */
export function dynamicLayer(definitions: ReadonlyMap<string, Definition>): NamedLayer {
  return { get: (name) => definitions.get(name), names: () => definitions.keys() };
}

/** A layer of ready values. */
export function valueLayer(values: Readonly<Record<string, Value>>): NamedLayer {
  const get = (name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? undefined : { value };
  };
  return { get, names: () => Object.keys(values) };
}

/** A longer chain of variables is taken for a mistake before it fills the stack. */
const DEEPEST = 200;

class Variables implements LayeredScope {
  readonly #parent: Variables | undefined;
  /** Strongest first. */
  readonly #layers: readonly NamedLayer[];
  readonly #values = new Map<string, Value>();
  readonly #dependencies = new Map<string, ReadonlySet<string>>();
  /** What is being evaluated, outermost first. */
  readonly #open: string[] = [];

  constructor(parent: Variables | undefined, layers: readonly NamedLayer[]) {
    this.#parent = parent;
    this.#layers = layers;
  }

  lookup(name: string): Value | undefined {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const definition = this.#own(name);
    if (!definition) {
      if (!this.#parent) return undefined;
      // nothing that it depends on is overridden here: the parent's value, evaluated once for all its children
      if (!this.#overrides(this.#parent.dependencies(name))) return this.#parent.lookup(name);
      const inherited = this.#parent.definition(name);
      return inherited && this.#evaluate(name, inherited);
    }
    return this.#evaluate(name, definition);
  }

  names(): readonly string[] {
    const own = this.#layers.flatMap((layer) => [...layer.names()]);
    return [...new Set([...own, ...(this.#parent?.names() ?? [])])];
  }

  with(layer: NamedLayer): LayeredScope {
    return new Variables(this, [layer]);
  }

  definition(name: string): Definition | undefined {
    return this.#own(name) ?? this.#parent?.definition(name);
  }

  changed(...names: readonly string[]): void {
    for (const name of this.#values.keys()) {
      const dependencies = this.dependencies(name);
      if (dependencies.has('vars') || names.some((changed) => dependencies.has(changed))) this.#values.delete(name);
    }
    this.#dependencies.clear();
  }

  dependencies(name: string): ReadonlySet<string> {
    const known = this.#dependencies.get(name);
    if (known) return known;
    const inherited = this.#own(name) ? undefined : this.#parent?.dependencies(name);
    const found = inherited && !this.#overrides(inherited) ? inherited : this.#reachable(name);
    this.#dependencies.set(name, found);
    return found;
  }

  #own(name: string): Definition | undefined {
    for (const layer of this.#layers) {
      const definition = layer.get(name);
      if (definition) return definition;
    }
    return undefined;
  }

  #overrides(names: ReadonlySet<string>): boolean {
    if (names.has('vars')) return true;
    for (const name of names) if (this.#own(name)) return true;
    return false;
  }

  #reachable(start: string): ReadonlySet<string> {
    const found = new Set([start]);
    // a Set's iteration goes on to what is added during it
    for (const name of found) {
      const definition = this.definition(name);
      if (!definition || !('kind' in definition)) continue;
      for (const { path } of dynamicPaths(definition)) found.add(path[0] ?? '');
    }
    return found;
  }

  #evaluate(name: string, definition: Definition): Value {
    if (!('kind' in definition)) return definition.value;
    if (definition.kind === 'literal') return definition.value;
    if (this.#open.includes(name)) {
      const cycle = [...this.#open.slice(this.#open.indexOf(name)), name];
      fail({
        code: 'recursive-variable',
        summary: `The variable ‹${name}› is defined by itself`,
        detail: cycle.map((step) => `‹${step}›`).join(' needs '),
        hint: 'Give one of them another name, or a value of its own.',
        at: definition.at,
      });
    }
    if (this.#open.length >= DEEPEST) {
      fail({
        code: 'recursive-variable',
        summary: `The variable ‹${this.#open[0]}› needs more than ${DEEPEST} others, one inside the other`,
        hint: 'Give one of them a value of its own.',
        at: definition.at,
      });
    }
    this.#open.push(name);
    try {
      const value = evaluate(definition, this);
      // what isn't known now may be known the next time
      if (!containsUnknown(value)) this.#values.set(name, value);
      return value;
    } finally {
      this.#open.pop();
    }
  }
}
