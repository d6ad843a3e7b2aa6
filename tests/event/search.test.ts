import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Search } from '../../engine/event/search.ts';

/** What `find` promises, written the slow way: at each place the longest pattern that starts there. */
function slowly(patterns: readonly string[], text: string): string[] {
  return [...text].flatMap((_, start) => {
    const [longest] = patterns.filter((p) => text.startsWith(p, start)).sort((a, b) => b.length - a.length);
    return longest === undefined ? [] : [`${start}-${start + longest.length}`];
  });
}

describe('Search', () => {
  it('finds what a plain search finds', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: 7 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 });
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 12 }), text, (patterns, text) => {
        const found = new Search(patterns.map((text) => ({ text, label: 'x' }))).find(text);
        expect(found.map(({ start, end }) => `${start}-${end}`)).toEqual(slowly(patterns, text));
      }),
    );
  });

  it('finds nothing without patterns, however long the text', () => {
    expect(new Search([]).find('x'.repeat(200_000))).toEqual([]);
  });

  it('refuses a pattern that has no block', () => {
    expect(() => new Search([{ text: 'a', label: 'x' }])).toThrow(RangeError);
  });
});
