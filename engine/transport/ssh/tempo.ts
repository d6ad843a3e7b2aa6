// How fast the hosts of a run are let in: what one of them takes tells how patient to be with the next.

/** Shared by all connections of a run. Times are in seconds. */
export class Tempo {
  /** Logins that came about so far. */
  logins = 0;
  #slowest = 0;
  readonly #waiting = new Set<() => void>();

  /** A host has let us in after so long. */
  add(seconds: number): void {
    this.logins += 1;
    this.#slowest = Math.max(this.#slowest, seconds);
  }

  /** A shell has begun: whoever waits for another one may be waiting for the same busy machine. */
  opened(): void {
    for (const told of this.#waiting) told();
  }

  /** Calls `told` whenever a shell has begun, until what it returns is called. */
  onOpened(told: () => void): () => void {
    this.#waiting.add(told);
    return () => this.#waiting.delete(told);
  }

  /**
   * How long to wait for a shell where `seconds` would do on an idle host. Beginning a shell costs a host about what
   * the login did; fourfold, since it may have become busier.
   */
  patience(seconds: number): number {
    return Math.max(seconds, 4 * this.#slowest);
  }
}
