// Between what is written and what it means: YAML nodes become Dynamics, and Dynamics become values for one scope.

import { MOST_VALUES } from '../../base/limits.ts';
import { isList } from '../../base/plain-data.ts';
import { compileExpression, evaluateExpression } from '../expression/expression.ts';
import type { Position } from '../problem/position.ts';
import { type Problem, ProblemError } from '../problem/problem.ts';
import { jinjaBlocks } from '../template/jinja-blocks.ts';
import { compileTemplate, isTemplate, renderTemplate } from '../template/template.ts';
import { findUnknown } from '../value/find-unknown.ts';
import { Float } from '../value/float.ts';
import type { NamePath } from '../value/path.ts';
import { Secret } from '../value/secret.ts';
import { type Scope, Unknown, type Value } from '../value/value.ts';
import type { SecretSource } from '../yaml/age.ts';
import type { YamlNode, YamlScalar } from '../yaml/node.ts';
import type { Dynamic } from './dynamic.ts';

/**
 * What a YAML node is as a value: text with `{{` is a template, `!expr` an expression, `!secret` a Secret from
 * `secrets`. A broken template or expression adds its problems and stands as null.
 */
export function toDynamic(node: YamlNode, problems: Problem[], secrets?: SecretSource): Dynamic {
  const { at } = node;
  switch (node.kind) {
    case 'list':
      return { kind: 'list', items: node.items.map((item) => toDynamic(item, problems, secrets)), at };
    case 'map': {
      const entries = node.entries.map(({ key, keyAt, value }) => ({
        key,
        keyAt,
        value: toDynamic(value, problems, secrets),
      }));
      return { kind: 'map', entries, at };
    }
    case 'scalar':
      try {
        return scalar(node, secrets);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        problems.push(...error.problems);
        return { kind: 'literal', value: null, at };
      }
  }
}

function scalar(node: YamlScalar, secrets: SecretSource | undefined): Dynamic {
  const { value, at, locate } = node;
  if (node.tag === '!secret') {
    const secret = secrets?.get(node);
    if (secret) return { kind: 'literal', value: secret, at };
    throw new ProblemError([
      {
        code: 'secret-misplaced',
        summary: 'A secret may stand in variables only',
        detail: '‹!secret› is read in the inventory’s and a play’s variables, and in files of variables.',
        hint: 'Make it a variable, and use the variable’s name here.',
        at,
      },
    ]);
  }
  if (node.tag === '!expr') return { kind: 'expression', expression: compileExpression(String(value), at, locate), at };
  if (typeof value === 'string' && !node.unsafe) {
    const blocks = jinjaBlocks(value, locate);
    if (blocks.length > 0) throw new ProblemError(blocks);
  }
  if (typeof value === 'string' && !node.unsafe && isTemplate(value)) {
    const template = compileTemplate(value, at, locate);
    return { kind: 'template', template, at };
  }
  return { kind: 'literal', value: node.float ?? value, at };
}

/** A Dynamic that evaluates to `value`. Texts in it are data: what looks like a template stays as it is. */
export function literal(value: Value, at: Position): Dynamic {
  if (value === null || typeof value !== 'object' || value instanceof Secret || value instanceof Float) {
    return { kind: 'literal', value, at };
  }
  if (value instanceof Unknown) throw new TypeError('an unknown is no literal');
  if (isList(value)) return { kind: 'list', items: value.map((item) => literal(item, at)), at };
  const entries = Object.entries(value).map(([key, member]) => ({ key, keyAt: at, value: literal(member, at) }));
  return { kind: 'map', entries, at };
}

/**
 * The value for one scope. Lists and maps may hold Unknowns inside.
 * @throws ProblemError what rendering templates and evaluating expressions throws.
 */
export function evaluate(dynamic: Dynamic, scope: Scope): Value {
  switch (dynamic.kind) {
    case 'literal':
      return dynamic.value;
    case 'template':
      return renderTemplate(dynamic.template, scope);
    case 'expression':
      return evaluateExpression(dynamic.expression, scope);
    case 'list':
      return bearable(
        dynamic.items.map((item) => evaluate(item, scope)),
        dynamic.at,
      );
    case 'map':
      return bearable(
        Object.fromEntries(dynamic.entries.map(({ key, value }) => [key, evaluate(value, scope)])),
        dynamic.at,
      );
  }
}

const weights = new WeakMap<object, number>();

/** The value, unless more values are in it than anything of a run can go through: one that is held twice counts twice. */
function bearable(value: Value, at: Position): Value {
  if (weight(value) <= MOST_VALUES) return value;
  throw new ProblemError([
    {
      code: 'bad-value',
      summary: `This unfolds to more than ${MOST_VALUES} values`,
      detail: 'Variables that hold another one twice multiply.',
      hint: 'Let a variable hold another one once.',
      at,
    },
  ]);
}

/** Every part of a list or a map was weighed when it was made: this doesn't go deep. */
function weight(value: Value): number {
  if (typeof value !== 'object' || value === null || value instanceof Float) return 1;
  if (value instanceof Secret || value instanceof Unknown) return 1;
  const known = weights.get(value);
  if (known !== undefined) return known;
  const members: readonly Value[] = isList(value) ? value : lazy(value) ? [] : Object.values(value);
  const sum = members.reduce((all: number, member) => all + weight(member), 1);
  weights.set(value, sum);
  return sum;
}

/** Variables of hosts, which are looked up when they are asked for. */
function lazy(value: object): boolean {
  return Object.values(Object.getOwnPropertyDescriptors(value)).some(({ get }) => get !== undefined);
}

/** True when the value is the same in every scope: no template and no expression with a name in it. */
export function isStatic(dynamic: Dynamic): boolean {
  switch (dynamic.kind) {
    case 'literal':
      return true;
    case 'template':
      return dynamic.template.paths.length === 0;
    case 'expression':
      return dynamic.expression.paths.length === 0;
    case 'list':
      return dynamic.items.every(isStatic);
    case 'map':
      return dynamic.entries.every(({ value }) => isStatic(value));
  }
}

/** Every free name in it, in the order of the text. */
export function dynamicPaths(dynamic: Dynamic): NamePath[] {
  switch (dynamic.kind) {
    case 'literal':
      return [];
    case 'template':
      return [...dynamic.template.paths];
    case 'expression':
      return [...dynamic.expression.paths];
    case 'list':
      return dynamic.items.flatMap(dynamicPaths);
    case 'map':
      return dynamic.entries.flatMap(({ value }) => dynamicPaths(value));
  }
}

/** True when anything in the value, at any depth, isn't known. */
export function containsUnknown(value: Value): boolean {
  return findUnknown(value) !== undefined;
}
