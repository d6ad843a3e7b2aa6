// Every wait has an owner and an end: a signal that aborts when its parent does or when time is up. (Node 20 loses
// `AbortSignal.any` of `AbortSignal.timeout` to the garbage collector, so the timer is our own.)
import { ProblemError } from '../../language/problem/problem.ts';
import type { Target } from './connection.ts';
import { Tempo } from './tempo.ts';

/** Signs of life may put the end off to this many times what is granted: all the longer where logins take long. */
const MOST = 6;

export class Deadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal | undefined;
  readonly #tempo: Tempo;
  #began = performance.now();
  readonly #onAbort = (): void => this.#controller.abort(this.#parent?.reason);
  #until = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isCleared = false;
  /** Seconds that were granted last. */
  seconds: number;
  /** True once the time was over, as opposed to the parent's abort. */
  passed = false;
  /** Something answers there, if only its kernel: as long as other hosts of the run are heard, ours may be the same busy machine. */
  answered = false;
  /** What the last try came to, while the next one is waited for: when the time ends there, that is why. */
  lastWord: ProblemError | undefined;

  constructor(seconds: number, parent?: AbortSignal, tempo = new Tempo()) {
    this.signal = this.#controller.signal;
    this.#parent = parent;
    this.#tempo = tempo;
    this.seconds = seconds;
    this.renew(seconds);
    if (parent?.aborted) this.#onAbort();
    else parent?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** There was a sign of life: so many seconds more from now, within bounds. */
  renew(seconds: number): void {
    this.seconds = seconds;
    this.#until = performance.now() + seconds * 1000;
    this.#wait();
  }

  /** The host has said something, which is a sign of life to whoever waits for another one, too. */
  hear(): void {
    this.answered = true;
    this.#tempo.hear();
    this.renew(this.seconds);
  }

  /** Milliseconds that have passed, without those that were spent aside. */
  get spent(): number {
    return performance.now() - this.#began;
  }

  /**
   * Waits for what isn't the host's to hasten, one thing at a time: a place among the logins, a jump host that has a time
   * of its own. The clock is stopped meanwhile.
   */
  async aside<T>(work: Promise<T>): Promise<T> {
    const stopped = performance.now();
    this.#isStopped = true;
    try {
      return await work;
    } finally {
      const passed = performance.now() - stopped;
      this.#began += passed;
      this.#until += passed;
      this.#isStopped = false;
      if (!this.#isCleared) this.#wait();
    }
  }

  /** To be called when the work is done. */
  clear(): void {
    this.#isCleared = true;
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener('abort', this.#onAbort);
  }

  /** Waits for what is left of the time, which others may have put off meanwhile. */
  #wait(): void {
    clearTimeout(this.#timer);
    if (this.signal.aborted || this.#isStopped) return;
    const left = this.#end() - performance.now();
    if (left > 0) {
      this.#timer = setTimeout(() => this.#wait(), left);
      return;
    }
    this.passed = true;
    this.#controller.abort(new Error(`no answer within ${this.seconds} s`));
  }

  #end(): number {
    const patience = 1000 * this.#tempo.patience(this.seconds);
    const others = this.answered ? this.#tempo.heard + patience : 0;
    const last = this.#began + MOST * patience;
    return Math.min(last, Math.max(this.#until, others));
  }
}

/** `work`, or the signal's reason if that is aborted first; `late` disposes of what comes nevertheless. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, late: (value: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason);
      work.then(late, () => undefined); // nobody waits for it any more
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * Reaches for a target within its `connect_timeout`, however long `work` itself would wait; `late` disposes of what
 * comes nevertheless.
 * @throws ProblemError `unreachable` when the time is over; the signal's reason when aborted
 */
export async function inTime<T>(
  { name, address, port, connectTimeout }: Target,
  { signal, tempo }: { readonly signal: AbortSignal; readonly tempo: Tempo },
  work: (deadline: Deadline) => Promise<T>,
  late: (value: T) => void,
): Promise<T> {
  const deadline = new Deadline(connectTimeout, signal, tempo);
  try {
    return await unlessAborted(work(deadline), deadline.signal, late);
  } catch (error) {
    signal.throwIfAborted();
    if (!deadline.passed || error instanceof ProblemError) throw error;
    if (deadline.lastWord !== undefined) throw deadline.lastWord;
    const where = port === undefined ? address : `${address}:${port}`;
    throw new ProblemError([
      {
        code: 'unreachable',
        summary: `${name} did not answer in time`,
        detail: `No login at ${where} within ${deadline.seconds} s.`,
        retry: 'never',
      },
    ]);
  } finally {
    deadline.clear();
  }
}
