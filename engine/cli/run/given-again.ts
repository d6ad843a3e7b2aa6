// The options of a run made again of what its open entry says that it was given.
import type { OpenPredicate } from '../../audit/chain/statement.ts';
import type { GivenOption, GivenVariable } from '../../event/given.ts';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';
import { secretOpener } from '../../language/yaml/age.ts';
import { readExtraVars } from './extra-vars.ts';
import { NO_OPTIONS, type RunOptions } from './options.ts';

/** What may be given anew. */
export interface ResumeOptions {
  readonly extraVars: readonly string[];
  readonly forks: number | undefined;
  readonly askBecomePass: boolean;
  readonly output: RunOptions['output'] | undefined;
  readonly verbose: boolean;
}

/** Each option as the record has it, in the place that the command line would give it. */
const OPTIONS: Readonly<Record<string, (options: RunOptions, value: string) => Partial<RunOptions>>> = {
  '--inventory': ({ inventory }, value) => ({ inventory: [...inventory, value] }),
  '--check': () => ({ check: true }),
  '--diff': () => ({ diff: true }),
  '--limit': (_, limit) => ({ limit }),
  '--tags': ({ tags }, value) => ({ tags: [...tags, value] }),
  '--skip-tags': ({ skipTags }, value) => ({ skipTags: [...skipTags, value] }),
  '--start-at-task': (_, startAtTask) => ({ startAtTask }),
  '--step': () => ({ step: true }),
  '--forks': (_, value) => ({ forks: Number(value) }),
  '--user': (_, user) => ({ user }),
  '--become': () => ({ become: true }),
  '--ask-become-pass': () => ({ askBecomePass: true }),
  '--private-key': (_, privateKey) => ({ privateKey }),
  '--output': (_, value) => ({ output: value === 'json' ? 'json' : 'text' }),
  '--detailed-exitcode': () => ({ detailedExitcode: true }),
  '--verbose': () => ({ verbose: true }),
};

/** What stands in the record for a secret. */
const MASK = /‹secret:[^›]*›|‹[^›]*, not kept›/;
/** What JSON couldn't hold. */
const TAGGED = /"!(?:expr|unsafe) /;

/**
 * The options of the run, and what is given anew.
 * @throws ProblemError for what the record doesn't hold, and wasn't given again
 */
export async function optionsAgain(open: OpenPredicate, given: ResumeOptions, cwd: string): Promise<RunOptions> {
  const { run, options, extraVars = [] } = open;
  if (options === undefined) {
    return fail({
      code: 'audit',
      summary: `the run ‹${run}› can't be made again`,
      detail: `vrun ${open.version} didn't record what its command line said.`,
      hint: 'Begin a new run: what is as it should be stays so.',
    });
  }
  const again = new Set(await namesIn(given.extraVars, cwd));
  const problems = [
    ...options.flatMap(unusable),
    ...extraVars.filter((one) => isLost(one) && !again.has(one.name)).map(toGiveAgain),
  ];
  if (problems.length > 0) throw new ProblemError(problems);
  let was = NO_OPTIONS;
  for (const { option, value = '' } of options) was = { ...was, ...OPTIONS[option]?.(was, value) };
  return {
    ...was,
    extraVars: [...argumentsOf(extraVars.filter((one) => !isLost(one))), ...given.extraVars],
    forks: given.forks ?? was.forks,
    askBecomePass: was.askBecomePass || given.askBecomePass,
    output: given.output ?? was.output,
    verbose: was.verbose || given.verbose,
  };
}

function unusable({ option, value = '' }: GivenOption): readonly Problem[] {
  if (option === '--dispatch' || option === '--dispatch-ca') {
    return option === '--dispatch' ? [dispatched(value)] : [];
  }
  if (OPTIONS[option] && !MASK.test(value)) return [];
  return [
    {
      code: 'audit',
      summary: `what the run was given with ${option} is not in the record`,
      detail: OPTIONS[option] ? `Something in it is secret: ${value}` : `This version of vrun has no such option.`,
      hint: 'Begin a new run: what is as it should be stays so.',
    },
  ];
}

function dispatched(broker: string): Problem {
  return {
    code: 'audit',
    summary: 'a dispatched run can’t be resumed',
    detail: `Workers reached its hosts, through ${broker}: this process can't go on with what they have under way.`,
    hint: 'Begin a new run with --dispatch: what is as it should be stays so.',
  };
}

function isLost({ value, json = '' }: GivenVariable): boolean {
  return MASK.test(value ?? json) || TAGGED.test(value === undefined ? json : JSON.stringify(value));
}

function toGiveAgain({ name }: GivenVariable): Problem {
  return {
    code: 'missing-param',
    summary: `the variable ‹${name}› has to be given again`,
    detail: 'The record holds a mask in the place of secrets, and no expressions.',
    hint: `Give it as the run was given it:\n    -e ${name}=…`,
  };
}

/** Files first, in the order in which the last name of each came; what the command line itself said is stronger here. */
function argumentsOf(variables: readonly GivenVariable[]): readonly string[] {
  const files = [...new Set(variables.flatMap(({ file }) => file ?? []).reverse())].reverse();
  return [
    ...files.map((file) => `@${file}`),
    ...variables.flatMap(({ name, value, json }) => {
      if (json !== undefined) return [`{${JSON.stringify(name)}: ${json}}`];
      return value === undefined ? [] : [`${name}="${value.replace(/["\\]/g, '\\$&')}"`];
    }),
  ];
}

/** The names that arguments of -e give values to; what is wrong with them is told when they are read for the run. */
async function namesIn(given: readonly string[], cwd: string): Promise<readonly string[]> {
  const secrets = secretOpener([], () => undefined);
  return [...(await readExtraVars(given, { cwd, secrets, problems: [] })).keys()];
}
