import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Literal, readLiteral } from '../../../engine/inventory/python/literal.ts';
import { Float } from '../../../engine/language/value/float.ts';

const literals: readonly (readonly [string, Literal])[] = [
  ['1', 1],
  ['-1', -1],
  ['+1', 1],
  ['- 5', -5],
  ['1_000', 1000],
  ['0x1F', 31],
  ['0o644', 420],
  ['0b101', 5],
  ['00', 0],
  ['1.5', 1.5],
  ['.5', new Float(0.5, '.5')],
  ['1.', new Float(1, '1.')],
  ['1e3', new Float(1000, '1e3')],
  ['1e-3', new Float(0.001, '1e-3')],
  ['9007199254740993', '9007199254740993'],
  ['-9007199254740993', '-9007199254740993'],
  ['1e400', '1e400'],
  ['True', true],
  ['False', false],
  ['None', null],
  ['"a"', 'a'],
  ["'it''s'", 'its'],
  ['\'a\' "b"', 'ab'],
  ["'''x'y'''", "x'y"],
  [String.raw`'tab\tnl\n\\ \'q\' \"'`, "tab\tnl\n\\ 'q' \""],
  [String.raw`'\x41\101é\U0001F600\d'`, 'AA\u00e9\u{1F600}\\d'],
  [String.raw`r'\d\''`, "\\d\\'"],
  [String.raw`b'a\u0041'`, 'a\\u0041'],
  ["u'é'", 'é'],
  ['[]', []],
  ['[1, "a", None,]', [1, 'a', null]],
  ['()', []],
  ['(1)', 1],
  ['(1,)', [1]],
  ['1, 2', [1, 2]],
  ['1,', [1]],
  ['{}', {}],
  ["{'a': {'b': [1, (2,)]}, 2: True}", { a: { b: [1, [2]] }, '2': true }],
  ['{1, 2, 1}', [1, 2]],
  ['set()', []],
  [' 7 # seven', 7],
];

test.each(literals)('%s', (text, value) => {
  expect(readLiteral(text)).toEqual(value);
});

test.each([
  ...[
    '',
    'foo',
    'true',
    'none',
    '0644',
    '1.2.3',
    '10.0.0.1',
    '12:30',
    '2024-01-02',
    '1 2',
    '--1',
    '1 + 1',
    '1a',
    '0x',
    '1__0',
    '1_',
  ],
  ...[
    '[a]',
    '[1',
    '1]',
    '(1',
    '{1',
    '{a}',
    '{"a"}x',
    '{"a" 1}',
    '{"a":}',
    '{"a": 1, 2}',
    '{[1]: 2}',
    '[,]',
    '[1,,2]',
    '(,)',
    ',',
  ],
  ...[
    "'a",
    "'a''",
    "f'x'",
    String.raw`'\x4'`,
    String.raw`'\N{DASH}'`,
    String.raw`'\U00110000'`,
    `'a' b'c'`,
    '-True',
    '1+2j',
    '...',
    '1\0',
  ],
  '['.repeat(2000) + ']'.repeat(2000),
])('%s is text', (text) => {
  expect(readLiteral(text)).toBeUndefined();
});

test('what JSON writes of strings and numbers is read back', () => {
  const value = fc.letrec<{ value: Literal; list: readonly Literal[]; map: Record<string, Literal> }>((tie) => ({
    value: fc.oneof(fc.string({ unit: 'grapheme-ascii' }), fc.maxSafeInteger(), tie('list'), tie('map')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    map: fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  })).value;
  fc.assert(
    fc.property(value, (given) => {
      expect(readLiteral(JSON.stringify(given))).toEqual(given);
    }),
  );
});

test('nothing makes it throw', () => {
  const token = fc.constantFrom(
    ...'[](){},:#\'"\\ \t-+._0123xobeENTrub'.split(''),
    'True',
    'None',
    '\\x4',
    "'''",
    'set()',
  );
  fc.assert(fc.property(fc.array(token, { maxLength: 30 }), (tokens) => void readLiteral(tokens.join(''))));
});
