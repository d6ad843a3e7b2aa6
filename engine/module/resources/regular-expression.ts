// Regular expressions of runbooks: written for Python's re, as Ansible takes them, and run by JavaScript's RegExp.

import type { ParameterProblem } from '../../language/catalog.ts';
import { LONGEST_PATTERN } from '../../language/limits.ts';

export interface Pattern {
  readonly regexp: RegExp;
  /** `(?m)`: meant for a whole text and not for one line. */
  readonly multiline: boolean;
}

/**
 * What Python's `re.compile` makes of it, as near as JavaScript comes: `^ $ \A \Z .` and flags at the start mean what
 * they mean there. Look-behind, classes and quantifiers are JavaScript's, and `\w \d \b` are of ASCII.
 * @throws SyntaxError with JavaScript's words, or ours for what it lacks
 */
export function compilePattern(source: string): Pattern {
  const [prefix = '', letters = ''] = /^\(\?([aiLmsux]+)\)/.exec(source) ?? [];
  const has = (letter: string) => letters.includes(letter);
  if (source.length > LONGEST_PATTERN) throw new SyntaxError(`it has more than ${LONGEST_PATTERN} characters`);
  if (has('x')) throw new SyntaxError('the flag x (verbose) is not understood');
  const end = has('m') ? '(?=\\n|(?![^]))' : '(?=\\n?(?![^]))';
  const start = has('m') ? '(?<![^\\n])' : '^';
  const outside: Readonly<Record<string, string>> = {
    '^': start,
    $: end,
    '.': has('s') ? '[^]' : '[^\\n]',
    '\\A': '(?<![^])',
    '\\Z': '(?![^])',
    '(?P<': '(?<',
    '{,': '{0,',
  };
  const text = source.slice(prefix.length).replace(TOKEN, (token, name: string | undefined) => {
    if (token.startsWith('(?#')) return '';
    if (name !== undefined) return `\\k<${name}>`;
    return token.startsWith('[') ? classOf(token) : (outside[token] ?? token);
  });
  return { regexp: new RegExp(text, has('i') ? 'i' : ''), multiline: has('m') };
}

/** An escape, a class (in which a first `]` stands for itself), a named group or a reference to it, a comment, one of `^$.` or `{,`. */
const TOKEN = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?P<|\(\?P=(\w+)\)|\(\?#[^)]*\)|\{,(?=\d+\})|[$^.]/g;

function classOf(token: string): string {
  if (/\[[:.=]/.test(token.slice(1))) throw new SyntaxError('classes such as [:space:] are not understood: write \\s');
  return token.replace(/^(\[\^?)\]/, '$1\\]');
}

/** Problems of parameters that hold regular expressions; `spared` are words that are none. */
export function checkPatterns(
  params: Readonly<Record<string, unknown>>,
  names: readonly string[],
  spared: readonly string[] = [],
): readonly ParameterProblem[] {
  return names.flatMap((parameter) => {
    const source = params[parameter];
    if (typeof source !== 'string' || spared.includes(source)) return [];
    try {
      compilePattern(source);
      return [];
    } catch (error) {
      return [
        {
          parameter,
          summary: 'Not a regular expression',
          detail: error instanceof Error ? error.message : String(error),
          hint: 'A backslash before ( ) [ ] { } . * + ? | ^ $ makes them stand for themselves.',
        },
      ];
    }
  });
}
