// CEL as the language has it: cel-js with mixed arithmetic, and with `==` between different types an error.
import { Environment } from '@marcbachmann/cel-js';
import { linearPattern } from '../../pattern/linear.ts';
import { addConversions } from './conversions.ts';

/** Thrown inside an evaluation; carries what a Problem's summary says. */
export class MixedTypes extends Error {}

/**
 * What `matches` is called in a syntax tree, so that it is ours: cel-js lets none of its own functions be replaced, and
 * its own `matches` backtracks. No expression can call it by this name.
 */
export const LINEAR_MATCHES = 'matches with RE2';

/**
 * The environment that all expressions share: making one is expensive, parsing in one is not. Beyond CEL's operators
 * and macros (`has all exists exists_one map filter cel.bind`) it has `size type int double string bool`, on strings
 * `startsWith endsWith contains matches lowerAscii upperAscii trim indexOf lastIndexOf substring split`, on lists
 * `join`, and `timestamp duration` with their getters.
 */
export function makeEnvironment(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    limits: { maxDepth: 100, maxAstNodes: 10_000 },
  });
  environment.registerFunction({
    name: LINEAR_MATCHES,
    receiverType: 'string',
    params: [{ type: 'string' }],
    returnType: 'bool',
    handler: (text: string, pattern: string) => linearPattern(pattern).test(text),
  });
  addConversions(environment);
  mixedArithmetic(environment);
  strictEquality(environment);
  return environment;
}

function mixedArithmetic(environment: Environment): void {
  const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  for (const [operator, operation] of Object.entries(operations)) {
    const handler = (a: bigint | number, b: bigint | number) => operation(Number(a), Number(b));
    environment.registerOperator(`int ${operator} double`, handler);
    environment.registerOperator(`double ${operator} int`, handler);
  }
  // Where both types are written out; of variables cel-js compares numbers of either type by itself.
  environment.registerOperator('int == double', (a: bigint | number, b: bigint | number) => Number(a) === Number(b));
}

/** Types whose values are never equal to one of another type; null may be compared with anything. */
const TYPES = ['int', 'double', 'string', 'bool', 'list', 'map'];

/** Without these cel-js answers false, and a typo in a type goes unnoticed. An overload holds for both orders. */
function strictEquality(environment: Environment): void {
  for (const [index, left] of TYPES.entries()) {
    for (const right of TYPES.slice(index + 1)) {
      const message = mixedTypes(left, right);
      if (message === undefined) continue;
      environment.registerOperator(`${left} == ${right}`, () => {
        throw new MixedTypes(message);
      });
    }
  }
}

/** What is wrong with comparing these two CEL types by `==`; undefined when nothing is. */
export function mixedTypes(left: string, right: string): string | undefined {
  const [first, second] = [left.replace(/<.*/, ''), right.replace(/<.*/, '')];
  if (first === second || (isNumber(first) && isNumber(second))) return undefined;
  if (!TYPES.includes(first) || !TYPES.includes(second)) return undefined;
  return `‹==› compares values of one type, and here are ${named(first)} and ${named(second)}`;
}

const isNumber = (type: string) => type === 'int' || type === 'double';

const named = (type: string) => (type === 'int' ? 'an integer' : `a ${type === 'bool' ? 'boolean' : type}`);
