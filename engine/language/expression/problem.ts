// cel-js's errors, said in our words and at their place.

import { SLOWEST } from '../../base/limits.ts';
import { TooSlow } from '../../pattern/bounded.ts';
import { BadPattern } from '../../pattern/linear.ts';
import { didYouMean } from '../problem/did-you-mean.ts';
import type { Locate } from '../problem/locate.ts';
import type { Problem } from '../problem/problem.ts';
import { withoutMarks } from './conversions.ts';
import { LINEAR_MATCHES, MixedTypes } from './environment.ts';
import { badMatchesPattern } from './nodes.ts';
import { Unrepresentable } from './value.ts';

/** What cel-js's three error classes have in common. */
interface CelError {
  readonly code: string;
  readonly summary: string;
  readonly range: { readonly start: number; readonly end: number } | undefined;
}

/** Functions that are called by their name alone. */
const FUNCTIONS = [
  'has',
  'size',
  'type',
  'int',
  'uint',
  'double',
  'string',
  'bool',
  'bytes',
  'dyn',
  'timestamp',
  'duration',
];
/** Functions that are called on a value. */
const METHODS = [
  ...['all', 'exists', 'exists_one', 'map', 'filter', 'size', 'join', 'startsWith', 'endsWith', 'contains', 'matches'],
  ...['lowerAscii', 'upperAscii', 'trim', 'indexOf', 'lastIndexOf', 'substring', 'split'],
];

/** The Problem of an error in `source`; anything that isn't cel-js's or ours is passed on as it is. */
export function expressionProblem(
  source: string,
  error: unknown,
  code: 'expression-syntax' | 'expression-value',
  locate: Locate,
): Problem {
  const whole = locate(0, source.length);
  if (error instanceof MixedTypes) {
    return {
      code,
      summary: error.message,
      hint: 'Convert one of them: ‹string(…)›, ‹int(…)›, ‹double(…)›.',
      at: whole,
    };
  }
  if (error instanceof Unrepresentable) {
    return {
      code,
      summary: `This expression gives ${error.message}`,
      hint: 'Convert it, for example with ‹string(…)›.',
      at: whole,
    };
  }
  if (error instanceof BadPattern) return { code, ...badMatchesPattern(error), at: whole };
  if (error instanceof TooSlow) {
    return {
      code,
      summary: `This expression takes longer than ${SLOWEST / 1000} second`,
      detail: 'Macros inside of macros go through a list for each item of another.',
      hint: 'Go through a shorter list, or let a task prepare what it looks for.',
      at: whole,
    };
  }
  if (error instanceof RangeError) {
    const summary = 'This expression is too long a chain, or makes too long a text';
    return { code, summary, hint: 'Compute parts of it in variables.', at: whole };
  }
  if (!isCelError(error)) {
    // cel-js turns some of a program's mistakes into plain errors
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : 'unknown error';
    return { code, summary: `This expression cannot be evaluated: ${reason}`, at: whole };
  }
  const { start, end } = error.range ?? { start: 0, end: source.length };
  // at the end of the text the caret stands under the last character
  const from = Math.min(start, Math.max(0, source.length - 1));
  const at = locate(from, Math.max(Math.min(end, source.length), from + 1));
  const text = summary(error, source);
  const hint = advice(error, source, start);
  return { code, summary: text, ...(hint ? { hint } : {}), at };
}

function summary(error: CelError, source: string): string {
  if (source.trim() === '') return 'An expression is missing here';
  switch (error.code) {
    case 'no_such_overload': {
      const match = /no such overload: (.*?) (\S+) (.*)$/.exec(error.summary);
      return match
        ? `‹${match[2]}› is not defined between ${plain(match[1])} and ${plain(match[3])}`
        : `This operator is not defined for ${plain(/[!-](.*)$/.exec(error.summary)?.[1])}`;
    }
    case 'no_matching_overload':
      return withoutMarks(error.summary)
        .replace(LINEAR_MATCHES, 'matches')
        .replace('found no matching overload for', 'There is no function')
        .replace(/'/g, '')
        .replace(/dyn<(\w+)>/g, '$1')
        .replace('dyn.', '');
    case 'unexpected_token':
      return error.summary.endsWith('EOF')
        ? 'The expression ends too early'
        : `This is not an expression: ${lower(error.summary)}`;
    case 'no_such_key':
    case 'index_out_of_bounds':
      return error.summary.replace(
        /^No such key: /,
        error.code === 'no_such_key' ? 'There is no member ' : 'There is no such item: ',
      );
    case 'limit_exceeded':
      return 'This expression is nested too deeply, or too long';
    default:
      return inShort(error.summary);
  }
}

/** Libraries quote values, which may be long. */
function inShort(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function advice(error: CelError, source: string, start: number): string | undefined {
  if (source.includes('{{')) return 'An expression names variables without braces: ‹port + 1›.';
  switch (error.code) {
    case 'unexpected_character':
    case 'unexpected_token': {
      if (/(^|[^=!<>])=([^=]|$)/.test(source)) return 'Equality is written ‹==›.';
      const word = /\b(and|or|not|is|not in)\b/.exec(source)?.[1];
      if (word) return 'CEL writes ‹&&› for and, ‹||› for or, ‹!› for not, ‹has(vars.x)› for is defined.';
      if (source[start] === '|')
        return 'CEL has no filters; it has functions such as ‹size(x)›, ‹int(x)›, ‹x.split(",")›.';
      return undefined;
    }
    case 'no_matching_overload': {
      const [, receiver, called] =
        /'([^'()]*\.)?(\w+)\(/.exec(withoutMarks(error.summary).replace(LINEAR_MATCHES, 'matches')) ?? [];
      if (!called) return undefined;
      const method = receiver !== undefined;
      const known = method ? METHODS : FUNCTIONS;
      if (known.includes(called)) return `‹${called}› does not take values of these types.`;
      return didYouMean(called, known) ?? `There are: ${known.join(', ')}.`;
    }
    case 'no_such_overload':
      return 'Convert one of them: ‹string(…)›, ‹int(…)›, ‹double(…)›.';
    case 'invalid_macro_argument':
      return source.includes('has(') ? 'Write ‹has(vars.name)› or ‹has(map.member)›.' : undefined;
    case 'invalid_logical_operand':
    case 'invalid_condition_type':
      return 'Compare the value with something: ‹x != ""›, ‹size(list) > 0›.';
    default:
      return undefined;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'an integer',
  double: 'a number',
  string: 'a string',
  bool: 'a boolean',
  null: 'null',
};

function plain(type: string | undefined): string {
  const name = (type ?? '').replace(/^dyn<(.*)>$/, '$1');
  return TYPE_NAMES[name] ?? (name.startsWith('list') ? 'a list' : name.startsWith('map') ? 'a map' : name);
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

function isCelError(error: unknown): error is CelError {
  return (
    error instanceof Error &&
    'summary' in error &&
    typeof error.summary === 'string' &&
    'code' in error &&
    typeof error.code === 'string'
  );
}
