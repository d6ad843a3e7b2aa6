// How often something is repeated: `*`, `+`, `?` and `{2,5}`.
import type { Source } from './source.ts';

export interface Counts {
  readonly min: number;
  /** `Infinity`: without an end. */
  readonly max: number;
}

/** Beyond this Python refuses a number of repetitions. */
const MOST_REPEATS = 4_294_967_294;

/** Of `*`, `+` and `?`. */
export function countsOf(token: string): Counts {
  return { min: token === '+' ? 1 : 0, max: token === '?' ? 1 : Number.POSITIVE_INFINITY };
}

/** What a `{`, which is taken, begins at `start`; undefined where it stands for itself. */
export function readCounts(source: Source, start: number): Counts | undefined {
  const back = source.at;
  const low = source.takeWhile(Number.POSITIVE_INFINITY, /^[0-9]$/);
  const high = source.match(',') ? source.takeWhile(Number.POSITIVE_INFINITY, /^[0-9]$/) : low;
  const empty = source.at === back;
  if (!source.match('}') || empty) {
    source.at = back;
    return undefined;
  }
  const [min, max] = [Number(low), high === '' ? Number.POSITIVE_INFINITY : Number(high)];
  if (min > MOST_REPEATS || (Number.isFinite(max) && max > MOST_REPEATS)) {
    throw source.fault('this number of repetitions is too large', start);
  }
  if (max < min) throw source.fault('the most repetitions are fewer than the fewest', start);
  return { min, max };
}
