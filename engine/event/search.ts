// Many strings sought in one pass (Wu and Manber 1994, blocks of two): what keeps redaction cheap with hundreds of patterns.

/** Where something was found: `start` and `end` in UTF-16 code units, and the label it was added under. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

interface Pattern {
  readonly text: string;
  readonly label: string;
}

const TABLE = 1 << 14;

function block(first: number, second: number): number {
  return ((first * 31) ^ second) & (TABLE - 1);
}

/** A fixed set of strings to look for, each with a label. Building it is linear in their total length. */
export class Search {
  readonly #window: number;
  readonly #shift: Uint16Array;
  readonly #buckets = new Map<number, Pattern[]>();

  /** @throws RangeError for a pattern shorter than two code units: it has no block to hash. */
  constructor(patterns: readonly Pattern[]) {
    this.#window = Math.min(0xffff, ...patterns.map(({ text }) => text.length));
    if (this.#window < 2) throw new RangeError('a pattern needs at least two characters');
    const last = this.#window - 1;
    this.#shift = new Uint16Array(TABLE).fill(patterns.length === 0 ? 0xffff : last);
    for (const pattern of patterns) {
      for (let at = 1; at <= last; at++) {
        const slot = block(pattern.text.charCodeAt(at - 1), pattern.text.charCodeAt(at));
        this.#shift[slot] = Math.min(this.#shift[slot] ?? last, last - at);
      }
      const slot = block(pattern.text.charCodeAt(last - 1), pattern.text.charCodeAt(last));
      this.#buckets.set(slot, [...(this.#buckets.get(slot) ?? []), pattern]);
    }
    for (const bucket of this.#buckets.values()) bucket.sort((a, b) => b.text.length - a.text.length);
  }

  /** Every place where a pattern starts, with the longest that starts there; matches may overlap. In order of `start`. */
  find(text: string): Match[] {
    const found: Match[] = [];
    const last = this.#window - 1;
    for (let at = last; at < text.length; ) {
      const slot = block(text.charCodeAt(at - 1), text.charCodeAt(at));
      const shift = this.#shift[slot] ?? 0;
      if (shift > 0) {
        at += shift;
        continue;
      }
      const start = at - last;
      const pattern = this.#buckets.get(slot)?.find((candidate) => text.startsWith(candidate.text, start));
      if (pattern !== undefined) found.push({ start, end: start + pattern.text.length, label: pattern.label });
      at += 1;
    }
    return found;
  }
}
