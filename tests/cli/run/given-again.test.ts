// What the open entry holds of a command line makes the same options again.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpenPredicate } from '../../../engine/audit/chain/statement.ts';
import { readExtraVars } from '../../../engine/cli/run/extra-vars.ts';
import { givenOf } from '../../../engine/cli/run/given.ts';
import { optionsAgain, type ResumeOptions } from '../../../engine/cli/run/given-again.ts';
import type { RunOptions } from '../../../engine/cli/run/options.ts';
import type { GivenOptions } from '../../../engine/event/given.ts';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';

const NOTHING_NEW: ResumeOptions = {
  extraVars: [],
  forks: undefined,
  askBecomePass: false,
  output: undefined,
  verbose: false,
};

const text = fc.string({ minLength: 1, unit: 'binary' }).filter((one) => !/[‹›]|\p{Surrogate}/u.test(one));
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const options: fc.Arbitrary<RunOptions> = fc.record({
  inventory: fc.array(text, { maxLength: 3 }),
  check: fc.boolean(),
  diff: fc.boolean(),
  limit: maybe(text),
  tags: fc.array(text, { maxLength: 3 }),
  skipTags: fc.array(text, { maxLength: 3 }),
  startAtTask: maybe(text),
  step: fc.boolean(),
  extraVars: fc.constant([]),
  forks: maybe(fc.integer({ min: 1, max: 9999 })),
  user: maybe(text),
  become: fc.boolean(),
  askBecomePass: fc.boolean(),
  privateKey: maybe(text),
  output: fc.constantFrom('text', 'json'),
  detailedExitcode: fc.boolean(),
  verbose: fc.boolean(),
  listTasks: fc.constant(false),
  listHosts: fc.constant(false),
  listTags: fc.constant(false),
});

const PLAIN: RunOptions = {
  ...{ inventory: [], tags: [], skipTags: [], extraVars: [] },
  ...{ check: false, diff: false, step: false, become: false, askBecomePass: false, detailedExitcode: false },
  ...{ verbose: false, listTasks: false, listHosts: false, listTags: false },
  ...{ limit: undefined, startAtTask: undefined, forks: undefined, user: undefined, privateKey: undefined },
  output: 'text',
};

/** An open entry, as far as it is looked at. */
function entry({ options, extraVars }: GivenOptions): OpenPredicate {
  const given = { ...(options ? { options: [...options] } : {}), ...(extraVars ? { extraVars: [...extraVars] } : {}) };
  return { run: 'r', version: '0', ...given } as OpenPredicate; // the rest says nothing of the command line
}

async function variables(args: readonly string[]) {
  const read = await readExtraVars(args, { cwd: '/', secrets: secretOpener([], () => undefined), problems: [] });
  return new Map([...read].map(([name, { value }]) => [name, value]));
}

const given = (so: RunOptions, extra = new Map()) => givenOf(so, extra, { sudoUser: undefined, hide: (one) => one });

describe('made again', () => {
  test('all options', async () => {
    await fc.assert(
      fc.asyncProperty(options, async (so) => {
        expect(await optionsAgain(entry(given(so)), NOTHING_NEW, '/')).toEqual(so);
      }),
    );
  });

  test.each([
    ['a text', ['a=1', 'b="two words"']],
    ['a text like a template, which is data', ['a={{x}}']],
    ['quotes, backslashes and line breaks', [`a='"\\x"'`, `b="one\ntwo"`]],
    ['JSON with its types', ['{"a": 8.0, "b": [1, "x", {"c": null}], "d": true, "e": "5"}']],
    ['a template, which is none of a text', ['{"a": "{{ x }}", "b": ["{{ y }}"]}']],
  ])('%s', async (_, args) => {
    const was = given(PLAIN, await variables(args));
    const again = await optionsAgain(entry(was), NOTHING_NEW, '/');
    expect(given(PLAIN, await variables(again.extraVars)).extraVars).toEqual(was.extraVars);
  });

  test('what is given anew is stronger', async () => {
    const anew: ResumeOptions = { ...NOTHING_NEW, forks: 3, output: 'json', verbose: true, askBecomePass: true };
    const again = await optionsAgain(entry(given({ ...PLAIN, forks: 9 })), anew, '/');
    expect(again).toEqual({ ...PLAIN, forks: 3, output: 'json', verbose: true, askBecomePass: true });
  });
});

describe('what the record doesn’t hold', () => {
  const refused = async (of: GivenOptions, extraVars: readonly string[] = []) => {
    try {
      await optionsAgain(entry(of), { ...NOTHING_NEW, extraVars }, '/');
      return [];
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return error.problems.map(({ summary }) => summary);
    }
  };

  test.each([
    ['a secret', { name: 'a', value: '‹secret:a›' }],
    ['what sounds like one', { name: 'a', value: '‹a, not kept›' }],
    ['one within', { name: 'a', json: '[{"x":"‹x, not kept›"}]' }],
    ['an expression', { name: 'a', value: '!expr 1 + 1' }],
  ])('%s has to be given again', async (_, variable) => {
    const of = { options: [], extraVars: [variable] };
    expect(await refused(of)).toEqual(['the variable ‹a› has to be given again']);
    expect(await refused(of, ['a=x'])).toEqual([]);
  });

  test('an entry of an earlier version, a dispatched run, an option with a secret in it', async () => {
    expect(await refused({})).toEqual(['the run ‹r› can’t be made again'.replace('’', "'")]);
    const broker = 'nats://broker:4222';
    expect(await refused(given({ ...PLAIN, dispatch: broker }))).toEqual(['a dispatched run can’t be resumed']);
    expect(await refused({ options: [{ option: '--limit', value: '‹secret:x›' }] })).toHaveLength(1);
    expect(await refused({ options: [{ option: '--later' }] })).toHaveLength(1);
  });
});
