// What is larger than one message of the broker goes in several, one after the other: the first byte of each says whether it is the last.

const LAST = 0;
const MORE = 1;

/** The bytes in messages of at most `most` bytes. */
export function partsOf(bytes: Uint8Array, most: number): readonly Uint8Array[] {
  const room = most - 1;
  const count = Math.max(1, Math.ceil(bytes.length / room));
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat([Buffer.of(index === count - 1 ? LAST : MORE), bytes.subarray(index * room, (index + 1) * room)]),
  );
}

/** Whole messages of several senders; what a sender began and didn't end is forgotten when it sends by another name. */
export class Assembly {
  readonly #begun = new Map<string, { readonly attempt: number; readonly parts: Uint8Array[] }>();

  /** Takes a part of `sender` in its `attempt`; the whole once its last part is there. */
  take(sender: string, attempt: number, part: Uint8Array): Uint8Array | undefined {
    const before = this.#begun.get(sender);
    const parts = before?.attempt === attempt ? before.parts : [];
    parts.push(part.subarray(1));
    if (part[0] === MORE) {
      this.#begun.set(sender, { attempt, parts });
      return undefined;
    }
    this.#begun.delete(sender);
    return Buffer.concat(parts);
  }
}

/** What came as one message; undefined for a part of a larger one. */
export function wholeOf(part: Uint8Array): Uint8Array | undefined {
  return part[0] === LAST ? part.subarray(1) : undefined;
}
