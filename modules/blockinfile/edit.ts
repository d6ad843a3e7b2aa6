// A block of lines between two markers. The decisions of Ansible's blockinfile.
import { newEffort, type Subject } from '../../engine/pattern/python/pattern.ts';
import { ended, linesOf, type TextEdit } from '../../engine/resources/text/lines.ts';
import { linePattern, lineSubject } from '../../engine/resources/text/regular-expression.ts';

export interface BlockWant {
  readonly state: 'present' | 'absent';
  /** Empty: the block goes, as with `absent`. */
  readonly block: string;
  /** With `{mark}`. */
  readonly marker: string;
  /** What `{mark}` stands for in the first marker and in the last. */
  readonly begin: string;
  readonly end: string;
  /** Whether an empty line is put before a new block, and behind it, unless one is there. */
  readonly blankBefore: boolean;
  readonly blankAfter: boolean;
  /** `EOF` or a regular expression. */
  readonly insertafter: string | undefined;
  /** `BOF` or a regular expression. */
  readonly insertbefore: string | undefined;
}

/** The text with the block, or without. The last pair of markers counts; a marker without its other is left alone. */
export function editBlock(text: string, want: BlockWant): TextEdit {
  const rows = linesOf(text);
  const [begin, end] = markersOf(want);
  const present = want.state === 'present' && want.block !== '';
  const block = present ? [begin, ...linesOf(want.block).map((row) => row.replace(/\n$/, '')), end] : [];
  const last = rows.findLastIndex((row) => isMarker(row, end));
  const from = rows.findLastIndex((row, index) => index < last && isMarker(row, begin));
  const to = rows.findIndex((row, index) => index > from && isMarker(row, end));
  const there = from >= 0;
  if (!there && !present) return { text, words: '' };
  const place = there ? from : placeFor(text, rows, want);
  const before = rows.slice(0, place).map(ended);
  const after = rows.slice(there ? to + 1 : place);
  // All blocks between these markers go, also those that vrun didn't make.
  if (!present) return { ...editBlock([...before, ...after].join(''), want), words: 'block removed' };
  const words = there ? 'block replaced' : 'block added';
  const above = want.blankBefore && before.length > 0 && before.at(-1) !== '\n' ? ['\n'] : [];
  const below = want.blankAfter && after.length > 0 && after[0] !== '\n' ? ['\n'] : [];
  return { text: [...before, ...above, ...block.map((row) => `${row}\n`), ...below, ...after].join(''), words };
}

function markersOf({ marker, begin, end }: BlockWant): readonly [string, string] {
  return [marker.replaceAll('{mark}', begin), marker.replaceAll('{mark}', end)];
}

/** Behind the last line that fits `insertafter`, before the last that fits `insertbefore`, or at the end. */
function placeFor(text: string, rows: readonly string[], { insertafter, insertbefore }: BlockWant): number {
  if (insertbefore === 'BOF') return 0;
  const anchor = insertbefore ?? insertafter ?? 'EOF';
  if (insertbefore === undefined && anchor === 'EOF') return rows.length;
  const step = insertbefore === undefined ? 1 : 0;
  const pattern = linePattern(anchor);
  const effort = newEffort();
  if (!pattern.multiline) {
    const at = rows.findLastIndex((row) => pattern.search(lineSubject(ended(row)), effort) !== undefined);
    return at < 0 ? rows.length : at + step;
  }
  const subject: Subject = lineSubject(ended(text));
  const match = pattern.search(subject, effort);
  if (!match) return rows.length;
  const offset = insertbefore === undefined ? match.end : match.start;
  return Math.min(subject.slice(0, offset).split('\n').length - 1 + step, rows.length);
}

/** Whether the block has a line that is one of its own markers: it would not be found again as it is. */
export function holdsMarker(want: BlockWant): boolean {
  const markers = markersOf(want);
  return linesOf(want.block).some((row) => markers.some((one) => isMarker(row, one)));
}

/** Where the file ends at a marker, or its lines end with CR LF, it is one all the same. */
function isMarker(row: string, marker: string): boolean {
  return row.replace(/\r?\n$/, '') === marker;
}
