// What one side pushes, the other takes at its own pace, in order.

interface Taker<T> {
  resolve(result: IteratorResult<T>): void;
  reject(error: unknown): void;
}

/** Items wait for takers, or takers for items. */
export class EventQueue<T> {
  readonly #items: IteratorYieldResult<T>[] = [];
  readonly #takers: Taker<T>[] = [];
  #over: ((taker: Taker<T>) => void) | undefined;

  push(value: T): void {
    const item = { done: false as const, value };
    const taker = this.#takers.shift();
    if (taker) taker.resolve(item);
    else this.#items.push(item);
  }

  /** Nothing more comes. */
  end(): void {
    this.#close((taker) => taker.resolve({ done: true, value: undefined }));
  }

  /** Nothing more comes; the reader is told why. */
  fail(error: unknown): void {
    this.#close((taker) => taker.reject(error));
  }

  /** The next item, once there is one. */
  next(): Promise<IteratorResult<T>> {
    const item = this.#items.shift();
    if (item) return Promise.resolve(item);
    return new Promise((resolve, reject) => {
      const taker = { resolve, reject };
      if (this.#over) this.#over(taker);
      else this.#takers.push(taker);
    });
  }

  #close(tell: (taker: Taker<T>) => void): void {
    this.#over = tell;
    for (const taker of this.#takers.splice(0)) tell(taker);
  }
}
