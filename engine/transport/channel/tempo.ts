// How fast the hosts of a run are let in: what one of them takes tells how patient to be with the next.

/** Shared by all connections of a run. */
export class Tempo {
  /** Seconds of the slowest login so far. */
  #slowest = 0;
  /** When a host was last heard from on the way to its shell, in milliseconds of the monotonic clock. */
  heard = Number.NEGATIVE_INFINITY;

  /** A host has let us in after so many seconds. */
  add(seconds: number): void {
    this.#slowest = Math.max(this.#slowest, seconds);
    this.hear();
  }

  /** A host has said something on the way to its shell: whoever waits for another may be waiting for the same busy machine. */
  hear(): void {
    this.heard = performance.now();
  }

  /**
   * How long to wait for a shell where `seconds` would do on an idle host. Beginning a shell costs a host about what
   * the login did; fourfold, since it may have become busier.
   */
  patience(seconds: number): number {
    return Math.max(seconds, 4 * this.#slowest);
  }
}
