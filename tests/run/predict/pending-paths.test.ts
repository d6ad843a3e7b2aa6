import { expect, test } from 'vitest';
import { Content, type PathEffect } from '../../../engine/module/index.ts';
import { PendingPaths } from '../../../engine/run/predict/pending-paths.ts';

const content = Content.of('x');
const file = (path: string) => ({ path, kind: 'file' as const, content, mode: 0o644 });
const directory = (path: string): PathEffect => ({ path, kind: 'directory' });
const gone = (path: string): PathEffect => ({ path, kind: 'nothing' });

test.each<[string, readonly PathEffect[], string, unknown]>([
  ['nobody touches it', [file('/a/b')], '/a/c', undefined],
  ['the directory above stays', [directory('/a')], '/a/b', undefined],
  ['a path that begins alike', [gone('/a')], '/ab', undefined],
  ['it is removed', [gone('/a')], '/a', { kind: 'nothing' }],
  ['what holds it is removed', [gone('/a')], '/a/b/c', { kind: 'nothing' }],
  ['a file takes the place of what holds it', [file('/a')], '/a/b', { kind: 'nothing' }],
  [
    'a link takes the place of what holds it',
    [{ path: '/a', kind: 'link', target: '/b' }],
    '/a/b',
    { kind: 'anything' },
  ],
  ['made, and removed with what holds it', [file('/a/b'), gone('/a')], '/a/b', { kind: 'nothing' }],
  ['removed and made anew: it is empty', [gone('/a'), directory('/a')], '/a/b', { kind: 'nothing' }],
  ['and a file is written there', [gone('/a'), directory('/a'), file('/a/b')], '/a/b', { kind: 'file' }],
  [
    'written twice',
    [
      { ...file('/a'), owner: 'one' },
      { ...file('/a'), owner: 'two' },
    ],
    '/a',
    { owner: 'two' },
  ],
  [
    'written, then given a mode',
    [file('/a'), { path: '/a', kind: 'same', mode: 0o600 }],
    '/a',
    { kind: 'file', mode: 0o600 },
  ],
  ['only given a mode', [{ path: '/a', kind: 'same', mode: 0o600 }], '/a', { kind: 'same', mode: 0o600 }],
  ['a directory given a mode keeps what is in it', [{ path: '/a', kind: 'same', mode: 0o700 }], '/a/b', undefined],
  [
    'anything, then given a mode',
    [
      { path: '/a', kind: 'anything' },
      { path: '/a', kind: 'same', mode: 0o600 },
    ],
    '/a',
    { kind: 'anything' },
  ],
])('%s', (_title, lefts, path, expected) => {
  const paths = new PendingPaths();
  for (const left of lefts) paths.add(left);
  if (expected === undefined) expect(paths.at(path)).toBeUndefined();
  else expect(paths.at(path)).toMatchObject({ path, ...(expected as object) });
});

test('a promise says nothing of what is below', () => {
  const paths = new PendingPaths();
  paths.promise('/a');
  expect(paths.at('/a')).toMatchObject({ kind: 'anything' });
  expect(paths.at('/a/b')).toBeUndefined();
});
