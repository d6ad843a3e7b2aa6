import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Mark, MarkSplitter } from '../../../engine/transport/shell/marks.ts';

const nonce = '0123456789abcdef0123456789abcdef';

function split(chunks: readonly Buffer[]): { text: Buffer; marks: Mark[] } {
  const text: Buffer[] = [];
  const marks: Mark[] = [];
  const splitter = new MarkSplitter(
    nonce,
    (bytes) => text.push(bytes),
    (mark) => mark.number < 100 && marks.push(mark) > 0,
  );
  for (const chunk of chunks) splitter.push(chunk);
  splitter.push(Buffer.from('\n'.repeat(64))); // lets go of what could have been the beginning of a mark
  return { text: Buffer.concat(text).subarray(0, -64), marks };
}

test.each([
  ['a mark in the middle', `ab${nonce}:b:3\ncd`, 'abcd', 1],
  ['output without a line break', `ab${nonce}:e:3:0\n`, 'ab', 1],
  ['a script that the guard refuses', `${nonce}:f:3\nab`, 'ab', 1],
  ['two marks in a row', `${nonce}:e:3:0\n${nonce}:b:4\n`, '', 2],
  ['the nonce alone', `x${nonce}y`, `x${nonce}y`, 0],
  ['a kind that is none', `${nonce}:q:3\n`, `${nonce}:q:3\n`, 0],
  ['a number that was not expected', `${nonce}:e:100:0\n`, `${nonce}:e:100:0\n`, 0],
  ['a mark without its line break', `${nonce}:e:3:0 and more that is no mark at all, of any kind`, undefined, 0],
  ['a nonce cut short', `${nonce.slice(0, 20)}`, nonce.slice(0, 20), 0],
])('%s', (_, input, text, marks) => {
  const got = split([Buffer.from(input)]);
  expect(got.text.toString()).toBe(text ?? input);
  expect(got.marks).toHaveLength(marks);
});

test('chunks make no difference', () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(nonce, `${nonce}:b:1\n`, `${nonce}:e:1:127\n`, nonce.slice(0, 9), `${nonce}${nonce}:s:2\n`)
      .map(Buffer.from),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.array(fc.nat(600), { maxLength: 8 }), (parts, cuts) => {
      const whole = Buffer.concat(parts);
      const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
      const chunks = places.slice(1).map((end, i) => whole.subarray(places[i], end));
      expect(split(chunks)).toEqual(split([whole]));
    }),
  );
});
