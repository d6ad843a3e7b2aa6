// "Did you mean …?": the candidates that are a slip of the finger away.

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each costing 1. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** Words longer than this are nobody's slip of the finger. */
const LONGEST = 100;

/**
 * The candidates nearest to `word`, best first, at most `max`. Case and `-`/`_` count as equal; a third of the
 * word's length may differ, and a longer candidate that starts with the word is near too.
 */
export function nearest(word: string, candidates: Iterable<string>, max = 3): string[] {
  if (word.length === 0 || word.length > LONGEST) return [];
  const folded = fold(word);
  const limit = Math.max(1, Math.floor(word.length / 3));
  const found: { readonly name: string; readonly score: number }[] = [];
  for (const name of new Set(candidates)) {
    if (name === word) continue;
    const other = fold(name);
    const edits = distance(folded, other, limit);
    if (edits <= limit) found.push({ name, score: edits });
    else if (folded.length >= 3 && other.startsWith(folded)) found.push({ name, score: limit + 0.5 });
  }
  found.sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1));
  return found.slice(0, max).map(({ name }) => name);
}

const fold = (word: string) => word.toLowerCase().replaceAll('-', '_');

/** "Did you mean ‹copy›?", or undefined when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const names = nearest(word, candidates).map((name) => `‹${name}›`);
  if (names.length === 0) return undefined;
  const last = names.pop() ?? '';
  return `Did you mean ${names.length > 0 ? `${names.join(', ')} or ${last}` : last}?`;
}
