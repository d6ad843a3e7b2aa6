// One line of a text: where it goes, which line it replaces, which lines go. The decisions of Ansible's lineinfile.

import { withoutEnd } from '../../engine/base/without-end.ts';
import type { Failure } from '../../engine/module/failure.ts';
import {
  type Effort,
  newEffort,
  PatternFault,
  type PatternMatch,
  type PythonPattern,
} from '../../engine/pattern/python/pattern.ts';
import { compileReplacement } from '../../engine/pattern/python/replacement.ts';
import { ended, linesOf, type TextEdit } from '../../engine/resources/text/lines.ts';
import { badPattern, linePattern, lineSubject } from '../../engine/resources/text/regular-expression.ts';

export interface LineWant {
  readonly state: 'present' | 'absent';
  /** Without its line break; undefined where `absent` goes by a pattern. */
  readonly line: string | undefined;
  /** Regular expression; the line that it finds is replaced, or goes. */
  readonly regexp: string | undefined;
  /** The same as a plain text. */
  readonly searchString: string | undefined;
  /** `\1` in the line is what the group of `regexp` found; where that finds nothing, nothing is put in. */
  readonly backrefs: boolean;
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
 * @throws TooSlow
 */
export function editLine(text: string, want: LineWant): TextEdit | Failure {
  const effort = newEffort();
  if (want.state === 'absent') return withoutLine(text, want, effort);
  if (!want.backrefs) return withLine(text, want, effort);
  try {
    const done = withExpansion(text, want, effort);
    if ('summary' in done || withExpansion(done.text, want, effort).text === done.text) return done;
    return UNSETTLED;
  } catch (error) {
    return badPattern(error);
  }
}

function withoutLine(text: string, want: LineWant, effort: Effort): TextEdit {
  const rows = linesOf(text);
  const matches = finder(want, effort) ?? ((row: string) => bare(row) === want.line);
  const kept = rows.filter((row) => !matches(row));
  const count = rows.length - kept.length;
  return { text: kept.join(''), words: count === 1 ? '1 line removed' : `${count} lines removed`, count };
}

function withLine(text: string, want: LineWant, effort: Effort): TextEdit {
  const rows = linesOf(text);
  const line = want.line ?? '';
  const finds = finder(want, effort);
  const found = finds ? rows.flatMap((row, index) => (finds(row) ? [index] : [])) : [];
  if (!finds || found.length === 0) return insertLine(rows, line, { want, effort });
  const one = want.firstmatch ? found[0] : found.at(-1);
  const stays = finds(`${line}\n`);
  const replaced = stays ? [one] : found;
  const after = rows.map((row, index) => (replaced.includes(index) ? `${line}\n` : row));
  // Where the pattern doesn't find the new line, the next run looks for an equal one.
  return stays ? edited(after, 'line replaced') : insertLine(after, line, { want, effort });
}

/** Each line that is found, from the one that counts on, until one is found as it became. */
function withExpansion(text: string, { regexp = '', line = '', firstmatch }: LineWant, effort: Effort): TextEdit {
  const pattern = linePattern(regexp);
  const replacement = compileReplacement(line, pattern);
  const rows = [...linesOf(text)];
  const order = firstmatch ? [...rows.keys()] : [...rows.keys()].reverse();
  for (const index of order) {
    const match = matchIn(pattern, rows[index] ?? '', effort);
    if (!match) continue;
    const made = ended(textOf(replacement(match)));
    rows[index] = made;
    if (linesOf(made).some((row) => matchIn(pattern, row, effort))) break;
  }
  return edited(rows, 'line replaced');
}

/** The text of bytes. @throws PatternFault where a group ended in the middle of a character */
function textOf(bytes: string): string {
  const buffer = Buffer.from(bytes, 'latin1');
  const text = buffer.toString('utf8');
  if (Buffer.from(text).equals(buffer)) return text;
  throw new PatternFault('a group ends in the middle of a character, as lines are matched byte by byte', 0, 1);
}

/** No pattern found a line: an equal one stays (but ends as ours do), else it is put in its place. */
function insertLine(
  rows: readonly string[],
  line: string,
  { want, effort }: { readonly want: LineWant; readonly effort: Effort },
): TextEdit {
  const { insertafter, insertbefore, firstmatch } = want;
  const before = insertbefore !== undefined;
  const anchor = before ? insertbefore : (insertafter ?? 'EOF');
  const isWord = anchor === 'BOF' || (anchor === 'EOF' && !before);
  const pattern = isWord ? undefined : linePattern(anchor);
  let equal = -1;
  let anchored = -1;
  for (const [index, row] of rows.entries()) {
    if (bare(row) === line) equal = index;
    else if (pattern && matchIn(pattern, row, effort)) {
      anchored = index;
      if (firstmatch) break;
    }
  }
  if (equal >= 0) return edited(rows.with(equal, `${line}\n`), 'line replaced');
  const place = anchor === 'BOF' ? 0 : anchored < 0 ? rows.length : before ? anchored : anchored + 1;
  // Behind the first line that fits it may stand already, where the search didn't get to.
  if (!before && anchored >= 0 && bare(rows[place] ?? '\n') === line && place < rows.length) return edited(rows, '');
  return edited([...rows.slice(0, place).map(ended), `${line}\n`, ...rows.slice(place)], 'line added');
}

/** What the pattern or the plain text finds in a line with its line break, which the last one gets as soon as another follows. */
function finder({ regexp, searchString }: LineWant, effort: Effort): ((row: string) => boolean) | undefined {
  if (regexp !== undefined) {
    const pattern = linePattern(regexp);
    return (row) => matchIn(pattern, row, effort) !== undefined;
  }
  return searchString === undefined ? undefined : (row) => ended(row).includes(searchString);
}

function matchIn(pattern: PythonPattern, row: string, effort: Effort): PatternMatch | undefined {
  return pattern.search(lineSubject(ended(row)), effort);
}

/** Without its line break, as Python's `rstrip('\r\n')`. */
function bare(row: string): string {
  return withoutEnd(row, '\r\n');
}

function edited(rows: readonly string[], words: string): TextEdit {
  return { text: rows.join(''), words };
}

const UNSETTLED: Failure = {
  summary: 'the line would be made anew at every run',
  detail: 'What regexp finds in the new line makes yet another line of it.',
  hint: 'Let regexp find only lines that still have to be changed.',
};
