// A signal that aborts when its parent does or when time is up. (Node 20 loses `AbortSignal.any` of `AbortSignal.timeout`
// to the garbage collector, so the timer is our own.)

export class Deadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #parent: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#controller.abort(this.#parent?.reason);
  /** True once the time was over, as opposed to the parent's abort. */
  passed = false;

  constructor(seconds: number, parent?: AbortSignal) {
    this.signal = this.#controller.signal;
    this.#parent = parent;
    this.#timer = setTimeout(() => {
      this.passed = true;
      this.#controller.abort(new Error(`no answer within ${seconds} s`));
    }, seconds * 1000);
    if (parent?.aborted) this.#onAbort();
    else parent?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** To be called when the work is done. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener('abort', this.#onAbort);
  }
}
