import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitShlex } from '../../../engine/inventory/python/shlex.ts';

test.each([
  ['web1 a=1', ['web1', 'a=1']],
  ['  a\t b ', ['a', 'b']],
  [`n="a b" m='c d'`, ['n=a b', 'm=c d']],
  [String.raw`n="a\"b\\c\d"`, [String.raw`n=a"b\c\d`]],
  [String.raw`n='a\'`, [String.raw`n=a\ `.trim()]],
  [String.raw`a\ b\#`, ['a b#']],
  ['a"b"\'c\'d', ['abcd']],
  ['a "" b', ['a', '', 'b']],
  ['a # b', ['a']],
  ['"#a" b', ['#a', 'b']],
  ['# all', []],
  ['', []],
])('%s', (line, words) => {
  const split = splitShlex(line, { comments: true });
  expect(split.words.map((word) => word.text)).toEqual(words);
  expect(split).toMatchObject({ unclosed: undefined, cut: undefined });
});

test('a comment that cuts a word is told', () => {
  expect(splitShlex('a p=x#y', { comments: true })).toMatchObject({ cut: 5, words: [{ text: 'a' }, { text: 'p=x' }] });
  expect(splitShlex('a#b', { comments: false }).words).toEqual([{ text: 'a#b', start: 0, end: 3 }]);
});

test.each([
  ['a "b', 2],
  ["a'b", 1],
  ['a\\', 1],
])('%s is not closed', (line, at) => {
  expect(splitShlex(line, { comments: true }).unclosed).toBe(at);
});

test('quoted words come back as they were', () => {
  const quote = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`;
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      const split = splitShlex(words.map(quote).join(' '), { comments: true });
      expect(split.words.map((word) => word.text)).toEqual(words);
    }),
  );
});
