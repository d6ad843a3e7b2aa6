import { describe, expect, it } from 'vitest';
import type { Dynamic } from '../../../engine/language/dynamic/dynamic.ts';
import { expressionOutcomes } from '../../../engine/language/dynamic/outcomes.ts';
import { compileExpression } from '../../../engine/language/expression/expression.ts';
import { SourceText } from '../../../engine/language/problem/position.ts';
import { Unknown, type Value } from '../../../engine/language/value/value.ts';

const at = new SourceText('site.yml', 'x').at(0);
const scope = (values: Readonly<Record<string, Value>>) => ({
  lookup: (name: string) => values[name],
  names: () => Object.keys(values),
});
const list = (...sources: readonly string[]): Dynamic => ({
  kind: 'list',
  items: sources.map((source) => ({ kind: 'expression', expression: compileExpression(source, at), at })),
  at,
});

describe('expressionOutcomes', () => {
  it('gives each source with its outcome', () => {
    expect(expressionOutcomes(list('a == 1', 'a == 2'), scope({ a: 1 }))).toEqual([
      { source: 'a == 1', outcome: true },
      { source: 'a == 2', outcome: false },
    ]);
  });

  it('says unknown of one alone where a pending change decides', () => {
    const values = { a: 1, made: new Unknown('apply', 'x') };
    expect(expressionOutcomes(list('a == 1', 'made == 1'), scope(values))).toEqual([
      { source: 'a == 1', outcome: true },
      { source: 'made == 1', outcome: 'unknown' },
    ]);
  });

  it('waits as a whole for what comes later', () => {
    const later = new Unknown('later', 'x');
    expect(expressionOutcomes(list('a == 1', 'a == 2'), scope({ a: later }))).toBe(later);
  });
});
