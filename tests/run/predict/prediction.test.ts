import { expect, test } from 'vitest';
import { type Change, Content, Missing, type Resource, type Thing } from '../../../engine/module/index.ts';
import { Prediction } from '../../../engine/run/predict/prediction.ts';

const change = (...made: readonly Resource[]): Change => ({
  ...{ op: '+', what: 'it', steps: [] },
  effects: made.map((makes) => ({ makes })),
});
const lacks = (...needs: readonly Resource[]) => new Missing({ needs });

test.each<[string, readonly Resource[], readonly Resource[], readonly Resource[], string]>([
  ['nothing made', [], [], ['user:a'], 'missing'],
  ['made', ['user:a'], [], ['user:a'], 'made'],
  ['another one made', ['user:b'], [], ['user:a'], 'missing'],
  ['one of two made', ['user:a'], [], ['user:a', 'group:a'], 'missing'],
  ['both made', ['user:a', 'group:a'], [], ['user:a', 'group:a'], 'made'],
  ['something below the path is made', ['path:/srv/a/b'], [], ['path:/srv/a'], 'made'],
  ['something beside the path is made', ['path:/srv/ab'], [], ['path:/srv/a'], 'missing'],
  ['something below the root', ['path:/x'], [], ['path:/'], 'made'],
  ['a directory is filled: with what?', ['path:/srv/a/'], [], ['path:/srv/a/b/c'], 'unknown'],
  ['a directory is filled, and so is there', ['path:/srv/a/'], [], ['path:/srv/a'], 'made'],
  ['another directory is filled', ['path:/srv/a/'], [], ['path:/srv/ab'], 'missing'],
  ['a user that a task says it provides', [], ['user:a'], ['user:a'], 'made'],
  ['a unit that a task says it provides: in what state?', [], ['unit:a'], ['unit:a'], 'unknown'],
  ['a path that a task says it provides', [], ['path:/a'], ['path:/a'], 'unknown'],
  ['made and said', ['unit:a'], ['unit:a'], ['unit:a'], 'made'],
  ['unknown and missing together', [], ['unit:a'], ['unit:a', 'user:x'], 'missing'],
])('%s', (_title, made, declared, needs, expected) => {
  const prediction = new Prediction(true);
  expect(prediction.pending).toBe(false);
  prediction.add([change(...made)], declared);
  expect(prediction.pending).toBe(true);
  expect(prediction.prospect(lacks(...needs))).toBe(expected);
});

test('in a run nothing is pending: what was to be done is done', () => {
  const prediction = new Prediction(false);
  prediction.add([change('user:a')], ['user:b']);
  expect(prediction.pending).toBe(false);
  expect(prediction.prospect(lacks('user:a'))).toBe('missing');
});

test('the last of several writes is what a path will hold', () => {
  const write = (content: string): Change => ({
    ...change(),
    steps: [{ write: { path: '/etc/a', content: Content.of(content) } }],
  });
  const prediction = new Prediction(true);
  expect(prediction.at('/etc/a')).toBeUndefined();
  prediction.add([write('one'), write('two')], []);
  prediction.add([write('three')], []);
  expect(prediction.at('/etc/a')).toMatchObject({ kind: 'file', content: Content.of('three') });
  expect(prediction.at('/etc')).toBeUndefined();
});

test('what a pending change is about is known by its name', () => {
  const prediction = new Prediction(true);
  prediction.add([change()], [], { about: ['user:a', 'keys of:a'], foresees: true });
  const standing = (...about: readonly Thing[]) => ({ about, looksAt: [], makes: false, foresees: true });
  expect(prediction.doubtOf(standing('user:b'))).toBeUndefined();
  expect(prediction.doubtOf(standing('user:b', 'user:a'))).toBe('a pending change is about the same user a');
});

test.each<[string, boolean, Change, string | undefined]>([
  ['says nothing of it', false, change(), 'a pending change is about the same path /a'],
  ['says something of units alone', false, change('unit:a'), 'a pending change is about the same path /a'],
  ['says an effect on a path', false, { ...change(), effects: [{ path: '/b', kind: 'nothing' }] }, undefined],
  ['foresees, and says nothing: it stays', true, change(), undefined],
])('a path that a module is about, which %s', (_title, foresees, made, doubt) => {
  const prediction = new Prediction(true);
  prediction.add([made], [], { about: ['path:/a'], foresees });
  expect(prediction.doubtOf({ about: ['path:/a'], looksAt: [], makes: false, foresees: true })).toBe(doubt);
});

test('what changes settle adds up', () => {
  const settle = (as: Readonly<Record<string, string>>): Change => ({
    ...change(),
    effects: [{ settles: 'unit:a', as }],
  });
  const prediction = new Prediction(true);
  prediction.add([settle({ active: 'active', file: 'enabled' }), settle({ active: 'inactive' })], []);
  expect(prediction.settled('unit:a')).toEqual({ active: 'inactive', file: 'enabled' });
  expect(prediction.settled('unit:b')).toEqual({});
});

test('what is removed is made no longer', () => {
  const prediction = new Prediction(true);
  prediction.add([change('path:/srv/a', 'path:/srv/a/b', 'path:/srv/ab', 'user:a')], []);
  prediction.add([{ ...change(), effects: [{ path: '/srv/a', kind: 'nothing' }] }], []);
  expect(
    ['path:/srv/a', 'path:/srv/a/b', 'path:/srv/ab', 'user:a'].map((need) =>
      prediction.prospect(lacks(need as Resource)),
    ),
  ).toEqual(['missing', 'missing', 'made', 'made']);
});
