// How wide text is on a terminal, and cutting it to fit. Text here is already `visible`: it has no control characters.

// Wide and full-width blocks of Unicode's EastAsianWidth.txt, coarsely: a cell too many is better than one too few.
// Of our own, since string-width takes tens of milliseconds to load, in a run that is over in a few hundred;
// tests/differential/widths.test.ts holds the two against each other.
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d356}\u{1d360}-\u{1d376}\u{1f200}-\u{1f2ff}\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f7e0}-\u{1f7eb}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
/** Marks that take a cell beside the letter that they belong to. */
const SPACING = /(?!^)[\p{Mc}\uff9e\uff9f]/gu;
/** A cell each, and nothing joins them: Latin letters, punctuation, arrows, lines of tables. */
const PLAIN = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u257f]*$/;
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const SGR = /\x1b\[[0-9;]*m/g;

let segmenter: Intl.Segmenter | undefined;

/** Graphemes of `text`. Making a segmenter takes many milliseconds, and plain text needs none. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** Cells that `text` takes on a terminal, colours not counted. */
export function displayWidth(text: string): number {
  const bare = text.replace(SGR, '');
  if (PLAIN.test(bare)) return bare.length;
  let cells = 0;
  for (const { segment } of graphemes(bare)) cells += cellsOf(segment);
  return cells;
}

/** Cuts uncoloured `text` to at most `cells`, the last one an ellipsis where something was cut. */
export function truncate(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text;
  if (cells <= 0) return '';
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes(text)) {
    const next = used + cellsOf(segment);
    if (next > cells - 1) break;
    kept += segment;
    used = next;
  }
  return `${kept.trimEnd()}…`;
}

/** Fills `text` with spaces to `cells`, on the right or, for figures, on the left. */
export function pad(text: string, cells: number, side: 'left' | 'right' = 'right'): string {
  const space = ' '.repeat(Math.max(0, cells - displayWidth(text)));
  return side === 'left' ? space + text : text + space;
}

/** Breaks uncoloured `text` between words into lines of at most `cells`; a longer word stands alone and is not cut. */
export function wrap(text: string, cells: number): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(' ')) {
    if (line !== undefined && displayWidth(`${line} ${word}`) <= cells) line += ` ${word}`;
    else {
      if (line !== undefined) lines.push(line);
      line = word;
    }
  }
  return [...lines, line ?? ''];
}

function cellsOf(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return (WIDE.test(grapheme) ? 2 : 1) + (grapheme.match(SPACING)?.length ?? 0);
}
