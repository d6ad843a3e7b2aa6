// What is done to an expression's syntax tree before it is checked, and what is asked of it.
import type { ASTNode } from '@marcbachmann/cel-js';
import { BadPattern, linearPattern } from '../../pattern/linear.ts';
import type { Locate } from '../problem/locate.ts';
import { fail } from '../problem/problem.ts';
import { ownName } from './conversions.ts';
import { LINEAR_MATCHES } from './environment.ts';

/** Macros that do something for each item of a list, and `cel.bind`, whose variable may stand twice in what it is for. */
export const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Lists that are added up so often may be large together. */
const MANY_SUMS = 20;

/** Every node, without recursion. */
export function everyNode(root: ASTNode): ASTNode[] {
  const found: ASTNode[] = [];
  const stack: unknown[] = [root];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (Array.isArray(next)) stack.push(...next);
    else if (isNode(next)) {
      found.push(next);
      stack.push(next.args);
    }
  }
  return found;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** Whether evaluating the nodes can take longer than reading them: they loop, double what they bind, or add up much. */
export function mayGrow(nodes: readonly ASTNode[]): boolean {
  if (nodes.filter(({ op }) => op === '+').length > MANY_SUMS) return true;
  return nodes.some(({ op, args }) => op === 'rcall' && (LOOPS.has(args[0]) || args[0] === 'bind'));
}

/**
 * Turns each `text.matches(pattern)` into a call of our own function. @throws ProblemError `expression-syntax` for a
 * literal pattern that RE2 doesn't understand.
 */
export function linearMatches(nodes: readonly ASTNode[], source: string, locate: Locate): void {
  for (const node of nodes) {
    if (node.op === 'call') node.args[0] = ownName(node.args[0]);
    if (node.op !== 'rcall' || node.args[0] !== 'matches' || node.args[2].length !== 1) continue;
    node.args[0] = LINEAR_MATCHES;
    const [pattern] = node.args[2];
    if (pattern?.op === 'value' && typeof pattern.args === 'string')
      checkLiteral(pattern.args, pattern, source, locate);
  }
}

function checkLiteral(pattern: string, { start, end }: ASTNode, source: string, locate: Locate): void {
  try {
    linearPattern(pattern);
  } catch (error) {
    if (!(error instanceof BadPattern)) throw error;
    // Where the part is written as it is meant, without escapes of the string around it, the caret stands under it.
    const inside = error.part === '' ? -1 : source.slice(start, end).indexOf(error.part);
    const at = inside < 0 ? locate(start, end) : locate(start + inside, start + inside + error.part.length);
    fail({ code: 'expression-syntax', ...badMatchesPattern(error), at });
  }
}

/** The words for a pattern that RE2 doesn't understand, or that is too large for its text. */
export function badMatchesPattern(error: BadPattern) {
  return {
    summary: '‹matches› can’t search for this',
    detail: `As a regular expression of RE2: ${error.message}.`,
    hint: 'RE2 has neither look-around nor back-references. A backslash before ( ) [ ] { } . * + ? | ^ $ makes them stand for themselves.',
  } as const;
}
