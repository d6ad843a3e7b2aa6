// Where a piece of text stands, and the line it stands in, so that a Problem can show it with a caret.
/** A place in a source file. `line` and `column` count from 1; `length` is in UTF-16 code units, within the line. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The whole source line, without its line break. What is encrypted in it is masked. */
  readonly text: string;
  /** Secrets may stand in the source in clear text: nothing of the line may be shown (`isConfidential`, which looks at the line, too). */
  readonly confidential?: true;
}

/** A source text that can turn offsets into positions. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #confidential: boolean;
  readonly #starts: number[] = [0];
  /** Where a line ends in which `!secret` stands: below it is the secret, be it indented too little or in clear text. */
  readonly #sealed = new Set<number>();
  /** Lines that were shown, by their number from 0. */
  readonly #lines = new Map<number, string>();

  /** `confidential`: values stand in it that may be secret. Of other texts only the lines are that set one. */
  constructor(file: string, text: string, confidential = false) {
    this.file = file;
    this.text = text;
    this.#confidential = confidential;
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.#starts.push(i + 1);
    for (let i = text.indexOf('!secret'); i >= 0; i = text.indexOf('!secret', i + 1)) {
      const end = text.indexOf('\n', i);
      if (end >= 0) this.#sealed.add(end + 1);
    }
  }

  /** The same source with another text in it. */
  with(text: string): SourceText {
    return new SourceText(this.file, text, this.#confidential);
  }

  /** The position of `offset`; `end` bounds the caret's length and is cut at the end of the line. */
  at(offset: number, end: number = offset + 1): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const start = this.#starts[low] ?? 0;
    const text = this.#line(low);
    const column = offset - start + 1;
    const length = Math.max(1, Math.min(end, start + text.length) - offset);
    const confidential = this.#confidential || this.#sealed.has(start);
    return { file: this.file, line: low + 1, column, length, text, ...(confidential ? { confidential: true } : {}) };
  }

  #line(index: number): string {
    const known = this.#lines.get(index);
    if (known !== undefined) return known;
    const next = this.#starts[index + 1] ?? this.text.length + 1;
    const slice = this.text.slice(this.#starts[index], next - 1);
    const text = slice.endsWith('\r') ? slice.slice(0, -1) : slice;
    this.#lines.set(index, text);
    return text;
  }
}
