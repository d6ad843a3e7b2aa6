// Tables of text that fit the terminal: wide headings first, then short ones, then without the least needed columns.
import { displayWidth, pad, truncate } from './width.ts';

export interface Column {
  readonly heading: string;
  /** The heading where room is short. */
  readonly short?: string;
  readonly align: 'left' | 'right';
  /** The lowest goes first where room is short; 0 stays. */
  readonly keep: number;
  /** By row. */
  readonly cells: readonly string[];
}

/** Paints a padded cell; `row` is null for the heading. */
export type Paint = (text: string, row: number | null, column: Column) => string;

const GAP = '  ';

/** The table's lines, none wider than `columns` cells as long as the columns that stay allow it. */
export function tableLines(table: readonly Column[], columns: number, paint: Paint): string[] {
  const fitting = fit(table, columns);
  const widths = fitting.map(widthOf);
  const spare = columns - widths.slice(1).reduce((sum, width) => sum + width + GAP.length, 0);
  if (widths[0] !== undefined) widths[0] = Math.max(4, Math.min(widths[0], spare));
  const rows = fitting[0]?.cells.length ?? 0;
  const line = (row: number | null) =>
    fitting
      .map((column, index) => {
        const width = widths[index] ?? 0;
        const text = truncate(row === null ? column.heading : (column.cells[row] ?? ''), width);
        const last = index === fitting.length - 1 && column.align === 'left';
        return paint(last ? text : pad(text, width, column.align === 'left' ? 'right' : 'left'), row, column);
      })
      .join(GAP)
      .trimEnd();
  return [line(null), ...Array.from({ length: rows }, (_, row) => line(row))];
}

function widthOf({ heading, cells }: Column): number {
  return Math.max(displayWidth(heading), ...cells.map(displayWidth));
}

function fit(table: readonly Column[], columns: number): readonly Column[] {
  const total = (of: readonly Column[]) => of.reduce((sum, column) => sum + widthOf(column) + GAP.length, -GAP.length);
  if (total(table) <= columns) return table;
  let fitting = table.map((column) => ({ ...column, heading: column.short ?? column.heading }));
  while (total(fitting) > columns) {
    const least = fitting.filter(({ keep }) => keep > 0).sort((a, b) => a.keep - b.keep)[0];
    if (!least) break;
    fitting = fitting.filter((column) => column !== least);
  }
  return fitting;
}
