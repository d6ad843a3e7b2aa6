// The tests that `npm test` chooses for some systems are there: vitest passes over a name that it doesn't find.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHOSEN } from './lab/lab-api.js';

test('what is chosen is there', () => {
  expect(CHOSEN.filter((file) => !existsSync(join(import.meta.dirname, '..', file)))).toEqual([]);
});
