// The modules that say something or steer the play: debug, fail, set-fact, meta.
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../engine/module/index.ts';
import debug from '../../../modules/debug/debug.ts';
import fail from '../../../modules/fail.ts';
import meta from '../../../modules/meta.ts';
import setFact from '../../../modules/set-fact/set-fact.ts';
import { bind } from '../harness/bind.ts';

const plan = (module: typeof debug | typeof fail | typeof meta | typeof setFact, params: Record<string, unknown>) =>
  module.plan(undefined, bind(module, params));

describe('debug', () => {
  test.each([
    [{ msg: 'two\nlines' }, 'two\nlines'],
    [{ msg: 5 }, '5'],
    [{ msg: { a: [1, true] } }, '{\n  "a": [\n    1,\n    true\n  ]\n}'],
    [{ var: 'already evaluated' }, 'already evaluated'],
    [{ var: null }, 'null'],
  ])('%j', (params, message) => {
    expect(plan(debug, params)).toEqual({ changes: [], message });
  });

  test.each([{}, { msg: 'a', var: 'b' }])('%j is refused', (params) => {
    expect(() => plan(debug, params)).toThrow('debug shows one thing');
  });

  test('a secret is refused', () => {
    expect(() => plan(debug, { msg: new Secret('db_password', 'hunter2') })).toThrow('secret');
  });
});

test('fail says what the runbook says', () => {
  expect(plan(fail, { msg: 'not here' })).toEqual({ changes: [], failure: { summary: 'not here' } });
  expect(plan(fail, {}).failure?.summary).toBe('The runbook ends here');
});

describe('set-fact', () => {
  test('values keep their types', () => {
    const facts = { port: 80, names: ['a'], nested: { on: true }, nothing: null };
    expect(plan(setFact, facts)).toEqual({ changes: [], directive: { kind: 'set-facts', facts }, result: { facts } });
  });

  test('nothing to set is refused', () => {
    expect(() => plan(setFact, {})).toThrow();
  });
});

describe('meta', () => {
  test.each([
    ['flush_handlers', 'flush-handlers'],
    ['barrier', 'barrier'],
    ['end_host', 'end-host'],
    ['end_play', 'end-play'],
    ['reset_connection', 'reset-connection'],
  ])('%s', (action, kind) => {
    expect(plan(meta, { action })).toEqual({ changes: [], directive: { kind } });
  });

  test('an action that there is not', () => {
    expect(() => plan(meta, { action: 'noop' })).toThrow();
  });
});
