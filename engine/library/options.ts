// The options of a program, looked at as those of the command line are: a mistyped one would be passed over in silence.
import { didYouMean } from '../language/problem/did-you-mean.ts';
import { type Problem, ProblemError } from '../language/problem/problem.ts';

/** What an option takes, in the words of a problem, and whether a value is that. */
const KINDS = {
  'a text': (value) => typeof value === 'string',
  'a text or a list of texts': (value) => typeof value === 'string' || areTexts(value),
  'a list of texts': areTexts,
  'true or false': (value) => typeof value === 'boolean',
  'a whole number from 1 to 9999': (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 9999,
  'an object': (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'an AbortSignal': (value) => value instanceof AbortSignal,
} as const satisfies Readonly<Record<string, (value: unknown) => boolean>>;

export type Kinds<Options> = Readonly<Record<keyof Options, keyof typeof KINDS>>;

/** @param whole who takes them: `loadRunbook`. @throws ProblemError `usage` with all that is wrong */
export function checkOptions<Options>(given: unknown, kinds: Kinds<Options>, whole: string): void {
  if (!KINDS['an object'](given)) throw new ProblemError([usage(`The options of ${whole} are an object`)]);
  const known: ReadonlyMap<string, keyof typeof KINDS> = new Map(Object.entries(kinds));
  const problems = Object.entries(Object(given)).flatMap(([word, value]): Problem[] => {
    const kind = known.get(word);
    if (kind === undefined) return [usage(`${whole} has no option ‹${word}›`, didYouMean(word, known.keys()))];
    return value === undefined || KINDS[kind](value) ? [] : [usage(`‹${word}› of ${whole} is ${kind}`)];
  });
  if (problems.length > 0) throw new ProblemError(problems);
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function usage(summary: string, hint?: string): Problem {
  return { code: 'usage', summary, ...(hint === undefined ? {} : { hint }) };
}
