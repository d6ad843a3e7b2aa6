// The exit statuses of language.md.

export const EXIT = {
  ok: 0,
  usage: 1,
  failed: 2,
  wouldChange: 3,
  unreachable: 4,
  failedAndUnreachable: 6,
  interrupted: 130,
} as const;
