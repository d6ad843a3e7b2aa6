// How far to look ahead. What is read ahead of a change is lost by it, so a host is read up to the next task that is
// expected to change something: what it answered last tells. Each change that wasn't expected costs a look to the end,
// so after a first one the window opens again slowly: one task, then two, then four, as TCP opens its own.
import { Missing } from '../../module/index.ts';
import type { ReadyItem } from '../list/bound.ts';
import { type ProbeReading, stateOf } from './probes.ts';

/** The look-ahead window of one host, in tasks. */
export class LookAhead {
  #changes = 0;
  #size = Number.POSITIVE_INFINITY;
  /** Keys of the items that were expected to change something. */
  readonly #expected = new Set<string>();
  readonly #dryRun: boolean;

  /** In a dry run nothing is changed: what was read is worth all the same. */
  constructor(dryRun: boolean) {
    this.#dryRun = dryRun;
  }

  /** True while nothing has changed: costly probes are read ahead only then. */
  get pristine(): boolean {
    return this.#changes === 0;
  }

  /** Tasks (of those that read something) to read with the message that is about to be sent. */
  get size(): number {
    return this.#size;
  }

  /** Whether the item is expected to change something or to fail: it would have, when `before` was read. */
  expects(item: ReadyItem, before: ProbeReading | undefined): boolean {
    if (this.#dryRun || before === undefined || isSettled(item, before)) return false;
    this.#expected.add(item.key);
    return true;
  }

  /** A change of the item is about to be sent: call before asking for the size of its look-ahead. */
  changed({ key }: ReadyItem): void {
    this.#changes += 1;
    if (this.#changes > 1 && !this.#expected.has(key)) this.#size = 1;
  }

  /** The window was used up without a change: the next is twice as wide. */
  exhausted(): void {
    this.#size *= 2;
  }
}

const settled = new WeakMap<ProbeReading, boolean>();

/** Whether the host, as it was read, had nothing to change for the item, nor anything to fail of it. */
function isSettled(item: ReadyItem, reading: ProbeReading): boolean {
  const known = settled.get(reading);
  if (known !== undefined) return known;
  const answer = hasNothingToDo(item, reading);
  settled.set(reading, answer);
  return answer;
}

function hasNothingToDo(item: ReadyItem, reading: ProbeReading): boolean {
  try {
    const state = stateOf(item, reading);
    if (state instanceof Missing) return false;
    const { changes, failure, wait } = item.module.plan(state, item.want);
    return changes.length === 0 && failure === undefined && wait === undefined;
  } catch {
    return false; // what is wrong is told in its turn
  }
}
