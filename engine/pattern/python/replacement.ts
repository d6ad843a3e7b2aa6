// What Python's `re.sub` and `Match.expand` put in a match's place: `\1`, `\g<name>`, `\n`.
import { CONTROLS } from './escapes.ts';
import type { Effort, PatternMatch, PythonPattern, Subject } from './pattern.ts';
import { Source } from './source.ts';

/** Makes the text for a match. A group that took no part is empty. */
export type Replacement = (match: PatternMatch) => string;

/** @throws PatternFault for groups that the pattern doesn't have, and for letters that are no escape */
export function compileReplacement(written: string, pattern: PythonPattern): Replacement {
  const parts = readParts(new Source(written, pattern.bytes), pattern);
  return (match) => parts.map((part) => (typeof part === 'string' ? part : (match.group(part) ?? ''))).join('');
}

/** All matches replaced, and how many they were. Source: `re.subn`. @throws TooSlow */
export function replaceAll(
  pattern: PythonPattern,
  replacement: Replacement,
  subject: Subject,
  effort: Effort,
): { readonly text: string; readonly count: number } {
  const pieces: string[] = [];
  let count = 0;
  let done = 0;
  let advance = false;
  for (;;) {
    const match = pattern.search(subject, effort, done, advance);
    if (!match) break;
    pieces.push(subject.slice(done, match.start), replacement(match));
    count += 1;
    done = match.end;
    advance = match.end === match.start;
  }
  pieces.push(subject.slice(done, subject.codes.length));
  return { text: pieces.join(''), count };
}

function readParts(source: Source, pattern: PythonPattern): readonly (string | number)[] {
  const parts: (string | number)[] = [];
  for (;;) {
    const start = source.at;
    const token = source.take();
    if (token === undefined) return parts;
    parts.push(token.startsWith('\\') ? escaped(source, token, { start, pattern }) : token);
  }
}

function escaped(
  source: Source,
  token: string,
  { start, pattern }: { start: number; pattern: PythonPattern },
): string | number {
  const letter = token.slice(1);
  if (letter === 'g') return named(source, start, pattern);
  if (letter === '0') return octal(`0${source.takeWhile(2, /^[0-7]$/)}`);
  if (/^[1-9]$/.test(letter)) {
    let digits = letter + source.takeWhile(1, /^[0-9]$/);
    if (/^[0-7]{2}$/.test(digits) && source.next !== undefined && /^[0-7]$/.test(source.next)) {
      digits += source.take();
      if (Number.parseInt(digits, 8) > 0o377) throw source.fault('octal escapes go to ‹\\377›', start);
      return octal(digits);
    }
    return known(source, Number(digits), start, pattern);
  }
  const control = CONTROLS[letter] ?? (letter === 'b' ? 8 : undefined);
  if (control !== undefined) return String.fromCodePoint(control);
  if (letter === '\\') return letter;
  if (/^[a-zA-Z]$/.test(letter)) {
    throw source.fault(`Python knows no escape ‹\\${letter}› in a replacement: a backslash is ‹\\\\›`, start);
  }
  // What else is escaped keeps its backslash, as in Python.
  return token;
}

const octal = (digits: string) => String.fromCodePoint(Number.parseInt(digits, 8) & 0xff);

function named(source: Source, start: number, pattern: PythonPattern): number {
  if (!source.match('<')) throw source.fault('after ‹\\g› stands a group: ‹\\g<1>›, ‹\\g<name>›', start);
  const name = source.takeUntil('>', 'the group’s name');
  if (/^[0-9]+$/.test(name)) return known(source, Number(name), start, pattern);
  const group = pattern.names.get(name);
  if (group === undefined) throw source.fault(`the pattern has no group ‹${name}›`, start);
  return group;
}

function known(source: Source, group: number, start: number, pattern: PythonPattern): number {
  if (group <= pattern.groups) return group;
  throw source.fault(`the pattern has no group ${group}`, start);
}
