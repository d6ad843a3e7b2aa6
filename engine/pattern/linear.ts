// Regular expressions as RE2 has them (https://github.com/google/re2/wiki/Syntax), which CEL's `matches` is specified by:
// the time that they take grows with the text, and with nothing else.
import { LONGEST_PATTERN, MOST_MATCHING } from '../base/limits.ts';

export interface LinearPattern {
  /** Whether the pattern occurs anywhere in the text. @throws BadPattern when the text is too long for such a pattern. */
  readonly test: (text: string) => boolean;
}

/** What is wrong with a pattern. */
export class BadPattern extends Error {
  /** The part of the pattern that RE2 stumbles over; '' where it names none. */
  readonly part: string;

  constructor(message: string, part = '') {
    super(message);
    this.part = part;
  }
}

/** Compiled patterns by their source, the last used at the end. */
const compiled = new Map<string, LinearPattern>();
const KEPT = 100;

/** @throws BadPattern for what RE2 doesn't know, such as look-around and back-references. */
export function linearPattern(source: string): LinearPattern {
  const pattern = compiled.get(source) ?? compile(source);
  compiled.delete(source);
  compiled.set(source, pattern);
  const [oldest] = compiled.keys();
  if (compiled.size > KEPT && oldest !== undefined) compiled.delete(oldest);
  return pattern;
}

function compile(source: string): LinearPattern {
  if (source.length > LONGEST_PATTERN) {
    throw new BadPattern(`it has ${source.length} characters, and ${LONGEST_PATTERN} are the most`);
  }
  const program = parse(source);
  const longest = Math.floor(MOST_MATCHING / Math.max(1, program.programSize()));
  return {
    test: (text) => {
      if (text.length <= longest) return program.test(text);
      throw new BadPattern(
        `a pattern of this size is searched for in at most ${longest} characters, and here are ${text.length}`,
      );
    },
  };
}

function parse(source: string) {
  const { RE2JS, RE2JSException, RE2JSSyntaxException } = library();
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    if (!(error instanceof RE2JSSyntaxException)) throw new BadPattern(error.message);
    const part = error.getPattern() ?? '';
    throw new BadPattern(error.getDescription() + (part === '' || part === source ? '' : `: ${part}`), part);
  }
}

/** With `require`, since it is large and few runs need it: the bundle runs a required package when it is first asked for. */
function library(): typeof import('re2js') {
  return require('re2js');
}
