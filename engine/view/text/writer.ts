// Writes text to a stream whose reader may go away: `vrun … | head` must not end the run.
import type { Writable } from 'node:stream';

/** Writing that never throws. After the first error of the stream everything is dropped. */
export class Writer {
  readonly #stream: Writable;
  #error: Error | undefined;
  readonly #onError = (error: Error): void => {
    this.#error ??= error;
  };

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', this.#onError);
  }

  /** What went wrong; a reader that went away (EPIPE) counts too. */
  get error(): Error | undefined {
    return this.#error;
  }

  write(text: string): void {
    if (text !== '' && !this.#gone()) this.#stream.write(text);
  }

  /** The same for what many events say: what comes in one turn of the event loop is written at once. */
  gather(text: string): void {
    if (this.#stream.writableCorked === 0) {
      this.#stream.cork();
      setImmediate(() => this.#stream.uncork());
    }
    this.write(text);
  }

  /** Resolves once everything is written, or the stream is broken. The stream itself stays open. */
  async close(): Promise<void> {
    if (!this.#gone()) await new Promise<void>((resolve) => this.#stream.write('', () => resolve()));
    // A broken pipe may be reported after the write that broke it: the listener stays on a stream that has failed.
    if (!this.#gone()) this.#stream.off('error', this.#onError);
  }

  #gone(): boolean {
    return this.#error !== undefined || this.#stream.destroyed || this.#stream.writableEnded;
  }
}
