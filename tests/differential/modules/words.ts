// Modules that only say something, or decide.
import fc from 'fast-check';
import { any, ending, refusing } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, task } from './parts.ts';

const text = fc.constantFrom(
  'plain',
  '{{ greeting }}',
  'port {{ port }}',
  '{{ port }}',
  '{{ names }}',
  '{{ missing }}',
  '',
  'Grüße',
  '{{ on }}',
);

const base = { reset: ':', paths: [], share: 0.4 };

export const debug: Subject = {
  ...base,
  module: 'debug',
  settled: true,
  announced: [{ key: 'undefined', is: refusing(/Undefined variable/) }],
  trials: fc.record({
    given: fc.constant(':'),
    tasks: few(
      fc.oneof(
        task('debug', {
          msg: fc.oneof<[fc.Arbitrary<unknown>, fc.Arbitrary<unknown>]>(
            text,
            fc.constantFrom<unknown>(['a', '{{ port }}'], { a: 1 }, 4, true),
          ),
        }),
        task('debug', { var: fc.constantFrom('greeting', 'port', 'names', 'names[0]', 'missing') }),
      ),
    ),
  }),
};

export const fail: Subject = {
  ...base,
  module: 'fail',
  settled: true,
  trials: fc.record({ given: fc.constant(':'), tasks: few(fc.oneof(task('fail', { msg: text }), task('fail', {}))) }),
};

const condition = fc.constantFrom(
  'port == 8080',
  'port > 9000',
  "greeting == 'hello there'",
  "'anna' in names",
  'on',
  'missing == 1',
  'port == 8080 and on',
);

export const assert: Subject = {
  ...base,
  module: 'assert',
  settled: true,
  announced: [
    { key: 'message', is: any(ending('ok', 'failed', /Incorrect type for fail_msg/), refusing(/‹fail_msg› is empty/)) },
  ],
  /** The conditions of both languages are written alike, but for `and`. */
  translate: ({ assert: params, ...task }) => ({
    ...task,
    assert: JSON.parse(JSON.stringify(params).replaceAll(' and ', ' && ')),
  }),
  trials: fc.record({
    given: fc.constant(':'),
    tasks: few(
      task('assert', {
        that: fc.oneof<[fc.Arbitrary<unknown>, fc.Arbitrary<unknown>]>(
          condition,
          fc.array(condition, { minLength: 1, maxLength: 3 }),
        ),
        fail_msg: fc.option(text, { nil: undefined }),
        success_msg: fc.option(fc.constant('well'), { nil: undefined, freq: 2 }),
        quiet: fc.option(fc.boolean(), { nil: undefined, freq: 2 }),
      }),
    ),
  }),
};

export const setFact: Subject = {
  ...base,
  module: 'set-fact',
  settled: true,
  trials: fc.record({
    given: fc.constant(':'),
    tasks: fc.tuple(
      task('set_fact', {
        first: text.filter((one) => !one.includes('missing')),
        second: fc.constantFrom<unknown>(['a', '{{ port }}'], { k: '{{ greeting }}' }, 4, false),
      }),
      fc.constantFrom(
        { debug: { msg: '{{ first }}' } },
        { debug: { var: 'second' } },
        { set_fact: { first: '{{ greeting }} again' } },
      ),
    ),
  }),
};
