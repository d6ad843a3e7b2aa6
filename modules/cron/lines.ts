// Lines of a crontab, crontab(5): when a job runs, and where a named job or a variable stands among others.
import type { ParameterProblem } from '../../engine/language/runbook/catalog.ts';
import type { Failure } from '../../engine/module/failure.ts';

export type CronEntry = CronJob | CronVariable;

/** A job, with its name in a comment above it. */
export interface CronJob {
  readonly kind: 'job';
  readonly name: string;
  readonly state: 'present' | 'absent';
  /** The whole line, `#` in front of it when disabled; the empty word for a job that goes. */
  readonly line: string;
  /** Words of the line before the command: five fields, or one, and a user where the file names one. */
  readonly fields: number;
}

/** An assignment, which holds for the jobs below it. */
export interface CronVariable {
  readonly kind: 'variable';
  readonly name: string;
  readonly state: 'present' | 'absent';
  /** The whole assignment; the empty word for one that goes. */
  readonly line: string;
  /** The variable beside which a new one is put; at the top without one. */
  readonly beside: { readonly name: string; readonly where: 'after' | 'before' } | undefined;
}

const FIELDS = [
  { name: 'minute', low: 0, high: 59, words: [] },
  { name: 'hour', low: 0, high: 23, words: [] },
  { name: 'day', low: 1, high: 31, words: [] },
  { name: 'month', low: 1, high: 12, words: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { name: 'weekday', low: 0, high: 7, words: 'sun mon tue wed thu fri sat'.split(' ') },
] as const;

/** Problems of the fields minute to weekday. */
export function checkFields(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
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

/** The text with its entry, and what was there before. */
export interface CronEdit {
  readonly text: string;
  /** The entry's line; undefined when there was none. */
  readonly before: string | undefined;
  readonly changed: boolean;
}

/**
 * Puts the entry in, replaces it or takes it out; other lines stay. A Failure where the variable isn't there beside which
 * another is wanted.
 */
export function editCrontab(text: string, entry: CronEntry): CronEdit | Failure {
  const rows = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const edit = entry.kind === 'job' ? editJob(rows, entry) : editVariable(rows, entry);
  if ('summary' in edit) return edit;
  // cron passes over a whole file whose last line has no line break.
  const ended = text === '' || text.endsWith('\n') || entry.state === 'absent';
  const changed = edit.changed || !ended;
  return { text: changed ? edit.rows.map((row) => `${row}\n`).join('') : text, before: edit.before, changed };
}

interface RowsEdit {
  readonly rows: readonly string[];
  readonly before: string | undefined;
  readonly changed: boolean;
}

/** The comment that names a job, as we write it or as Ansible does. */
const MARKER = /^#(vrun|Ansible): (.*)$/s;

function editJob(rows: readonly string[], entry: CronJob): RowsEdit {
  const kept: string[] = [];
  const found: { readonly line: string; readonly at: number }[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? '';
    if (MARKER.exec(row)?.[2] !== entry.name) {
      kept.push(row);
      continue;
    }
    const next = rows[index + 1];
    const hasJob = next !== undefined && !MARKER.test(next);
    found.push({ line: hasJob ? next : '', at: kept.length });
    if (hasJob) index += 1;
  }
  const [first] = found;
  if (entry.state === 'absent') return { rows: kept, before: first?.line, changed: found.length > 0 };
  if (found.length === 1 && first?.line === entry.line) return { rows, before: first.line, changed: false };
  // A line that somebody wrote without a name for it is the job, and no second one beside it.
  const bare = first === undefined ? bareLine(kept, entry) : undefined;
  const before = first?.line ?? (bare === undefined ? undefined : kept[bare]);
  const named = [`#vrun: ${entry.name}`, entry.line];
  return {
    rows: kept.toSpliced(first?.at ?? bare ?? kept.length, bare === undefined ? 0 : 1, ...named),
    before,
    changed: true,
  };
}

/** Where the same line stands without any name, its fields apart by whatever white space, its time in fields or as a word. */
function bareLine(rows: readonly string[], entry: CronJob): number | undefined {
  const isWord = (row: string) => /^\s*@/.test(row);
  const others = entry.fields - (isWord(entry.line) ? 1 : 5);
  const plain = (row: string) => {
    const line = spaced(row, others + (isWord(row) ? 1 : 5));
    return line.replace(/^@\S+/, (word) => SPECIAL_TIMES[word] ?? word);
  };
  const wanted = plain(entry.line);
  const at = rows.findIndex((row, index) => plain(row) === wanted && !MARKER.test(rows[index - 1] ?? ''));
  return at < 0 ? undefined : at;
}

/** crontab(5): what the words stand for. */
const SPECIAL_TIMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** The line with one space behind each of its first words. */
function spaced(row: string, fields: number): string {
  const words = /^\s*/.exec(row)?.[0].length ?? 0;
  let rest = row.slice(words);
  const first: string[] = [];
  for (let count = 0; count < fields; count += 1) {
    const [whole = '', word = ''] = /^(\S+)[ \t]+/.exec(rest) ?? [];
    if (whole === '') return row;
    first.push(word);
    rest = rest.slice(whole.length);
  }
  return [...first, rest].join(' ');
}

/** All assignments of the name get the value, since the last of them holds for the jobs below it. */
function editVariable(rows: readonly string[], entry: CronVariable): RowsEdit | Failure {
  const { name, state, line, beside } = entry;
  const own = rows.filter((row) => assigns(row, name));
  const [before] = own;
  if (state === 'absent') return { rows: rows.filter((row) => !assigns(row, name)), before, changed: own.length > 0 };
  if (own.length > 0) {
    return {
      rows: rows.map((row) => (assigns(row, name) ? line : row)),
      before,
      changed: own.some((row) => row !== line),
    };
  }
  const at = beside === undefined ? 0 : rows.findIndex((row) => assigns(row, beside.name));
  if (at < 0) {
    return {
      summary: `the crontab has no variable ${beside?.name}`,
      detail: `${name} is to stand beside it.`,
      hint: 'Set it in an earlier task, or leave `insertafter` and `insertbefore` out.',
    };
  }
  return { rows: rows.toSpliced(beside?.where === 'after' ? at + 1 : at, 0, line), before: undefined, changed: true };
}

function assigns(row: string, name: string): boolean {
  const [, assigned] = /^\s*["']?([^\s=#"']+)["']?\s*=/.exec(row) ?? [];
  return assigned === name;
}
