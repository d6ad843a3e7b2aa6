// Work that may take for ever, such as a regular expression that backtracks: it can be stopped in no other way.
import { createContext, Script } from 'node:vm';
import { SLOWEST } from '../base/limits.ts';

/** Thrown for work that took too long. */
export class TooSlow extends Error {}

type Box = { work: () => void };

let runner: { readonly box: Box; readonly run: () => void } | undefined;
let running = false;

/**
 * What `work` gives. Where it takes longer than a second it is stopped wherever it is, without its `finally`s: it may
 * leave nothing behind that is used again. Inside of other bounded work it shares its second.
 * @throws TooSlow
 */
export function bounded<T>(work: () => T): T {
  if (running) return work();
  runner ??= makeRunner();
  const done: { result?: { readonly value: T } } = {};
  runner.box.work = () => {
    done.result = { value: work() };
  };
  running = true;
  try {
    runner.run();
  } catch (error) {
    // Made in the other context, so it is none of our class Error.
    const stopped = typeof error === 'object' && error !== null && 'code' in error;
    if (stopped && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TooSlow();
    throw error;
  } finally {
    running = false;
    runner.box.work = idle;
  }
  if (!done.result) throw new TooSlow();
  return done.result.value;
}

/** One context for all work: making one takes longer than most of it. */
function makeRunner() {
  const box: Box = { work: idle };
  const context = createContext(box);
  const script = new Script('work()');
  return { box, run: () => void script.runInContext(context, { timeout: SLOWEST }) };
}

function idle(): void {}
