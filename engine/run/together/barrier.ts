// A barrier: hosts of a batch run free of each other, and wait here until all of them have come as far.

/** Knows how far each host has come and lets hosts wait for the others. */
export class Barrier {
  readonly #positions: Map<string, readonly number[]>;
  #waiting: { readonly order: readonly number[]; readonly resolve: () => void }[] = [];

  constructor(hosts: readonly string[]) {
    this.#positions = new Map(hosts.map((host) => [host, []]));
  }

  /** The host has come to the task at `order`. */
  advance(host: string, order: readonly number[]): void {
    this.#positions.set(host, order);
    this.#release();
  }

  /** The host runs no more tasks: nobody waits for it. */
  leave(host: string): void {
    this.#positions.delete(host);
    this.#release();
  }

  /** Those of `hosts` that stand at `order` itself: neither gone nor further on. */
  at(order: readonly number[], hosts: readonly string[]): readonly string[] {
    return hosts.filter((host) => {
      const position = this.#positions.get(host);
      return position !== undefined && compareOrder(position, order) === 0;
    });
  }

  /** Resolves when every host that still runs has come as far as `order`. */
  arrive(host: string, order: readonly number[]): Promise<void> {
    const arrived = new Promise<void>((resolve) => {
      this.#waiting.push({ order, resolve });
    });
    this.advance(host, order);
    return arrived;
  }

  #release(): void {
    if (this.#waiting.length === 0) return;
    const reached = (order: readonly number[]) =>
      [...this.#positions.values()].every((position) => compareOrder(position, order) >= 0);
    const free = this.#waiting.filter(({ order }) => reached(order));
    this.#waiting = this.#waiting.filter((waiter) => !free.includes(waiter));
    for (const { resolve } of free) resolve();
  }
}

/** Compares two places in a play, element by element: negative when `one` comes first. */
export function compareOrder(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? -1) - (other[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
