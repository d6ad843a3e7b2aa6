// Expressions: CEL, for conditions and for computing values. Three-valued: what isn't known yet makes a result unknown
// only where it decides it, so `false && unknown` is false.

import type { ASTNode, Environment, ParseResult } from '@marcbachmann/cel-js';
import { LONGEST_EXPRESSION, MOST_OPERANDS } from '../../base/limits.ts';
import { bounded, TooSlow } from '../../pattern/bounded.ts';
import { type Locate, locateInLine } from '../problem/locate.ts';
import type { Position } from '../problem/position.ts';
import { fail, ProblemError } from '../problem/problem.ts';
import { joinedSecret } from '../template/render.ts';
import { kindOf, lookup, type NamePath, type Path } from '../value/path.ts';
import { type Scope, Unknown, type Value } from '../value/value.ts';
import { makeEnvironment, mixedTypes } from './environment.ts';
import { evaluationFailure } from './failure.ts';
import { everyNode, linearMatches, mayGrow } from './nodes.ts';
import { expressionPaths } from './paths.ts';
import { expressionProblem } from './problem.ts';
import { Touched, UnknownReached } from './value.ts';

/** A compiled expression: parsed and checked, nothing evaluated. */
export interface Expression {
  readonly source: string;
  readonly at: Position;
  /** Free names only; the variables of macros (`list.map(x, …)`) are not among them. */
  readonly paths: readonly NamePath[];
  /** What `has(…)` asks for, without `vars`: those paths may be undefined. */
  readonly guards: readonly Path[];
  readonly locate: Locate;
  /** Strings and numbers that stand in the source. */
  readonly literals: ReadonlySet<string | number>;
  readonly program: ParseResult;
  /** Evaluating it may take longer than reading it. */
  readonly grows: boolean;
}

let environment: Environment | undefined;

/** The one environment of all expressions, made with the first of them. */
function theEnvironment(): Environment {
  environment ??= makeEnvironment();
  return environment;
}

/** Expressions being evaluated right now: cel-js keeps a macro's variable in the tree, so a tree can't be re-entered. */
const running = new WeakSet<Expression>();

/**
 * Compiles an expression. `locate` tells positions inside of it; without it they are found in `at`'s line.
 * @throws ProblemError `expression-syntax`, also for what is wrong whatever the variables are.
 */
export function compileExpression(source: string, at: Position, locate: Locate = locateInLine(source, at)): Expression {
  if (source.length > LONGEST_EXPRESSION) {
    const summary = `This expression has more than ${LONGEST_EXPRESSION} characters`;
    fail({ code: 'expression-syntax', summary, hint: 'Compute parts of it in variables.', at: locate(0, 1) });
  }
  let program: ParseResult;
  let nodes: readonly ASTNode[];
  try {
    program = theEnvironment().parse(source);
    nodes = everyNode(program.ast);
    if (nodes.length > MOST_OPERANDS) {
      const summary = `This expression has more than ${MOST_OPERANDS} values, names and operators`;
      fail({ code: 'expression-syntax', summary, hint: 'Compute parts of it in variables.', at: locate(0, 1) });
    }
    linearMatches(nodes, source, locate);
    const { error } = program.check();
    if (error) throw error;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError([expressionProblem(source, error, 'expression-syntax', locate)]);
  }
  const literals = new Set<string | number>();
  for (const node of nodes) {
    if (node.op === 'value' && (typeof node.args === 'string' || typeof node.args === 'number'))
      literals.add(node.args);
    if (node.op === 'value' && typeof node.args === 'bigint') literals.add(Number(node.args));
    refuseMixed(node, locate);
  }
  const paths = expressionPaths(program.ast, locate);
  return { source, at, ...paths, locate, literals, program, grows: mayGrow(nodes) };
}

/**
 * The expression's value for one scope. Strings and numbers made with a secret are Secrets; a boolean is a boolean.
 * @throws ProblemError `expression-value`, `undefined-variable`, and what evaluating a variable throws.
 */
export function evaluateExpression(expression: Expression, scope: Scope): Value {
  if (running.has(expression))
    return evaluateExpression(compileExpression(expression.source, expression.at, expression.locate), scope);
  const touched = new Touched();
  let left = false;
  running.add(expression);
  try {
    const run = (): unknown => expression.program(context(expression, scope, touched));
    const result = expression.grows ? bounded(run) : run();
    return touched.outOf(result, (value) => {
      if (touched.secrets.size === 0 || expression.literals.has(value)) return value;
      return joinedSecret(touched.secrets, String(value));
    });
  } catch (error) {
    if (error instanceof UnknownReached && touched.unknown) return touched.unknown;
    // a tree that was left in the middle of a loop is not entered again
    left = error instanceof TooSlow;
    throw evaluationFailure(expression.source, expression.locate, error, scope, touched.secrets.size > 0);
  } finally {
    if (!left) running.delete(expression);
  }
}

/** As `evaluateExpression`, for `when` and its like. @throws ProblemError `expression-value` for what is no boolean. */
export function evaluateCondition(expression: Expression, scope: Scope): boolean | Unknown {
  const value = evaluateExpression(expression, scope);
  if (typeof value === 'boolean' || value instanceof Unknown) return value;
  return fail({
    code: 'expression-value',
    summary: `A condition must give true or false, and this gives ${kindOf(value)}`,
    hint: 'Compare it with something: ‹x != ""›, ‹size(list) > 0›, ‹has(vars.x)›.',
    at: expression.locate(0, expression.source.length),
  });
}

/** What cel-js sees as its variables. */
function context(expression: Expression, scope: Scope, touched: Touched): Record<string, unknown> {
  const place = (name: string) => expression.paths.find(({ path }) => path[0] === name)?.at ?? expression.at;
  return new Proxy(Object.create(null), {
    get: (_target, name) => (typeof name === 'string' ? touched.into(lookup(scope, name, place(name))) : undefined),
  });
}

/** `1 == "a"` needs no variables to be wrong. */
function refuseMixed(node: ASTNode, locate: Locate): void {
  if (node.op !== '==' && node.op !== '!=') return;
  const [left = '', right = ''] = node.args.map((side) => {
    // cel-js notes the checked type on the node, which its types leave out
    const type: unknown = 'checkedType' in side ? side.checkedType : undefined;
    return typeof type === 'object' && type !== null && 'name' in type ? String(type.name) : '';
  });
  const summary = mixedTypes(left, right);
  if (summary)
    fail({ code: 'expression-syntax', summary, hint: 'Convert one of them.', at: locate(node.start, node.end) });
}
