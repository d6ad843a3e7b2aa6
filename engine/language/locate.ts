// From a place inside a string's value to the place in its file, where the two can be matched.
import type { Position, SourceText } from './position.ts';

/** The position of `value.slice(start, end)` of a string. */
export type Locate = (start: number, end: number) => Position;

/** For a string of which only its position is known: exact when the value stands in the line as it is. */
export function locateInLine(value: string, at: Position): Locate {
  const offset = value.includes('\n') ? -1 : at.text.indexOf(value, Math.max(0, at.column - 1));
  if (offset < 0 || value.length === 0) return () => at;
  return (start, end) => ({ ...at, column: offset + start + 1, length: Math.max(1, end - start) });
}

/** For a whole file: every offset is its own. */
export function locateInFile(source: SourceText): Locate {
  return (start, end) => source.at(start, end);
}

/**
 * For a scalar that is quoted, folded or indented in `source` between `from` and `to`: the n-th occurrence of the
 * wanted piece in the value is the n-th in the source. The first line of the piece stands for it.
 */
export function locateInScalar(value: string, source: SourceText, from: number, to: number): Locate {
  const raw = source.text.slice(from, to);
  return (start, end) => {
    const piece = value.slice(start, end).split('\n', 1)[0] ?? '';
    if (piece.length > 0) {
      let found = -1;
      for (let seen = value.indexOf(piece); seen >= 0 && seen <= start; seen = value.indexOf(piece, seen + 1)) {
        found = raw.indexOf(piece, found + 1);
        if (found < 0) break;
        if (seen === start) return source.at(from + found, from + found + piece.length);
      }
    }
    return source.at(from, to);
  };
}
