import { expect, test } from 'vitest';
import { usualForks } from '../../engine/cli/run/forks.ts';

const GIB = 2 ** 30;

test.each([
  ['two cores', 2, 24 * GIB, 50],
  ['one core', 1, 2 * GIB, 25],
  ['many cores', 64, 256 * GIB, 200],
  ['many cores and little memory', 64, GIB, 64],
  ['next to nothing', 1, GIB / 8, 10],
])('hosts at a time with %s', (_, cores, memory, forks) => {
  expect(usualForks(cores, memory)).toBe(forks);
});
