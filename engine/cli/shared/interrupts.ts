// Ctrl-C: the first lets the message in flight finish, the second drops the connections where they are.
import type { ProblemError } from '../../language/problem/problem.ts';
import type { Environment } from './environment.ts';

export interface Interrupts {
  /** Aborted by the first. */
  readonly stop: AbortSignal;
  /** Aborted by the second. */
  readonly abort: AbortSignal;
  /** Ends the run as the first does, for `why`. */
  halt(why: ProblemError): void;
  /** No longer listens. */
  end(): void;
}

export function listenToInterrupts(environment: Environment): Interrupts {
  const stop = new AbortController();
  const abort = new AbortController();
  const end = environment.onInterrupt(() => {
    if (stop.signal.aborted) return abort.abort();
    stop.abort();
    environment.stderr.write('\nInterrupted: waiting for what is in flight. Once more to drop the connections.\n');
  });
  return { stop: stop.signal, abort: abort.signal, halt: (why) => stop.abort(why), end };
}
