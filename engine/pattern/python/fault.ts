// What is wrong with a regular expression or a replacement of Python's kind.

/** A pattern that Python refuses, or that says what can't be said here. */
export class PatternFault extends Error {
  /** Where, in characters (UTF-16) of the source. */
  readonly start: number;
  readonly end: number;

  constructor(message: string, start: number, end: number) {
    super(message);
    this.start = start;
    this.end = end;
  }
}
