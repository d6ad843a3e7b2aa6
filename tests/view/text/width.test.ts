import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth, pad, truncate, wrap } from '../../../engine/view/text/width.ts';

describe('displayWidth', () => {
  test.each([
    ['', 0],
    ['web1', 4],
    ['Größe', 5],
    ['e\u0301', 1],
    ['日本語', 6],
    ['한국어', 6],
    ['🚀', 2],
    ['👩‍🚀', 2],
    ['→ …', 3],
    ['\x1b[31mred\x1b[0m', 3],
  ])('%j takes %i cells', (text, cells) => {
    expect(displayWidth(text)).toBe(cells);
  });
});

describe('truncate', () => {
  test.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['a long name', 6, 'a lon…'],
    ['a long name', 3, 'a…'],
    ['日本語です', 6, '日本…'],
    ['anything', 1, '…'],
    ['anything', 0, ''],
  ])('%j in %i cells is %j', (text, cells, expected) => {
    expect(truncate(text, cells)).toBe(expected);
  });

  test('never takes more cells than it may, and keeps what fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, cells) => {
        const cut = truncate(text, cells);
        expect(displayWidth(cut)).toBeLessThanOrEqual(Math.max(cells, 0));
        if (displayWidth(text) <= cells) expect(cut).toBe(text);
      }),
    );
  });
});

test('pad fills to the width that is seen', () => {
  expect(pad('日本', 6)).toBe('日本  ');
  expect(pad('7', 3, 'left')).toBe('  7');
  expect(pad('too long', 3)).toBe('too long');
});

describe('wrap', () => {
  test.each([
    ['one two three', 20, ['one two three']],
    ['one two three', 7, ['one two', 'three']],
    ['one unbreakable two', 5, ['one', 'unbreakable', 'two']],
    ['日本 語', 4, ['日本', '語']],
    ['', 5, ['']],
  ])('%j in %i cells', (text, cells, lines) => {
    expect(wrap(text, cells)).toEqual(lines);
  });
});
