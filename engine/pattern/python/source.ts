// A pattern's text as the parser reads it: a character at a time, a backslash together with what it escapes.
import { PatternFault } from './fault.ts';

export class Source {
  /** What comes next: a character, a backslash with its character, undefined at the end. */
  next: string | undefined;
  readonly #chars: readonly string[];
  /** UTF-16 offset of each character in what was written, and of the end. */
  readonly #offsets: readonly number[];
  #at = 0;

  /** `bytes`: the pattern is matched on UTF-8, and each of its bytes is a character. */
  constructor(written: string, bytes: boolean) {
    const chars: string[] = [];
    const offsets: number[] = [];
    let offset = 0;
    for (const char of written) {
      const parts = bytes && char > '\x7f' ? [...Buffer.from(char).toString('latin1')] : [char];
      for (const part of parts) {
        chars.push(part);
        offsets.push(offset);
      }
      offset += char.length;
    }
    this.#chars = chars;
    this.#offsets = [...offsets, offset];
    this.#read();
  }

  /** Characters read so far. */
  get at(): number {
    return this.#at;
  }

  set at(place: number) {
    this.#at = place;
    this.#read();
  }

  take(): string | undefined {
    const taken = this.next;
    this.#at += taken === undefined ? 0 : [...taken].length;
    this.#read();
    return taken;
  }

  /** Takes what is `wanted` if it comes next. */
  match(wanted: string): boolean {
    if (this.next !== wanted) return false;
    this.take();
    return true;
  }

  /** At most `most` characters that `fits` finds. */
  takeWhile(most: number, fits: RegExp): string {
    let taken = '';
    while (taken.length < most && this.next !== undefined && fits.test(this.next)) taken += this.take();
    return taken;
  }

  /** What stands before `end`, which is taken too. */
  takeUntil(end: string, what: string): string {
    const start = this.#at;
    let taken = '';
    while (this.next !== undefined && this.next !== end) taken += this.take();
    if (this.next === undefined) throw this.fault(`${what} has no end: ‹${end}› is missing`, start);
    if (taken === '') throw this.fault(`${what} is missing`, start);
    this.take();
    return taken;
  }

  /** Of what was read since `start`. */
  fault(message: string, start: number): PatternFault {
    const from = this.#offsets[start] ?? 0;
    const to = this.#offsets[Math.min(this.#at, this.#chars.length)] ?? from;
    return new PatternFault(message, from, Math.max(from, to));
  }

  #read(): void {
    const char = this.#chars[this.#at];
    if (char !== '\\') {
      this.next = char;
      return;
    }
    const escaped = this.#chars[this.#at + 1];
    if (escaped === undefined) {
      const start = this.#at;
      this.#at += 1;
      throw this.fault('the backslash at the end escapes nothing', start);
    }
    this.next = char + escaped;
  }
}
