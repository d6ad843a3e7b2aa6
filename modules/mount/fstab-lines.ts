// Lines of a table of file systems, fstab(5): one is put in, changed or taken out, the others stay as they are.
import { ended, linesOf, type TextEdit } from '../../engine/resources/text/lines.ts';

export interface FstabLine {
  /** The mount point, or `none`: swap space is known by its source. */
  readonly path: string;
  readonly src: string;
  readonly fstype: string;
  readonly opts: string;
  readonly dump: string;
  readonly passno: string;
}

/** The text with the line in it. A line of the same mount point is changed where it says something else. */
export function withLine(text: string, want: FstabLine): TextEdit {
  const line = `${[want.src, want.path, want.fstype, want.opts, want.dump, want.passno].map(escaped).join(' ')}\n`;
  let found = false;
  const rows = linesOf(text).map((row) => {
    const have = readLine(row);
    if (!have || !isSame(have, want)) return row;
    found = true;
    const is = (key: keyof FstabLine) => have[key] === want[key];
    return is('src') && is('fstype') && is('opts') && is('dump') && is('passno') ? row : line;
  });
  if (found) return { text: rows.join(''), words: 'line changed' };
  return { text: `${rows.map(ended).join('')}${line}`, words: 'line added' };
}

/** The text without the lines of a mount point. */
export function withoutLine(text: string, want: Pick<FstabLine, 'path' | 'src'>): TextEdit {
  const rows = linesOf(text);
  const kept = rows.filter((row) => {
    const have = readLine(row);
    return !have || !isSame(have, want);
  });
  return { text: kept.join(''), words: rows.length - kept.length === 1 ? 'line removed' : 'lines removed' };
}

/** The options that a mount point has by the table; undefined where it isn't in it. */
export function lineOf(text: string, want: Pick<FstabLine, 'path' | 'src'>): FstabLine | undefined {
  return linesOf(text)
    .flatMap((row) => readLine(row) ?? [])
    .find((have) => isSame(have, want));
}

function isSame(have: FstabLine, want: Pick<FstabLine, 'path' | 'src'>): boolean {
  if (have.path !== want.path) return false;
  return have.path !== 'none' || have.src === want.src;
}

/** Undefined for comments and for what is no line of it. The last two fields may be missing, and then are 0. */
function readLine(row: string): FstabLine | undefined {
  const fields = row.trim().split(/[ \t]+/);
  const [src = '', path = '', fstype = '', opts = 'defaults', dump = '0', passno = '0'] = fields.map(unescaped);
  if (fields.length < 3 || row.trimStart().startsWith('#')) return undefined;
  return { src, path: path.length > 1 ? path.replace(/\/+$/, '') : path, fstype, opts, dump, passno };
}

function escaped(field: string): string {
  return field.replace(/[\\ \t]|^#/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
