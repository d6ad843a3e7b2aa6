// How far to look ahead. Everything that is read before a change is lost by it, so the first change costs a look to
// the end again, and each further one opens the window again: one task, then two, then four, as TCP opens its own.

/** The look-ahead window of one host, in tasks. */
export class LookAhead {
  #changes = 0;
  #size = Number.POSITIVE_INFINITY;

  /** True while nothing has changed: costly probes are read ahead only then. */
  get pristine(): boolean {
    return this.#changes === 0;
  }

  /** Tasks (of those that read something) to read with the message that is about to be sent. */
  get size(): number {
    return this.#size;
  }

  /** A change is about to be sent: call before asking for the size of its look-ahead. */
  changed(): void {
    this.#changes += 1;
    this.#size = this.#changes === 1 ? Number.POSITIVE_INFINITY : 1;
  }

  /** The window was used up without a change: the next is twice as wide. */
  exhausted(): void {
    this.#size *= 2;
  }
}
