// One message after the other to each shell, whoever sends them.

export class InTurn {
  /** The last of each shell that is under way. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does the work once what came before it to the shell is through, however that ended. */
  add<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    const working = before ? before.then(work) : work();
    const settled = working
      .catch(() => undefined) // told to whoever sent it
      .then(() => {
        if (this.#last.get(name) === settled) this.#last.delete(name);
      });
    this.#last.set(name, settled);
    return working;
  }

  /** True while something is under way to the shell. */
  has(name: string): boolean {
    return this.#last.has(name);
  }

  /** Resolves once all that is under way is through. */
  async settled(): Promise<void> {
    await Promise.all(this.#last.values());
  }
}
