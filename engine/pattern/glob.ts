// Patterns of names with `*`, `?` and sets, matched in a time that grows with both lengths alone: a regular expression made
// of several `*` would backtrack.

type Piece = '*' | ((char: string) => boolean);

/** What has a meaning in a pattern: `*` alone, `?` too, or what Python's fnmatch knows: `[abc]`, `[a-z]` and `[!abc]` as well. */
export type GlobSyntax = '*' | '*?' | 'fnmatch';

/** Whether a whole name matches the pattern, case and all. A set that is never closed is a bracket. */
export function globMatcher(glob: string, syntax: GlobSyntax): (name: string) => boolean {
  const pieces = piecesOf([...glob], syntax);
  return (name) => matches(pieces, [...name]);
}

function piecesOf(chars: readonly string[], syntax: GlobSyntax): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at];
    const set = char === '[' && syntax === 'fnmatch' ? readSet(chars, at) : undefined;
    if (char === '*') pieces.push('*');
    else if (char === '?' && syntax !== '*') pieces.push(() => true);
    else if (set) {
      pieces.push(set.has);
      at = set.end;
    } else pieces.push((other) => other === char);
  }
  return pieces;
}

/** Source: Python's `fnmatch.translate`. A `]` right after the bracket or after `!` is a member. */
function readSet(chars: readonly string[], start: number) {
  const negated = chars[start + 1] === '!';
  const from = start + (negated ? 2 : 1);
  const end = chars.indexOf(']', from + 1);
  if (end < 0) return undefined;
  const ranges: [low: string, high: string][] = [];
  for (let at = from; at < end; at += 1) {
    const low = chars[at] ?? '';
    const isRange = chars[at + 1] === '-' && at + 2 < end;
    ranges.push([low, isRange ? (chars[at + 2] ?? '') : low]);
    if (isRange) at += 2;
  }
  const point = (char: string) => char.codePointAt(0) ?? 0;
  const within = (char: string) =>
    ranges.some(([low, high]) => point(low) <= point(char) && point(char) <= point(high));
  return { has: (char: string) => within(char) !== negated, end };
}

/** Each `*` takes as little as it can; where that fails only the last one takes more: earlier ones have nothing to gain. */
function matches(pieces: readonly Piece[], name: readonly string[]): boolean {
  let at = 0;
  let piece = 0;
  let star: { readonly piece: number; taken: number } | undefined;
  while (at < name.length) {
    const wanted = pieces[piece];
    if (wanted === '*') star = { piece: piece++, taken: at };
    else if (wanted?.(name[at] ?? '')) {
      at += 1;
      piece += 1;
    } else if (star) {
      star.taken += 1;
      at = star.taken;
      piece = star.piece + 1;
    } else return false;
  }
  return pieces.slice(piece).every((rest) => rest === '*');
}
