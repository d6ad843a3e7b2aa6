// What a task sends to a host or brings from it in pieces, counted while it goes: told once a second, and in the end.
import type { Transferred, Transferring } from '../../event/event.ts';
import type { Stdin } from '../../transport/channel/connection.ts';

/** Milliseconds between two words about it. */
const TOLD_EVERY = 1000;

/** All that goes over a channel of its own for one item. */
export class Transfer {
  readonly #tell: (so: Transferring) => void;
  #of = 0;
  #bytes = 0;
  #ms = 0;
  #toldAt = 0;

  constructor(tell: (so: Transferring) => void) {
    this.#tell = tell;
  }

  /** What has gone so far; undefined where nothing had to. */
  get done(): Transferred | undefined {
    return this.#bytes === 0 ? undefined : { bytes: this.#bytes, ms: Math.round(this.#ms) };
  }

  /** The same bytes, counted as they are taken. What is small goes with its message, and isn't. */
  sent(stdin: Stdin | undefined): Stdin | undefined {
    if (stdin === undefined || stdin instanceof Uint8Array) return stdin;
    return { length: stdin.length, chunks: () => this.counted(stdin.chunks(), stdin.length) };
  }

  /** The same pieces; `of` bytes are expected. */
  async *counted<T extends Uint8Array>(pieces: AsyncIterable<T>, of: number): AsyncGenerator<T, void> {
    this.#of += of;
    let since = performance.now();
    this.#toldAt ||= since;
    for await (const piece of pieces) {
      yield piece;
      const now = performance.now();
      this.#bytes += piece.length;
      this.#ms += now - since;
      since = now;
      if (now - this.#toldAt < TOLD_EVERY) continue;
      this.#toldAt = now;
      this.#tell({ bytes: this.#bytes, of: this.#of, ms: Math.round(this.#ms) });
    }
  }
}
