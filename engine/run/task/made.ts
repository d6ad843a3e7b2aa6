// How far the changes of a task that failed came: what the answers to its steps say, and what the host says then.
import type { Effect, Made, Status } from '../../event/event.ts';
import type { Change, Output, Step } from '../../module/index.ts';

/** What a failed task's changes came to, one for each of them, and what that leaves. */
export interface Progress {
  readonly made: readonly Made[];
  readonly effect: Effect | undefined;
}

/** The same for each of the changes. */
export function allMade(changes: readonly Change[], made: Made): Progress {
  return progressOf(changes.map(() => made));
}

/**
 * Of changes whose steps ran until the one at `bad`, counted over all of them, failed. `putBack`: what its change had done
 * by then was taken back.
 */
export function madeUntil(
  changes: readonly Change[],
  { bad, timedOut, putBack }: { readonly bad: number; readonly timedOut: boolean; readonly putBack: boolean },
): Progress {
  let first = 0;
  return progressOf(
    changes.map(({ steps }): Made => {
      const at = bad - first;
      first += steps.length;
      const step = steps[at];
      if (at < 0) return 'not begun';
      if (!step) return 'done';
      if (at > 0) return putBack ? 'put back' : 'partly';
      return failing(step, timedOut);
    }),
  );
}

/** A file is written whole or not at all; of a script nobody knows what it did before it failed. */
function failing(step: Step, timedOut: boolean): Made {
  if (!('run' in step)) return 'not begun';
  return timedOut ? 'not known' : 'failed';
}

/** Of changes all of whose steps came to their end; what is judged by its status alone may have failed all the same. */
export function madeOf(changes: readonly Change[], outputs: readonly Output[]): Progress {
  let first = 0;
  return progressOf(
    changes.map(({ steps }): Made => {
      const failed = steps.findIndex((step, index) => isRefused(step, outputs[first + index]));
      first += steps.length;
      return failed < 0 ? 'done' : failed === 0 ? 'failed' : 'partly';
    }),
  );
}

function isRefused(step: Step, output: Output | undefined): boolean {
  return 'run' in step && step.accept === 'any' && output !== undefined && output.status !== 0;
}

/** Of changes after which the host was read again, where `left` is still to be changed. `undone`: what is said of those. */
export function madeBut(changes: readonly Change[], left: readonly Change[], undone: 'failed' | 'not begun'): Progress {
  const same = (one: Change, other: Change) => one.op === other.op && one.what === other.what && one.to === other.to;
  return progressOf(
    changes.map((change): Made => {
      if (left.some((other) => same(change, other) && change.from === other.from)) return undone;
      const rest = left.filter((other) => !changes.some((planned) => planned !== change && same(planned, other)));
      return rest.some(({ what }) => what === change.what) ? 'partly' : 'done';
    }),
  );
}

/** `least`: what is left in any case. */
export function progressOf(made: readonly Made[], least?: Effect): Progress {
  const has = (...some: readonly Made[]) => made.some((one) => some.includes(one));
  return { made, effect: has('done', 'partly') ? 'half-way' : has('not known') ? 'in flight' : least };
}

/** What a loop leaves that failed: an item that changed something is half the way. In a dry run nothing was done. */
export function effectOfLoop(items: readonly LoopedItem[]): { readonly effect?: Effect } {
  const acted = items.filter(({ progress }) => progress);
  if (acted.some(({ status, progress }) => status === 'changed' || progress?.effect === 'half-way')) {
    return { effect: 'half-way' };
  }
  return acted.some(({ progress }) => progress?.effect) ? { effect: 'in flight' } : {};
}

interface LoopedItem {
  readonly status: Status;
  readonly progress?: Progress;
}
