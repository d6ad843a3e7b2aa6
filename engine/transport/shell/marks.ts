// Splits one output stream of a framed shell into text and marks. Binary-safe, whatever the chunks.

/** `r` ready, `b` a frame begins, `f` its script isn't run since the guard said no, `e` it ended, `s` it was skipped. */
export interface Mark {
  readonly kind: 'r' | 'b' | 'f' | 'e' | 's';
  readonly number: number;
  readonly rest: string;
}

const longestMark = 40; // bytes after the nonce: ":e:", two numbers, newline

/** Feed it chunks; it calls `text` and `mark` in the order of the stream. What merely looks like a mark is text. */
export class MarkSplitter {
  readonly #nonce: Buffer;
  readonly #text: (bytes: Buffer) => void;
  readonly #mark: (mark: Mark) => boolean;
  #carry: Buffer = Buffer.alloc(0);

  /** `mark` answers whether the mark was expected; one that wasn't is text. */
  constructor(nonce: string, text: (bytes: Buffer) => void, mark: (mark: Mark) => boolean) {
    this.#nonce = Buffer.from(nonce);
    this.#text = text;
    this.#mark = mark;
  }

  push(chunk: Buffer): void {
    let rest = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    for (;;) {
      const at = rest.indexOf(this.#nonce);
      if (at < 0) break;
      this.#emit(rest.subarray(0, at));
      rest = rest.subarray(at);
      const end = rest.subarray(0, this.#nonce.length + longestMark).indexOf(10);
      if (end < 0 && rest.length < this.#nonce.length + longestMark) {
        this.#carry = rest;
        return;
      }
      const mark = end < 0 ? undefined : parseMark(rest.subarray(this.#nonce.length, end).toString('latin1'));
      const length = mark !== undefined && this.#mark(mark) ? end + 1 : this.#nonce.length;
      if (length === this.#nonce.length) this.#emit(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    const held = partialLength(rest, this.#nonce);
    this.#emit(rest.subarray(0, rest.length - held));
    this.#carry = rest.subarray(rest.length - held);
  }

  #emit(bytes: Buffer): void {
    if (bytes.length > 0) this.#text(bytes);
  }
}

function parseMark(text: string): Mark | undefined {
  const found = /^:([rbfes]):(\d{1,15})(?::([0-9a-z]*))?$/.exec(text);
  const [, kind, number, rest] = found ?? [];
  if (kind !== 'r' && kind !== 'b' && kind !== 'f' && kind !== 'e' && kind !== 's') return undefined;
  return { kind, number: Number(number), rest: rest ?? '' };
}

/** How many of the last bytes could be the beginning of the nonce. */
function partialLength(bytes: Buffer, nonce: Buffer): number {
  for (let length = Math.min(bytes.length, nonce.length - 1); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(nonce.subarray(0, length))) return length;
  }
  return 0;
}
