// Samples to figures: medians, and the goals that are held against them.

/** @typedef {import('./runner.js').Figures} Figures */

const UNITS = { seconds: 's', cpu: 's of processor', megabytes: 'MB', failed: 'hosts failed' };

/** The middle one, or the mean of the two in the middle. */
export function median(/** @type {readonly number[]} */ values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

/**
 * What a side's samples come to: the median, and of what failed the worst.
 * @param {readonly Figures[] | undefined} samples
 * @param {string} measure
 * @returns {number | undefined} undefined where it wasn't measured
 */
export function figureOf(samples, measure) {
  const values = (samples ?? []).flatMap((sample) => sample[measure] ?? []);
  if (values.length === 0) return undefined;
  return measure === 'failed' ? Math.max(...values) : median(values);
}

/**
 * The goals of a case, each with what was measured; a goal whose sides weren't all run is left out.
 * @param {import('./cases.js').Case} each
 * @param {Readonly<Record<string, readonly Figures[]>>} samples  by side
 * @returns {{ what: string, measured: number, aim: string, met: boolean }[]}
 */
export function goalsOf({ goals = [] }, samples) {
  return goals.flatMap(({ of, over, beyond, measure = 'seconds', atMost, atLeast }) => {
    const own = figureOf(samples[of], measure);
    const other = figureOf(samples[over ?? beyond ?? of], measure);
    if (own === undefined || other === undefined) return [];
    const measured = over ? own / other : beyond ? own - other : own;
    const unit = over ? '' : ` ${UNITS[measure]}`;
    return [
      {
        what: over ? `${of} / ${over}` : beyond ? `${of} − ${beyond},${unit}` : `${of},${unit}`,
        measured,
        aim: atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`,
        met: atMost === undefined ? measured >= (atLeast ?? NaN) : measured <= atMost,
      },
    ];
  });
}

/**
 * How many round trips a side waits for: what each second more of round-trip time costs it.
 * @param {readonly { delay: number, samples: readonly Figures[] | undefined }[]} places  the same with two delays, in milliseconds
 * @returns {number | undefined}
 */
export function roundTrips([near, far]) {
  const [short, long] = [near, far].map((place) => figureOf(place?.samples, 'seconds'));
  if (short === undefined || long === undefined) return undefined;
  return (long - short) / ((far.delay - near.delay) / 1000);
}

/** Seconds and their like, with as many digits as say something. */
export function digits(/** @type {number} */ value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}
