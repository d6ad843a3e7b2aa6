// A counting semaphore: limits how many are inside at once.

/** Limits how many may be inside at once: `forks`, and `throttle` for one task. */
export class Semaphore {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Resolves with true when it had to wait. */
  async enter(): Promise<boolean> {
    if (this.#free > 0) {
      this.#free -= 1;
      return false;
    }
    await new Promise<void>((resolve) => {
      this.#queue.push(resolve);
    });
    return true;
  }

  leave(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#free += 1;
  }
}
