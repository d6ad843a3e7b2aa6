import { expect, test } from 'vitest';
import { size, transferText } from '../../../engine/view/text/phrases.ts';

test.each([
  [0, '0.0 KB'],
  [999, '1.0 KB'],
  [12_345, '12 KB'],
  [1_200_000, '1.2 MB'],
  [104_857_600, '105 MB'],
  [2_500_000_000, '2.5 GB'],
  [7e15, '7000 TB'],
])('%d bytes', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

test('what went, how fast, and of how much', () => {
  expect(transferText({ bytes: 104_857_600, ms: 8400 })).toBe('105 MB, 12 MB/s');
  expect(transferText({ bytes: 34_000_000, ms: 2800, of: 104_857_600 })).toBe('34 MB of 105 MB, 12 MB/s');
  expect(transferText({ bytes: 10, ms: 0 })).toBe('0.0 KB');
});
