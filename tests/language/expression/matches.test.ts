// `matches` has the meaning that CEL gives it, RE2's, and what an expression takes is bounded.
import { describe, expect, test } from 'vitest';
import { compileExpression, evaluateExpression } from '../../../engine/language/expression/expression.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import type { Value } from '../../../engine/language/value/value.ts';
import { pointed, problemOf, scopeOf, standing } from '../support.ts';

const long = `${'a'.repeat(200_000)}!`;
const numbers = Array.from({ length: 3000 }, (_, index) => index);

function evaluated(text: string, values: Readonly<Record<string, Value>> = {}) {
  return evaluateExpression(compileExpression(text, standing(text)), scopeOf({ long, numbers, ...values }));
}

describe('RE2', () => {
  // https://github.com/google/re2/wiki/Syntax
  test.each<[string, string, boolean]>([
    ['(?i)error', 'An ERROR', true],
    ['error', 'An ERROR', false],
    ['(?P<n>b)c', 'abcd', true],
    ['(?<n>b)c', 'abcd', true],
    ['^[[:alpha:]]+$', 'abc', true],
    ['^[[:alpha:]]+$', 'ab1', false],
    ['[[:space:]]', 'a b', true],
    ['\\Ab', 'a\nb', false],
    ['(?m)^b', 'a\nb', true],
    ['^b', 'a\nb', false],
    ['b\\z', 'ab', true],
    ['b\\z', 'ab\n', false],
    ['^\\pL+$', 'äé', true],
    ['^\\p{Greek}$', 'λ', true],
    ['^\\PL$', 'a', false],
    ['^.$', '😀', true],
    ['a.b', 'a\nb', false],
    ['(?s)a.b', 'a\nb', true],
    ['\\Qa.b\\E', 'axb', false],
    ['(?U)a+', 'aa', true],
    ['^\\d\\s\\w$', '1 a', true],
    ['', '', true],
  ])('‹%s› in %j', (pattern, text, found) => {
    expect(evaluated('text.matches(pattern)', { text, pattern })).toBe(found);
  });

  test.each(['^(a|a)*$', '(a+)+$', '(a*)*b', '(.*)(.*)(.*)[^!]$', '([a-z]+)*=', '^(\\w+\\s?)*$'])(
    '%s takes no longer on a long text',
    (pattern) => {
      expect(evaluated('long.matches(pattern)', { pattern })).toBe(false);
    },
  );

  test.each<[string, string]>([
    ["name.matches('(')", '('],
    ["name.matches('ab[')", '['],
    ["name.matches('a(?=b)')", '(?='],
    ["name.matches('(?!b)')", '(?!'],
    ["name.matches('(?<=a)b')", '(?<=a)b'],
    ["name.matches(r'(a)\\1')", '\\1'],
    ["name.matches('(a)\\\\1')", '\\1'],
    ["name.matches('a{1,2000}')", '{1,2000}'],
    ["name.matches('x*+')", '*+'],
    ["[name].exists(x, x.matches('['))", '['],
  ])('a literal pattern that RE2 doesn’t know is refused when it is read: %s', (text, marked) => {
    const problem = problemOf(() => compileExpression(text, standing(text)));
    expect([problem.code, problem.summary]).toEqual(['expression-syntax', '‹matches› can’t search for this']);
    expect(pointed(problem).replace(/^1:\d+ /, '')).toBe(marked);
  });

  test.each<[string, string]>([
    ['a group that isn’t closed', '('],
    ['look-around', 'a(?=b)'],
    ['a very long one', 'a'.repeat(10_001)],
  ])('a computed one is refused when it is used: %s', (_, pattern) => {
    const problem = problemOf(() => evaluated('long.matches(pattern)', { pattern }));
    expect([problem.code, problem.summary]).toEqual(['expression-value', '‹matches› can’t search for this']);
  });

  test('a large pattern is not searched for in a large text', () => {
    const problem = problemOf(() => evaluated('long.matches(pattern)', { pattern: '(?:a.{999}|b.{998})[cd]' }));
    expect(problem.detail).toMatch(/at most \d+ characters, and here are 200001/);
  });

  test('what is wrong with a secret pattern isn’t told', () => {
    const pattern = new Secret('pattern', 'hunter2(');
    const problem = problemOf(() => evaluated('long.matches(pattern)', { pattern }));
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });

  test('types are checked as for every function', () => {
    const problem = problemOf(() => evaluated('long.matches(1)'));
    expect([problem.code, problem.summary]).toEqual(['expression-value', 'There is no function string.matches(int)']);
  });
});

describe('an expression that would take for ever', () => {
  const nested = Array.from({ length: 40 }, (_, depth) => `[1, 2].map(x${depth}, `).join('');
  const doubling = Array.from({ length: 40 }, (_, depth) => {
    const before = depth === 0 ? 'numbers' : `v${depth - 1}`;
    return `cel.bind(v${depth}, ${before} + ${before}, `;
  }).join('');

  test.each<[string, string]>([
    ['macros in macros', 'numbers.all(a, numbers.all(b, numbers.all(c, a + b + c > -1)))'],
    ['lists that double, one in the other', `${nested}1${')'.repeat(40)}`],
    ['lists that double, one after the other', `${doubling}size(v39)${')'.repeat(40)}`],
  ])('%s', (_, text) => {
    const problem = problemOf(() => evaluated(text));
    expect([problem.code, problem.summary]).toEqual(['expression-value', 'This expression takes longer than 1 second']);
    // and the next one is as fine as before
    expect(evaluated('numbers.map(x, x + 1).size()')).toBe(3000);
  });

  test.each<[string, string]>([
    ['a sum of thousands', Array.from({ length: 3000 }, () => '1').join(' + ')],
    ['thousands of negations', `${'!'.repeat(5000)}true`],
    ['a hundred parentheses', `${'('.repeat(101)}1${')'.repeat(101)}`],
    ['a long one', `"${'a'.repeat(20_000)}"`],
    ['a long chain', `long${'.x'.repeat(5000)}`],
  ])('%s is refused when it is read', (_, text) => {
    expect(problemOf(() => compileExpression(text, standing(text))).code).toBe('expression-syntax');
  });

  test('a value that a library quotes is shown in short', () => {
    expect(problemOf(() => evaluated('duration(long)')).summary.length).toBeLessThan(300);
  });
});
