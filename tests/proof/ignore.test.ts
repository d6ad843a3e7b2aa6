// A pattern leaves out the same paths for this machine's eyes and for a host's find.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { findPattern, ignoring, patternFault } from '../../engine/proof/ignore.ts';
import { temporaryDirectory } from './build.ts';

vi.setConfig({ testTimeout: 60_000 });

const PATHS = [
  'a',
  'b',
  'ab',
  'a[b]',
  'a?',
  '.a',
  'ü',
  '-a',
  'd/a',
  'd/.b',
  'd/e/ab',
  'd/[a]/b',
  'a b',
  '!a',
  'd.e',
  'd+e',
];

/** Short words of what such paths are made of, and of what shells and regular expressions make something of. */
const pattern = fc
  .array(
    fc.constantFrom('a', 'b', 'd', 'e', '*', '**', '?', '[', ']', '[ab]', '!', '^', '.', '/', '-', '+', 'ü', ' '),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((parts) => parts.join(''))
  .filter((text) => patternFault(text) === undefined);

const finds = [['find'], ['busybox', 'find']].filter(([name = '']) => spawnSync(name, ['--help']).error === undefined);

test.each(finds)('as %s %s has it', (...find) => {
  const root = temporaryDirectory();
  for (const path of PATHS) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
  }
  const [program = 'find', ...applet] = find.filter((word) => word !== undefined);
  const all = ['d', 'd/e', 'd/[a]', ...PATHS].sort();
  fc.assert(
    fc.property(pattern, (one) => {
      const { stdout } = spawnSync(program, [...applet, '.', '-path', findPattern(one), '-print'], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
      });
      const found = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.slice(2));
      expect(found.sort()).toEqual(all.filter(ignoring([one])));
    }),
    { numRuns: 150 },
  );
});
