// Lines of a crontab, crontab(5): when a job runs, and where a named job stands among others.
import type { ParameterProblem } from '../../language/catalog.ts';

export interface CronEntry {
  readonly name: string;
  readonly state: 'present' | 'absent';
  /** The whole line, `#` in front of it when disabled; the empty word for a job that goes. */
  readonly line: string;
}

const FIELDS = [
  { name: 'minute', low: 0, high: 59, words: [] },
  { name: 'hour', low: 0, high: 23, words: [] },
  { name: 'day', low: 1, high: 31, words: [] },
  { name: 'month', low: 1, high: 12, words: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { name: 'weekday', low: 0, high: 7, words: 'sun mon tue wed thu fri sat'.split(' ') },
] as const;

/** Problems of the fields minute to weekday. */
export function checkTimes(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  return FIELDS.flatMap(({ name, low, high, words }) => {
    const value = params[name];
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const fits = `${value}`.split(',').every((part) => partFits(part, low, high, words));
    if (fits) return [];
    return [
      {
        parameter: name,
        summary: `Not a ${name} of a crontab`,
        detail: `It takes * or ${low} to ${high}${words.length > 0 ? ` or ${words[0]} to ${words.at(-1)}` : ''}, ranges, lists and steps.`,
        hint: 'For example "*/15", "1-5" or "0,30".',
      },
    ];
  });
}

/** `*`, `5`, `mon`, `1-5`, each with `/2` or without. */
function partFits(part: string, low: number, high: number, words: readonly string[]): boolean {
  const [, from = '', to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
  const number = (word: string) => {
    const index = words.indexOf(word.toLowerCase());
    if (index >= 0) return index + low;
    return /^\d+$/.test(word) && Number(word) >= low && Number(word) <= high ? Number(word) : undefined;
  };
  if (step !== undefined && Number(step) === 0) return false;
  if (from === '*') return to === undefined;
  const first = number(from);
  const last = to === undefined ? first : number(to);
  return first !== undefined && last !== undefined && first <= last;
}

/** The line of a job in a crontab with its entry, and what it was before. */
export interface CronEdit {
  readonly text: string;
  /** Undefined when there was none. */
  readonly before: string | undefined;
  readonly changed: boolean;
}

/** Puts the entry in, replaces it or takes it out. A marker that Ansible wrote counts as ours; other lines stay. */
export function editCrontab(text: string, entry: CronEntry): CronEdit {
  const rows = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const marker = `#vrun: ${entry.name}`;
  const isMarker = (row: string | undefined) =>
    row?.trimEnd() === marker.trimEnd() || row?.trimEnd() === `#Ansible: ${entry.name}`.trimEnd();
  const kept: string[] = [];
  const found: { marker: string; line: string; at: number }[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? '';
    if (!isMarker(row)) {
      kept.push(row);
      continue;
    }
    const next = rows[index + 1];
    const hasJob = next !== undefined && !/^#(vrun|Ansible): /.test(next);
    found.push({ marker: row, line: hasJob ? next : '', at: kept.length });
    if (hasJob) index += 1;
  }
  const [first] = found;
  const before = first?.line;
  if (entry.state === 'absent')
    return { text: found.length > 0 ? join(kept) : text, before, changed: found.length > 0 };
  // cron passes over a whole file whose last line has no line break.
  const same = found.length === 1 && before === entry.line && text.endsWith('\n');
  if (same) return { text, before, changed: false };
  kept.splice(first?.at ?? kept.length, 0, marker, entry.line);
  return { text: join(kept), before, changed: true };
}

function join(rows: readonly string[]): string {
  return rows.map((row) => `${row}\n`).join('');
}
