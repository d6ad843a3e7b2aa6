// What follows a backslash, and sets in brackets.
import type { Category, SetItem } from './node.ts';
import type { Source } from './source.ts';

/** Letters that stand for control characters. */
export const CONTROLS: Readonly<Record<string, number>> = {
  a: 7,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

const CATEGORIES: Readonly<Record<string, Category['of']>> = { d: 'digit', s: 'space', w: 'word' };

/** `\d`, `\S`: what they are of. */
export function categoryOf(letter: string): Category | undefined {
  const of = CATEGORIES[letter.toLowerCase()];
  return of && { kind: 'category', of, negate: letter !== letter.toLowerCase() };
}

/**
 * The character that an escape, of which `token` was read since `start`, stands for. Escapes that only a set or only the
 * outside of one knows are the caller's. Source: Python 3.11, “Regular expression syntax”.
 */
export function escapedChar(source: Source, token: string, start: number, bytes: boolean): number {
  const letter = token.slice(1);
  const control = CONTROLS[letter];
  if (control !== undefined) return control;
  const digits = letter === 'x' ? 2 : bytes ? 0 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
  if (digits > 0) {
    const hex = source.takeWhile(digits, /^[0-9a-fA-F]$/);
    if (hex.length < digits) throw source.fault(`‹\\${letter}› needs ${digits} hexadecimal digits`, start);
    const code = Number.parseInt(hex, 16);
    if (code > 0x10ffff) throw source.fault('there is no such character', start);
    return code;
  }
  if (letter === 'N' && !bytes) {
    if (source.match('{')) source.takeUntil('}', 'the character’s name');
    throw source.fault(
      'characters can’t be named here: write the character itself, or ‹\\u› with its four digits',
      start,
    );
  }
  if (/^[a-zA-Z0-9]$/.test(letter)) throw source.fault(badEscape(letter), start);
  return letter.codePointAt(0) ?? 0;
}

const INSTEAD: Readonly<Record<string, string>> = {
  h: 'write ‹[ \\t]› for spaces and tabs',
  z: 'write ‹\\Z› for the end',
  R: 'write ‹\\n› for a line break',
  K: 'write a look-behind, ‹(?<=…)›',
  G: 'write ‹\\A› for the beginning',
  Q: 'escape each character by itself',
  E: 'escape each character by itself',
  p: 'Python knows no ‹\\p{…}›: write a set, such as ‹[a-z]›',
  P: 'Python knows no ‹\\P{…}›: write a set, such as ‹[^a-z]›',
  k: 'write ‹(?P=name)› for what a group matched',
};

function badEscape(letter: string): string {
  const instead = INSTEAD[letter];
  return `Python knows no escape ‹\\${letter}›${instead ? `: ${instead}` : ''}`;
}

/** A set in brackets, of which the first is taken. */
export function readSet(
  source: Source,
  bytes: boolean,
): { readonly items: readonly SetItem[]; readonly negate: boolean } {
  const start = source.at - 1;
  const negate = source.match('^');
  const items: SetItem[] = [];
  for (;;) {
    const at = source.at;
    const token = source.take();
    if (token === undefined) throw source.fault('this set has no end: ‹]› is missing', start);
    if (token === ']' && items.length > 0) return { items, negate };
    if (token === '[' && source.next !== undefined && ':.='.includes(source.next)) refusePosix(source, at);
    const item = member(source, token, at, bytes);
    if (!source.match('-')) {
      items.push(item);
      continue;
    }
    const last = source.take();
    if (last === undefined) throw source.fault('this set has no end: ‹]› is missing', start);
    if (last === ']') return { items: [...items, item, single(0x2d)], negate };
    const other = member(source, last, source.at - [...last].length, bytes);
    if (item.kind !== 'range' || other.kind !== 'range') {
      throw source.fault('a range goes from one character to another', at);
    }
    if (other.low < item.low) throw source.fault('this range goes backwards', at);
    items.push({ kind: 'range', low: item.low, high: other.low });
  }
}

const single = (code: number): SetItem => ({ kind: 'range', low: code, high: code });

function member(source: Source, token: string, start: number, bytes: boolean): SetItem {
  if (!token.startsWith('\\')) return single(token.codePointAt(0) ?? 0);
  const letter = token.slice(1);
  const category = categoryOf(letter);
  if (category) return category;
  if (letter === 'b') return single(8);
  if (/^[0-7]$/.test(letter)) {
    const code = Number.parseInt(letter + source.takeWhile(2, /^[0-7]$/), 8);
    if (code > 0o377) throw source.fault('octal escapes go to ‹\\377›', start);
    return single(code);
  }
  return single(escapedChar(source, token, start, bytes));
}

/** Python reads `[[:space:]]` as a set of these letters, and warns: nobody means that. */
function refusePosix(source: Source, start: number): void {
  const from = source.at;
  const mark = source.take() ?? '';
  const name = source.takeWhile(12, /^[a-z]$/);
  if (name !== '' && source.next === mark) {
    source.take();
    if (source.match(']')) {
      const instead = POSIX[name];
      throw source.fault(
        `Python knows no classes such as ‹[${mark}${name}${mark}]›${instead ? `: write ‹${instead}›` : ''}`,
        start,
      );
    }
  }
  source.at = from;
}

const POSIX: Readonly<Record<string, string>> = {
  space: '\\s',
  blank: ' \\t',
  digit: '0-9',
  alpha: 'a-zA-Z',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  xdigit: '0-9a-fA-F',
  punct: '!-/:-@[-`{-~',
  word: '\\w',
};
