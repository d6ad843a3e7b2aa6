// Markdown (CommonMark 0.31 and GitHub's tables) from text that nobody vouches for: it can't become a link, HTML or a table.
import { visible } from '../../language/problem/visible.ts';
import { oneLine } from '../text/phrases.ts';
import { displayWidth, pad } from '../text/width.ts';

// Letters, figures and marks that mean nothing in Markdown where they stand inside a line.
const HARMLESS = /^[\p{L}\p{N}][\p{L}\p{N} ,.'()/+%=?–-]*(?:: [\p{L}\p{N} ,.'()/+%=?–-]+)*$/u;
// What GitHub makes a link of without being asked, and what begins a list.
const TROUBLE = /www\.|:\/\/|^\d+[.)](?: |$)/i;
const LONGEST = 1000;

/** Text within a line: as it is where it is plain words, else as code. */
export function inline(text: string): string {
  const line = shorten(oneLine(text));
  return HARMLESS.test(line) && !TROUBLE.test(line) && line === line.trim() ? line : code(text);
}

/** A code span, with more backticks around it than it has inside. */
export function code(text: string): string {
  const line = shorten(oneLine(text));
  if (line.trim() === '') return '(empty)';
  const ticks = '`'.repeat(longestRun(line) + 1);
  const space = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return ticks + space + line + space + ticks;
}

/** A fenced block; `info` is its language. Its fence is longer than any inside. */
export function fence(lines: readonly string[], info: string): string[] {
  const text = lines.flatMap((line) => visible(line).split('\n'));
  const ticks = '`'.repeat(Math.max(3, ...text.map((line) => longestRun(line) + 1)));
  return [`${ticks}${info}`, ...text, ticks];
}

// Columns are aligned for whoever reads the text itself, up to this width.
const WIDEST_COLUMN = 72;

/** A table. Cells are Markdown already; the columns `figures` stand on the right. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  figures: readonly number[] = [],
): string[] {
  const cells = [headings, ...rows].map((row) => row.map(cell));
  const widths = headings.map((_, column) => {
    const widest = Math.max(3, ...cells.map((row) => displayWidth(row[column] ?? '')));
    return Math.min(widest, WIDEST_COLUMN);
  });
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => pad(text, widths[column] ?? 0, figures.includes(column) ? 'left' : 'right')).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    figures.includes(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  const [head = [], ...body] = cells;
  return [line(head), line(rule), ...body.map(line)];
}

/** A `|` ends a cell even inside code, and readers differ on how it is escaped: it is written out. */
function cell(markdown: string): string {
  return markdown.replaceAll('|', '\\x7c');
}

function shorten(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
