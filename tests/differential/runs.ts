// How many examples the differential tests try: a few in the suite, many where VRUN_DIFFERENTIAL is `full`.
export const FULL = process.env.VRUN_DIFFERENTIAL === 'full';

export const RUNS = {
  archives: FULL ? 60 : 4,
  /** Of a module whose share is 1; each has one to three tasks. */
  trials: Number(process.env.VRUN_DIFFERENTIAL_TRIALS ?? (FULL ? 150 : 4)),
  /** Each with two patterns. */
  inventories: FULL ? 300 : 50,
  /** Regular expressions, and as many replacements. */
  patterns: FULL ? 6000 : 400,
  npm: FULL ? 60 : 4,
  prisma: FULL ? 99 : 2,
} as const;
