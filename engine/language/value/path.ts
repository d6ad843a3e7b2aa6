// Names and the members under them: `app.ports.[0]`. The same lookup for templates and expressions.

import { isList, isMap } from '../../base/plain-data.ts';
import { didYouMean } from '../problem/did-you-mean.ts';
import { foreignResultHint } from '../problem/foreign-words.ts';
import type { Position } from '../problem/position.ts';
import { fail, type Problem, ProblemError } from '../problem/problem.ts';
import { place } from '../problem/render.ts';
import { Float } from './float.ts';
import { Secret } from './secret.ts';
import { isTruncated, truncatedProblem } from './truncated.ts';
import { type Scope, Unknown, type Value, type ValueMap } from './value.ts';

/** `['facts', 'os', 'family']`. Never empty: the first is the variable. */
export type Path = readonly string[];

/** A free name as it is used somewhere, with the members that are asked of it. */
export interface NamePath {
  readonly path: Path;
  readonly at: Position;
  /** Stands beside a `has(vars.…)` of the same name: it may be undefined. */
  readonly guarded?: boolean;
}

/** True when `path` is `start` or lies below it. */
export function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}

/** The value of a variable. `vars` is a map of all variables. An undefined name is a Problem at `at`. */
export function lookup(scope: Scope, name: string, at: Position): Value {
  if (name === 'vars') return allVariables(scope);
  let value: Value | undefined;
  try {
    value = scope.lookup(name);
  } catch (error) {
    throw usedAt(error, name, at);
  }
  return value === undefined ? fail(undefinedVariable([name], scope.names(), at)) : value;
}

/** Follows a whole path. Stops at an Unknown, which is then the answer. */
export function follow(scope: Scope, { path, at }: NamePath): Value {
  const [name = '', ...members] = path;
  return members.reduce(
    (value, _member, index) => memberOf(value, path.slice(0, index + 2), at),
    lookup(scope, name, at),
  );
}

/** The member named by the last step of `path`, of the value that the steps before it led to. */
export function memberOf(value: Value, path: Path, at: Position): Value {
  if (value instanceof Unknown) return value;
  const name = path.at(-1) ?? '';
  if (isMap(value) && isTruncated(value, name)) fail(truncatedProblem(path.join('.'), at));
  const found = ownMember(value, name);
  return found === undefined ? fail(undefinedVariable(path, memberNames(value), at, value)) : found;
}

/** A member of a list (`0`, `length`) or a map. Nothing is inherited, and a secret has no members. */
export function ownMember(value: Value, name: string): Value | undefined {
  if (typeof value === 'string') return name === 'length' ? value.length : undefined;
  if (isList(value)) {
    if (name === 'length') return value.length;
    return /^(0|[1-9][0-9]*)$/.test(name) ? value[Number(name)] : undefined;
  }
  return isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** What a value is, in the words of the language. */
export function kindOf(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Secret) return 'a secret';
  if (value instanceof Unknown) return 'not known yet';
  if (isList(value)) return 'a list';
  if (value instanceof Float) return 'a number';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'number' && Number.isInteger(value) ? 'an integer' : `a ${typeof value}`;
}

/** The Problem of a path whose last step doesn't exist among `candidates`. */
export function undefinedVariable(path: Path, candidates: readonly string[], at: Position, parent?: Value): Problem {
  const name = path.at(-1) ?? '';
  const where = path.length > 1 ? path.slice(0, -1).join('.') : undefined;
  const near = didYouMean(name, candidates);
  const has =
    candidates.length > 0 && candidates.length <= 12
      ? `‹${where}› has ${candidates.map((candidate) => `‹${candidate}›`).join(', ')}.`
      : undefined;
  const detail =
    where === undefined ? undefined : parent !== undefined && !isMap(parent) ? `‹${where}› is ${kindOf(parent)}.` : has;
  return {
    code: 'undefined-variable',
    summary: `Undefined variable ‹${path.join('.')}›`,
    ...(detail ? { detail } : {}),
    hint:
      (where === undefined ? undefined : foreignResultHint(name)) ??
      near ??
      (where === undefined
        ? 'Define it in the inventory, or in the play’s vars, defaults or params.'
        : 'Check the name.'),
    at,
  };
}

function memberNames(value: Value): readonly string[] {
  return isMap(value) ? Object.keys(value) : [];
}

/** `vars`: every variable as a member, looked up only when asked for. */
export function allVariables(scope: Scope): ValueMap {
  return new Proxy<ValueMap>(Object.create(null), {
    get: (_target, name) => (typeof name === 'string' ? scope.lookup(name) : undefined),
    has: (_target, name) => typeof name === 'string' && scope.lookup(name) !== undefined,
    ownKeys: () => [...new Set(scope.names())],
    getOwnPropertyDescriptor: (_target, name) => {
      const value = typeof name === 'string' ? scope.lookup(name) : undefined;
      return value === undefined ? undefined : { value, enumerable: true, configurable: true };
    },
  });
}

/** A problem inside a variable's own definition also says who asked for the variable. */
function usedAt(error: unknown, name: string, at: Position): unknown {
  if (!(error instanceof ProblemError)) return error;
  const note = `‹${name}› is used at ${place(at)}.`;
  return new ProblemError(
    error.problems.map((problem) =>
      problem.detail?.includes(' is used at ')
        ? problem
        : { ...problem, detail: problem.detail ? `${problem.detail}\n${note}` : note },
    ),
  );
}
