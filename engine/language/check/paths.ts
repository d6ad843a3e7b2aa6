// Names held against what is known before a run: every path of every template and expression, the nested ones too.

import type { Dynamic } from '../dynamic/dynamic.ts';
import type { Problem } from '../problem/problem.ts';
import { type NamePath, type Path, startsWith, undefinedVariable } from '../value/path.ts';
import { Unknown, type Value } from '../value/value.ts';

/** What is known of a value's members: all of them, or nothing. */
export type Shape = 'any' | ReadonlyMap<string, Shape>;

/**
 * The paths that lead nowhere. What a `has(…)` beside it, or one of `guards` (of the task's `when`), asks for may be
 * missing. `vars.x` is x.
 */
export function checkNamePaths(paths: readonly NamePath[], known: Shape, guards: readonly Path[] = []): Problem[] {
  const guarded = ({ path }: NamePath) => guards.some((guard) => startsWith(path, guard));
  return paths.flatMap((name) => (name.guarded || guarded(name) ? [] : checkPath(name, known)));
}

function checkPath({ path: written, at }: NamePath, known: Shape): Problem[] {
  const path = written[0] === 'vars' && written.length > 1 ? written.slice(1) : written;
  let shape = known;
  for (const [index, name] of path.entries()) {
    if (shape === 'any') return [];
    const next = shape.get(name);
    if (next === undefined) {
      if (index === 0 && name === 'vars') return [];
      return [undefinedVariable(path.slice(0, index + 1), [...shape.keys()], at)];
    }
    shape = next;
  }
  return [];
}

/** What can be told of a value's members before it is evaluated: a map's keys. Of all else nothing. */
export function shapeOf(dynamic: Dynamic): Shape {
  if (dynamic.kind !== 'map') return 'any';
  return new Map(dynamic.entries.map(({ key, value }) => [key, shapeOf(value)]));
}

/** The same for a value: results and facts. */
export function shapeOfValue(value: Value): Shape {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof Unknown) return 'any';
  if (Object.getPrototypeOf(value) !== Object.prototype) return 'any';
  return new Map(Object.entries(value).map(([key, member]) => [key, shapeOfValue(member)]));
}
