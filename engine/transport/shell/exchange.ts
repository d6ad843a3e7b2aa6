// One message under way: which frame runs, how long it may, and the answers that came.
import type { Answer, Budget, Frame } from '../channel/connection.ts';

/** Seconds that a frame has where nothing is left of its budget: so that it is stopped, and tells that it was. */
const LEAST = 0.1;

/** Answers are queued whether or not anyone is reading, so a reader that stops early leaves a usable shell. */
export class Exchange {
  readonly #frames: readonly Frame[];
  readonly #overran: (frame: Frame, at: number, rest: boolean) => void;
  readonly #answers: Answer[] = [];
  readonly done: Promise<void>;
  #finish: () => void = () => undefined;
  #wake: () => void = () => undefined;
  #onChange: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #timedOut = false;
  #started = 0;
  /** What a frame that only reads may still take, once the run is to end, in milliseconds. */
  #grace = Number.POSITIVE_INFINITY;
  readonly #spent = new Map<Budget, number>();
  #error: unknown;
  #failed = false;

  /**
   * `overran` is called when the running frame's time is over, with its place in the message; its answer will then say
   * `timedOut`. `rest`: the frames after it aren't wanted any more, either.
   */
  constructor(frames: readonly Frame[], overran: (frame: Frame, at: number, rest: boolean) => void) {
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
    const timeout = this.#secondsFor(frame);
    this.#started = performance.now();
    this.#limit(frame, timeout, timeout * 1000);
  }

  /** The run is to end: a frame that is no step is given `ms` more, and steps their time. */
  hurry(ms: number): void {
    this.#grace = ms;
    const frame = this.#frames[this.#answers.length];
    if (frame === undefined || this.#failed || this.#timedOut || this.#timer === undefined) return;
    const timeout = this.#secondsFor(frame);
    this.#limit(frame, timeout, timeout * 1000 - (performance.now() - this.#started));
  }

  /** Has the running frame stopped after `ms`, or sooner where nobody is to wait for it. */
  #limit(frame: Frame, timeout: number, ms: number): void {
    clearTimeout(this.#timer);
    const hurried = frame.step === undefined && this.#grace < ms;
    const seconds = hurried ? Math.min(timeout, (performance.now() - this.#started + this.#grace) / 1000) : timeout;
    this.#timer = setTimeout(
      () => {
        this.#timedOut = true;
        this.#overran({ ...frame, timeout: seconds }, this.#answers.length, hurried);
      },
      hurried ? this.#grace : ms,
    );
  }

  /** Resolves at the next answer, or when the exchange failed. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onChange = resolve;
    });
  }

  take(answer: Answer): void {
    const seconds = (performance.now() - this.#started) / 1000;
    const budget = this.#frames[this.#answers.length]?.budget;
    if (budget) this.#spent.set(budget, (this.#spent.get(budget) ?? 0) + seconds);
    this.#answers.push({ ...answer, seconds, timedOut: this.#timedOut && !answer.skipped });
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

  /** What the frame may take, of its own time and of what is left of that which it shares. */
  #secondsFor({ timeout, budget }: Frame): number {
    if (!budget) return timeout;
    return Math.min(timeout, Math.max(LEAST, budget.seconds - (this.#spent.get(budget) ?? 0)));
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
