// Files and folders that the documents for contributors name are there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './markdown.ts';

const DOCUMENTS = ['CONTRIBUTING.md', 'docs/architecture.md', 'docs/writing-modules.md', 'tests/lab/README.md'];
/** Where a path may begin: rooms are named without `engine/`. */
const FROM = ['', 'engine', 'tests', 'tests/lab'];

test.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const named = [...text.matchAll(/`([a-z0-9-]+(?:\/[a-z0-9-]+)+(?:\/|\.(?:test\.)?[jt]s))`/g)].map(
    ([, path = '']) => path,
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((path) => !FROM.some((start) => existsSync(join(ROOT, start, path))))).toEqual([]);
});
