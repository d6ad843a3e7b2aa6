// How wide text is on a terminal, against string-width: never narrower, and as wide for whatever words are made of.
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { displayWidth } from '../../engine/view/text/width.ts';

/** Both are about text without control characters; string-width takes what has no width of its own for nothing. */
const CHARACTERS = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || (code > 0xdfff && code < 0x20000) || code % 997 === 0)
  .map((code) => String.fromCodePoint(code))
  .filter((character) => /[^\p{Cc}\p{Cn}\p{Co}\p{Default_Ignorable_Code_Point}]/u.test(character));

/** Circled numbers on black squares, which some terminals draw over two cells. */
const AMBIGUOUS = /[\u3248-\u324f]/;

/** Parts of syllables that nobody writes one after the other unless they join. */
const JAMO = /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/;

const told = (text: string) =>
  `${JSON.stringify(text)} (${[...text].map((one) => one.codePointAt(0)?.toString(16)).join(' ')})`;

test('no character is taken for narrower than it is', () => {
  expect(CHARACTERS.filter((one) => displayWidth(one) < stringWidth(one)).map(told)).toEqual([]);
});

test('letters, figures, punctuation and signs are as wide', () => {
  const wrong = CHARACTERS.filter((one) => /[\p{L}\p{N}\p{P}\p{Sm}\p{Sc}]/u.test(one) && !AMBIGUOUS.test(one)).filter(
    (one) => displayWidth(one) !== stringWidth(one),
  );
  expect(wrong.map(told)).toEqual([]);
});

test.each([
  '1️⃣',
  '#️⃣',
  '🇩🇪',
  '👨‍👩‍👧',
  '❤️',
  '☎',
  '☎️',
  '👍🏽',
  '각',
  'क्',
  'नि',
  'ก็',
  'กำ',
  'ﾊﾞ',
  'ｶﾞ',
  '⚠️',
  '✓',
  '✔',
  '⠋',
  'ℹ️',
  '🏳️‍🌈',
  '©️',
  'e\u0301',
])('%s is as wide', (text) => {
  expect(displayWidth(text)).toBe(stringWidth(text));
});

test('nor is any text', () => {
  const unit = fc.constantFrom(
    ...['\u200d', '\u0301', '\ufe0f', '\u{1f3fd}', 'ﾞ', 'ि'],
    ...CHARACTERS.filter((_, at) => at % 97 === 0),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit, maxLength: 6 }), fc.string({ unit: 'grapheme', maxLength: 6 })), (text) => {
      if (!JAMO.test(text) && displayWidth(text) < stringWidth(text)) throw new Error(told(text));
    }),
    { seed: 11, numRuns: 500 },
  );
});
