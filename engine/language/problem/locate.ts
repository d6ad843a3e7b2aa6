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
 * For a scalar that is quoted, folded or indented in `source` between `from` and `to`. Where each line of the value stands
 * there as it is, the place is in that line; else the n-th occurrence of the wanted piece in the value is the n-th in the
 * source. The first line of the piece stands for it.
 */
export function locateInScalar(value: string, source: SourceText, from: number, to: number): Locate {
  const raw = source.text.slice(from, to);
  let lines: readonly Line[] | undefined | 'unknown' = 'unknown';
  const counted = new Map<string, { seen: number; found: number }>();
  return (start, end) => {
    const piece = value.slice(start, end).split('\n', 1)[0] ?? '';
    if (piece.length === 0) return source.at(from, to);
    if (lines === 'unknown') lines = matchingLines(value, raw);
    const found = lines ? inLine(lines, start) : nthOccurrence(piece, start, { value, raw, counted });
    return found < 0 ? source.at(from, to) : source.at(from + found, from + found + piece.length);
  };
}

/** A line of a value: its offset there, and in the source. */
interface Line {
  readonly inValue: number;
  readonly inRaw: number;
}

/** Undefined where a line isn't in the source as it is: it was folded, or has escapes. */
function matchingLines(value: string, raw: string): readonly Line[] | undefined {
  const found: Line[] = [];
  let inValue = 0;
  let searched = 0;
  for (const line of value.split('\n')) {
    const inRaw = raw.indexOf(line, searched);
    if (inRaw < 0) return undefined;
    found.push({ inValue, inRaw });
    inValue += line.length + 1;
    searched = inRaw + line.length;
  }
  return found;
}

function inLine(lines: readonly Line[], start: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle]?.inValue ?? 0) <= start) low = middle;
    else high = middle - 1;
  }
  const line = lines[low];
  return line ? line.inRaw + start - line.inValue : -1;
}

interface Texts {
  readonly value: string;
  readonly raw: string;
  /** How far each piece was counted: places are asked for in their order, mostly. */
  readonly counted: Map<string, { seen: number; found: number }>;
}

function nthOccurrence(piece: string, start: number, { value, raw, counted }: Texts): number {
  let at = counted.get(piece);
  if (!at || at.seen > start) at = { seen: value.indexOf(piece), found: raw.indexOf(piece) };
  while (at.seen >= 0 && at.seen < start && at.found >= 0) {
    at = { seen: value.indexOf(piece, at.seen + 1), found: raw.indexOf(piece, at.found + 1) };
  }
  counted.set(piece, at);
  return at.seen === start ? at.found : -1;
}
