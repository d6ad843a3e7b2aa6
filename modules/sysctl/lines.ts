// Names of kernel settings, sysctl(8), and lines of a file that sets them at boot, sysctl.d(5).
import { ended, linesOf, type TextEdit } from '../../engine/resources/text/lines.ts';

/** Where the setting is: of `.` and `/` the one that comes first in the name parts it, the other belongs to the parts. */
export function sysctlPath(name: string): string {
  const slashed = /^[^./]*\//.test(name);
  const path = slashed ? name : name.replace(/[./]/g, (char) => (char === '.' ? '/' : '.'));
  return `/proc/sys/${path}`;
}

/** A value as it is compared: the kernel puts tabs between the words. */
export function sysctlWords(value: string): string {
  return value.trim().replace(/\s+/g, ' ');
}

/** The text with exactly one line that sets the name to the value; without any when the value is undefined. */
export function editSysctl(text: string, name: string, value: string | undefined): TextEdit {
  const rows = linesOf(text);
  const mine = rows.flatMap((row, index) => (keyOf(row) === sysctlPath(name) ? [index] : []));
  const others = rows.filter((_, index) => !mine.includes(index));
  if (value === undefined) return { text: mine.length === 0 ? text : others.join(''), words: 'line removed' };
  const [only] = mine;
  if (mine.length === 1 && only !== undefined && wordsOf(rows[only] ?? '') === value) return { text, words: '' };
  const line = `${name} = ${value}\n`;
  const place = only ?? others.length;
  const words = only === undefined ? 'line added' : 'line replaced';
  return { text: [...others.slice(0, place), line, ...others.slice(place)].map(ended).join(''), words };
}

/** A `-` before the name lets its failure pass. Lines that begin with `#` or `;` are comments. */
const LINE = /^\s*-?([^#;=\s][^=\s]*)\s*=(.*)$/;

function keyOf(row: string): string | undefined {
  const [, name] = LINE.exec(row.trimEnd()) ?? [];
  return name === undefined ? undefined : sysctlPath(name);
}

function wordsOf(row: string): string {
  const [, , value = ''] = LINE.exec(row.trimEnd()) ?? [];
  return sysctlWords(value);
}
