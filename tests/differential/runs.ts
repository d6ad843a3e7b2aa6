// How many examples the differential tests try: a few in the suite, many where VRUN_DIFFERENTIAL is `full`.
const full = process.env.VRUN_DIFFERENTIAL === 'full';

export const RUNS = {
  archives: full ? 60 : 4,
} as const;
