// Regular expressions of Python's kind: what Python refuses is refused, and what it means is meant. On texts, as `str`, or on
// the bytes of a file's lines, as Ansible matches them: then letters and digits are those of ASCII.
import { LONGEST_PATTERN } from '../../base/limits.ts';
import { PatternFault } from './fault.ts';
import { NO_FLAGS } from './flags.ts';
import { type Effort, runAt } from './machine.ts';
import { parsePattern } from './parse.ts';
import { type Codes, compileProgram, type Program } from './program.ts';

export { PatternFault } from './fault.ts';
export { type Effort, newEffort } from './machine.ts';

export interface PatternOptions {
  /** It is matched on UTF-8 and not on characters: subjects are of `bytes` too. */
  readonly bytes?: boolean;
  /** As the flags `(?m)` and `(?s)` have it. */
  readonly multiline?: boolean;
  readonly dotAll?: boolean;
}

/** A text that patterns are sought in. Places in it are counted in characters, or bytes. */
export class Subject {
  readonly codes: Codes;
  readonly #text: string;
  /** Where each character begins in the text, if they aren't all one unit long. */
  readonly #offsets: readonly number[] | undefined;

  /** @param text with `bytes`, each character of it is a byte */
  constructor(text: string, bytes = false) {
    this.#text = text;
    if (bytes || !/[\ud800-\udfff]/.test(text)) {
      this.codes = bytes ? Buffer.from(text, 'latin1') : unitsOf(text);
      return;
    }
    const offsets: number[] = [];
    const codes: number[] = [];
    let offset = 0;
    for (const char of text) {
      offsets.push(offset);
      codes.push(char.codePointAt(0) ?? 0);
      offset += char.length;
    }
    this.#offsets = [...offsets, offset];
    this.codes = Uint32Array.from(codes);
  }

  slice(from: number, to: number): string {
    const offsets = this.#offsets;
    return offsets ? this.#text.slice(offsets[from], offsets[to]) : this.#text.slice(from, to);
  }
}

function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at += 1) units[at] = text.charCodeAt(at);
  return units;
}

export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  /** What a group matched, 0 the whole; undefined where it took no part. */
  group(index: number): string | undefined;
  /** Where a group begins and ends. */
  span(index: number): readonly [number, number] | undefined;
}

export interface PythonPattern {
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  /** `(?m)`. */
  readonly multiline: boolean;
  readonly bytes: boolean;
  /**
   * The first match at `from` (0) or behind it; with `advance` none that is empty and stands right there.
   * @throws TooSlow once `effort` is used up
   */
  search(subject: Subject, effort: Effort, from?: number, advance?: boolean): PatternMatch | undefined;
  /** Whether the text begins with a match. @throws TooSlow */
  begins(subject: Subject, effort: Effort): boolean;
}

/** @throws PatternFault for what Python refuses, and for the little that can't be said here (`\N{…}`) */
export function compilePattern(source: string, options: PatternOptions = {}): PythonPattern {
  const { bytes = false, multiline = false, dotAll = false } = options;
  if (source.length > LONGEST_PATTERN) {
    throw new PatternFault(`it has more than ${LONGEST_PATTERN} characters`, 0, source.length);
  }
  const parsed = parsePattern(source, { ...NO_FLAGS, multiline, dotAll }, bytes);
  const program = compileProgram(parsed);
  return {
    groups: parsed.groups,
    names: parsed.names,
    multiline: parsed.flags.multiline,
    bytes,
    search: (subject, effort, from = 0, advance = false) => search(program, subject, effort, { from, advance }),
    begins: ({ codes }, effort) => runAt(program, codes, { start: 0, advance: false, effort }) !== undefined,
  };
}

function search(
  program: Program,
  subject: Subject,
  effort: Effort,
  { from, advance }: { from: number; advance: boolean },
): PatternMatch | undefined {
  const { codes } = subject;
  const [first] = program.code;
  // What begins with anything at all and isn't found from here is found from nowhere behind it.
  const last = beginsWithAnything(program) && !advance ? from : codes.length;
  for (let start = from; start <= last; start += 1) {
    if (first?.op === 'one') {
      // Most places are passed over without a start.
      while (start < codes.length && !first.test(codes[start] ?? 0)) start += 1;
      if (start >= codes.length) return undefined;
    }
    const slots = runAt(program, codes, { start, advance: advance && start === from, effort });
    if (slots) return matchOf(slots, subject);
  }
  return undefined;
}

/** `(?s).*`, in groups or not, as long as nothing asks what it took. */
function beginsWithAnything({ code }: Program): boolean {
  const first = code.find(({ op }) => op !== 'mark');
  if (first?.op !== 'many' || !first.all || first.min > 0 || Number.isFinite(first.max)) return false;
  return code.every(({ op }) => op !== 'back');
}

function matchOf(slots: readonly number[], subject: Subject): PatternMatch {
  const span = (index: number) => {
    const [from = -1, to = -1] = [slots[2 * index], slots[2 * index + 1]];
    return from < 0 || to < from ? undefined : ([from, to] as const);
  };
  const [start = 0, end = 0] = slots;
  return {
    start,
    end,
    span,
    group: (index) => {
      const at = span(index);
      return at && subject.slice(...at);
    },
  };
}
