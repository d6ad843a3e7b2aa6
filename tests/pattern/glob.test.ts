import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GlobSyntax, globMatcher } from '../../engine/pattern/glob.ts';

test.each<[GlobSyntax, string, readonly string[], readonly string[]]>([
  ['fnmatch', 'web*', ['web', 'web1', 'web\n'], ['aweb', 'WEB']],
  ['fnmatch', '*a*b', ['ab', 'xaxbxb'], ['abx', 'ba']],
  ['fnmatch', 'w?b', ['web', 'w😀b'], ['wb', 'weeb']],
  ['fnmatch', '[a-c]x', ['ax', 'cx'], ['dx', '-x']],
  ['fnmatch', '[!a-c]x', ['dx'], ['ax', 'x']],
  ['fnmatch', '[]]', [']'], ['[']],
  ['fnmatch', '[!]]', ['a'], [']']],
  ['fnmatch', '[z-a]', [], ['a', 'z', 'm']],
  ['fnmatch', '[a-]', ['a', '-'], ['b']],
  ['fnmatch', 'a[b', ['a[b'], ['ab']],
  ['fnmatch', '', [''], ['a']],
  ['*?', '[*]:22', ['[web]:22'], ['w:22']],
  ['*', 'a?[b]*', ['a?[b]', 'a?[b]/c'], ['axb']],
  ['*', `${'*a'.repeat(50)}*`, ['a'.repeat(50)], ['a'.repeat(49), `${'b'.repeat(20_000)}`]],
  ['*?', `${'*a'.repeat(50)}b`, [`${'a'.repeat(2000)}b`], ['a'.repeat(2000)]],
])('%s: %s', (syntax, glob, hits, misses) => {
  const matches = globMatcher(glob, syntax);
  expect(hits.filter((name) => !matches(name))).toEqual([]);
  expect(misses.filter(matches)).toEqual([]);
});

test('it matches what a regular expression would', () => {
  const short = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(short, short, (glob, name) => {
      const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      expect(globMatcher(glob, '*?')(name)).toBe(expression.test(name));
    }),
    { seed: 8, numRuns: 2000 },
  );
});
