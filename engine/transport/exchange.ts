// One message under way: which frame runs, how long it may, and the answers that came.
import type { Answer, Frame } from './connection.ts';

/** Answers are queued whether or not anyone is reading, so a reader that stops early leaves a usable shell. */
export class Exchange {
  readonly #frames: readonly Frame[];
  readonly #overran: (frame: Frame) => void;
  readonly #answers: Answer[] = [];
  readonly done: Promise<void>;
  #finish: () => void = () => undefined;
  #wake: () => void = () => undefined;
  #onChange: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #timedOut = false;
  #error: unknown;
  #failed = false;

  /** `overran` is called when the running frame's time is over; its answer will then say `timedOut`. */
  constructor(frames: readonly Frame[], overran: (frame: Frame) => void) {
    this.#frames = frames;
    this.#overran = overran;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Call when the message's bytes are written. */
  start(): void {
    clearTimeout(this.#timer);
    this.#timedOut = false;
    const frame = this.#frames[this.#answers.length];
    if (frame === undefined || this.#failed) {
      this.#finish();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.#overran(frame);
    }, frame.timeout * 1000);
  }

  /** Resolves at the next answer, or when the exchange failed. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onChange = resolve;
    });
  }

  take(answer: Answer): void {
    this.#answers.push(this.#timedOut && !answer.skipped ? { ...answer, timedOut: true } : answer);
    this.start();
    this.#onChange();
    this.#wake();
  }

  fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#error = error;
    clearTimeout(this.#timer);
    this.#finish();
    this.#onChange();
    this.#wake();
  }

  async *answers(): AsyncGenerator<Answer, void> {
    for (let given = 0; given < this.#frames.length; given++) {
      while (this.#answers.length <= given) {
        if (this.#failed) throw this.#error;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      const answer = this.#answers[given];
      if (answer !== undefined) yield answer;
    }
  }
}
