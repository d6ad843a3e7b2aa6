// One line of a text: where it goes, which line it replaces, which lines go. The decisions of Ansible's lineinfile.
import { withoutEnd } from '../../language/without-end.ts';
import { compilePattern } from './regular-expression.ts';
import { ended, linesOf, type TextEdit } from './text-lines.ts';

export interface LineWant {
  readonly state: 'present' | 'absent';
  /** Without its line break; undefined where `absent` goes by a pattern. */
  readonly line: string | undefined;
  /** Regular expression; the line that it finds is replaced, or goes. */
  readonly regexp: string | undefined;
  /** The same as a plain text. */
  readonly searchString: string | undefined;
  /** `EOF`, `BOF` or a regular expression. */
  readonly insertafter: string | undefined;
  /** `BOF` or a regular expression. */
  readonly insertbefore: string | undefined;
  /** Of several lines that fit the first counts, and not the last. */
  readonly firstmatch: boolean;
}

/**
 * The text with the line in it, or without. An edit made twice is the edit made once: where a pattern finds several
 * lines and not the wanted one, all of them are replaced, as Ansible does run by run.
 */
export function editLine(text: string, want: LineWant): TextEdit {
  const rows = linesOf(text);
  const finds = finder(want);
  if (want.state === 'absent') {
    const matches = finds ?? ((row: string) => bare(row) === want.line);
    const kept = rows.filter((row) => !matches(row));
    const count = rows.length - kept.length;
    return { text: kept.join(''), words: count === 1 ? '1 line removed' : `${count} lines removed`, count };
  }
  const line = want.line ?? '';
  const found = finds ? rows.flatMap((row, index) => (finds(row) ? [index] : [])) : [];
  if (finds && found.length > 0) {
    const one = want.firstmatch ? found[0] : found.at(-1);
    const stays = finds(`${line}\n`);
    const replaced = stays ? [one] : found;
    const after = rows.map((row, index) => (replaced.includes(index) ? `${line}\n` : row));
    // Where the pattern doesn't find the new line, the next run looks for an equal one.
    return stays ? edited(after, 'line replaced') : insertLine(after, line, want);
  }
  return insertLine(rows, line, want);
}

/** No pattern found a line: an equal one stays, wherever it is (but ends as ours do), else it is put in its place. */
function insertLine(rows: readonly string[], line: string, want: LineWant): TextEdit {
  const { insertafter, insertbefore, firstmatch } = want;
  const before = insertbefore !== undefined;
  const anchor = before ? insertbefore : (insertafter ?? 'EOF');
  const isWord = anchor === 'BOF' || (anchor === 'EOF' && !before);
  const pattern = isWord ? undefined : compilePattern(anchor).regexp;
  const equal = rows.findLastIndex((row) => bare(row) === line);
  if (equal >= 0) return edited(rows.with(equal, `${line}\n`), 'line replaced');
  const fits = (row: string) => pattern?.test(ended(row)) === true;
  const anchored = firstmatch ? rows.findIndex(fits) : rows.findLastIndex(fits);
  const place = anchor === 'BOF' ? 0 : anchored < 0 ? rows.length : before ? anchored : anchored + 1;
  return edited([...rows.slice(0, place).map(ended), `${line}\n`, ...rows.slice(place)], 'line added');
}

/** What the pattern or the plain text finds in a line with its line break, which the last one gets as soon as another follows. */
function finder({ regexp, searchString }: LineWant): ((row: string) => boolean) | undefined {
  if (regexp !== undefined) {
    const pattern = compilePattern(regexp).regexp;
    return (row) => pattern.test(ended(row));
  }
  return searchString === undefined ? undefined : (row) => ended(row).includes(searchString);
}

/** Without its line break, as Python's `rstrip('\r\n')`. */
function bare(row: string): string {
  return withoutEnd(row, '\r\n');
}

function edited(rows: readonly string[], words: string): TextEdit {
  return { text: rows.join(''), words };
}
