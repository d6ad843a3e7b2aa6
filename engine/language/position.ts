// Where a piece of text stands, and the line it stands in, so that a Problem can show it with a caret.
import { setsSecret } from './confidential.ts';

/** A place in a source file. `line` and `column` count from 1; `length` is in UTF-16 code units, within the line. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The whole source line, without its line break. What is encrypted in it is masked. */
  readonly text: string;
  /** The line may hold a secret in clear text: neither it nor anything of it may be shown (`veiled`). */
  readonly confidential?: true;
}

/** A source text that can turn offsets into positions. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #confidential: boolean;
  readonly #starts: number[] = [0];

  /** `confidential`: values stand in it that may be secret. Of other texts only lines are, those that set a secret. */
  constructor(file: string, text: string, confidential = false) {
    this.file = file;
    this.text = text;
    this.#confidential = confidential;
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.#starts.push(i + 1);
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
    const next = this.#starts[low + 1] ?? this.text.length + 1;
    const text = this.text.slice(start, next - 1).replace(/\r$/, '');
    const column = offset - start + 1;
    return {
      file: this.file,
      line: low + 1,
      column,
      length: Math.max(1, Math.min(end, start + text.length) - offset),
      text,
      ...(this.#confidential || setsSecret(text) || this.#followsTag(low) ? { confidential: true } : {}),
    };
  }

  /** Below `name: !secret |` stands the secret, though indented too little, or in clear text. */
  #followsTag(line: number): boolean {
    return /!secret\b/.test(this.text.slice(this.#starts[line - 1] ?? 0, this.#starts[line] ?? 0));
  }
}
