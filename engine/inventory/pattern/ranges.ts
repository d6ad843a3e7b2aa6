// Host ranges: `web[01:20].example.com`, `db[a:f]`, `n[0:10:2]`, several in one name.

/** What a range stands for, or what is wrong with it in words. */
export type Expansion =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'fault'; readonly fault: string };

/** One pattern may name at most this many hosts: a slip such as `[1:100000000]` must not eat the memory. */
export const MOST_NAMES = 65_536;

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Whether `text` holds a range. */
export function hasRange(text: string): boolean {
  return text.includes('[');
}

/**
 * Expands every `[begin:end]` or `[begin:end:step]` in `pattern`, leftmost slowest; both ends are in.
 * A number that begins with 0 keeps its width. Source: Ansible's `expand_hostname_range`.
 */
export function expandRange(pattern: string): Expansion {
  let heads: string[] = [''];
  let rest = pattern;
  while (hasRange(rest)) {
    const open = rest.indexOf('[');
    const close = rest.indexOf(']', open);
    if (close < 0) return fault(`the range in ‹${pattern}› has no ‹]›`);
    const members = expandBounds(rest.slice(open + 1, close), heads.length);
    if (typeof members === 'string') return fault(members);
    const before = rest.slice(0, open);
    heads = heads.flatMap((head) => members.map((member) => head + before + member));
    rest = rest.slice(close + 1);
  }
  if (rest.includes(']')) return fault(`‹${pattern}› has a ‹]› without its ‹[›`);
  return { kind: 'names', names: heads.map((head) => head + rest) };
}

/** The members of one range, or what is wrong with it; `factor` is how often they will be repeated. */
function expandBounds(range: string, factor: number): readonly string[] | string {
  const shown = `the range ‹[${range}]›`;
  const parts = range.split(':');
  if (parts.length < 2 || parts.length > 3) return `${shown} must be [begin:end] or [begin:end:step]`;
  const begin = parts[0] === '' ? '0' : (parts[0] ?? '0');
  const end = parts[1] ?? '';
  if (end === '') return `${shown} has no end`;
  const step = wholeNumber(parts[2] ?? '1');
  if (step === undefined || step < 1) return `${shown} needs a step that is a whole number of at least 1`;
  const letters = begin.length === 1 && end.length === 1 && LETTERS.includes(begin) && LETTERS.includes(end);
  const from = letters ? LETTERS.indexOf(begin) : wholeNumber(begin);
  const to = letters ? LETTERS.indexOf(end) : wholeNumber(end);
  if (from === undefined || to === undefined)
    return `${shown} must run between two whole numbers or two single letters`;
  const padded = !letters && begin.length > 1 && begin.startsWith('0');
  if (padded && begin.length !== end.length) return `${shown} must have ends of equal length, since it begins with 0`;
  if (from > to) return `${shown} begins after its end`;
  const count = Math.floor((to - from) / step) + 1;
  if (count * factor > MOST_NAMES)
    return `${shown} would make ${count * factor} hosts; at most ${MOST_NAMES} can come from one line`;
  return Array.from({ length: count }, (_, index) => {
    const value = from + index * step;
    return letters ? LETTERS.charAt(value) : String(value).padStart(padded ? begin.length : 0, '0');
  });
}

function wholeNumber(text: string): number | undefined {
  return /^[0-9]{1,12}$/.test(text) ? Number(text) : undefined;
}

function fault(text: string): Expansion {
  return { kind: 'fault', fault: text };
}
