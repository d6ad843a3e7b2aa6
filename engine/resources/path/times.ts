// When a file was changed and read last, as a task wants it: the present time, a given one, or what it is.
import { lines, type Script, sh } from '../../base/script.ts';
import type { ParameterProblem } from '../../language/runbook/catalog.ts';
import type { Change } from '../../module/change.ts';

/** `at` is a time of the host's own clock, `YYYY-MM-DD HH:MM:SS`. */
export type TimeWant = 'preserve' | 'now' | { readonly at: string };

export interface TimesWant {
  readonly modified: TimeWant;
  readonly accessed: TimeWant;
}

/** Seconds since 1970. */
export interface TimesState {
  /** Of what is there, links followed; undefined where nothing is. */
  readonly modified: number | undefined;
  readonly accessed: number | undefined;
  /** What the given times are by the host's clock; undefined for one that it doesn't have. */
  readonly wanted: { readonly modified: number | undefined; readonly accessed: number | undefined };
}

/** Ansible's, and that of touch -t. */
export const TIME_FORMAT = '%Y%m%d%H%M.%S';

const STAMPS = ['modified', 'accessed'] as const;
type Stamp = (typeof STAMPS)[number];
const OPTIONS = { modified: '-m', accessed: '-a' } as const;

/** True where a given time has to be held against the host. */
export function isGiven(times: TimesWant): boolean {
  return STAMPS.some((stamp) => typeof times[stamp] === 'object');
}

/** True where nothing is to be done about them. */
export function isKept(times: TimesWant): boolean {
  return STAMPS.every((stamp) => times[stamp] === 'preserve');
}

/** A read-only fragment for a probe: a line for each of the paths, read back by parseTimes. */
export function probeTimes(wants: readonly { readonly path: Script; readonly times: TimesWant }[]): Script | undefined {
  if (wants.length === 0) return undefined;
  const one = ({ path, times }: (typeof wants)[number]) => {
    const given = STAMPS.map((stamp) => {
      const want = times[stamp];
      return typeof want === 'object' ? sh`$(date -d ${want.at} +%s 2>/dev/null)` : sh``;
    });
    const [modified = sh``, accessed = sh``] = given;
    return sh`echo "$(stat -L -c %Y:%X -- ${path} 2>/dev/null || echo :):${modified}:${accessed}"`;
  };
  return lines(sh`printf '@times\n'`, ...wants.map(one));
}

/** The line of one path. */
export function parseTimes(row: string): TimesState {
  const [modified, accessed, wantModified, wantAccessed] = row
    .split(':')
    .map((field) => (/^-?\d+$/.test(field) ? Number(field) : undefined));
  return { modified, accessed, wanted: { modified: wantModified, accessed: wantAccessed } };
}

/** A given time that the host's clock doesn't have, as in the hour that is left out in spring. */
export function lackedTime(have: TimesState | undefined, times: TimesWant): string | undefined {
  for (const stamp of STAMPS) {
    const want = times[stamp];
    if (typeof want === 'object' && have && have.wanted[stamp] === undefined) return want.at;
  }
  return undefined;
}

/** What sets the times; none where they are as wanted. `made`: the thing is only made now. */
export function timeScripts(
  path: string,
  have: TimesState | undefined,
  times: TimesWant,
  made: boolean,
): readonly Script[] {
  const now = STAMPS.filter((stamp) => times[stamp] === 'now');
  const given = STAMPS.flatMap((stamp) => {
    const to = typeof times[stamp] === 'object' ? have?.wanted[stamp] : undefined;
    return to === undefined || (!made && to === have?.[stamp]) ? [] : [{ stamp, to }];
  });
  const options = (stamps: readonly Stamp[]) => [
    '-c',
    ...(stamps.length === 2 ? [] : stamps.map((one) => OPTIONS[one])),
  ];
  return [
    ...(now.length === 0 || (made && given.length === 0) ? [] : [sh`touch ${options(now)} -- ${path}`]),
    ...given.map(({ stamp, to }) => sh`touch ${options([stamp])} -d ${`@${to}`} -- ${path}`),
  ];
}

/** The change that sets the times of what is there: an act where it is done each time. */
export function timesChange(path: string, have: TimesState | undefined, times: TimesWant): readonly Change[] {
  const scripts = timeScripts(path, have, times, false);
  if (scripts.length === 0) return [];
  const steps = scripts.map((run) => ({ run }));
  const effects = [{ path, kind: 'same' }] as const;
  if (STAMPS.some((stamp) => times[stamp] === 'now')) return [{ op: '!', what: `touch ${path}`, steps, effects }];
  const words = (one: (stamp: Stamp) => number | undefined) =>
    STAMPS.flatMap((stamp) => {
      const differs = typeof times[stamp] === 'object' && have?.[stamp] !== have?.wanted[stamp];
      const at = one(stamp);
      return differs && at !== undefined ? [`${stamp} ${new Date(at * 1000).toISOString().replace('.000', '')}`] : [];
    }).join(', ');
  const change = { op: '~', what: `times of ${path}`, steps, effects } as const;
  return [{ ...change, from: words((stamp) => have?.[stamp]), to: words((stamp) => have?.wanted[stamp]) }];
}

/** From a parameter: `text` by the format of strptime(3). Undefined for a time that isn't of that form. */
export function timeWant(text: string, format: string): TimeWant | undefined {
  if (text === 'preserve' || text === 'now') return text;
  const names: string[] = [];
  let pattern = '';
  for (const [, directive, space, other = ''] of format.matchAll(/%(.)|(\s+)|([^%\s])/g)) {
    const known = directive === undefined ? undefined : DIRECTIVES[directive];
    if (directive === '%') pattern += '%';
    else if (known !== undefined) {
      names.push(directive ?? '');
      pattern += `(${known})`;
    } else if (directive !== undefined) return undefined;
    else pattern += space === undefined ? other.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&') : '\\s+';
  }
  const fields = new RegExp(`^${pattern}$`, 'i').exec(text);
  return fields ? civil(new Map(names.map((name, index) => [name, fields[index + 1] ?? '']))) : undefined;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const LONG_MONTHS = 'january|february|march|april|may|june|july|august|september|october|november|december';

/** Directives of strptime(3) that Python knows too, with what they stand for. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  ...{ Y: '\\d{4}', y: '\\d{2}', m: '1[0-2]|0[1-9]|[1-9]', d: '3[01]|[12]\\d|0[1-9]|[1-9]' },
  ...{ H: '2[0-3]|[01]\\d|\\d', I: '1[0-2]|0[1-9]|[1-9]', p: 'am|pm', M: '[0-5]\\d|\\d', S: '[0-5]\\d|\\d' },
  ...{ j: '36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|[1-9]', b: MONTHS.join('|'), B: LONG_MONTHS },
};

/** What isn't said is as in Python: the first of January 1900, midnight. */
function civil(fields: ReadonlyMap<string, string>): TimeWant | undefined {
  const number = (name: string) => (fields.has(name) ? Number(fields.get(name)) : undefined);
  const short = number('y');
  const year = number('Y') ?? (short === undefined ? 1900 : short + (short < 69 ? 2000 : 1900));
  const named = (fields.get('b') ?? fields.get('B'))?.toLowerCase().slice(0, 3);
  const inYear = number('j');
  const month = inYear === undefined ? (number('m') ?? (named ? MONTHS.indexOf(named) + 1 : 1)) : 1;
  const day = inYear ?? number('d') ?? 1;
  const half = number('I');
  const afternoon = fields.get('p')?.toLowerCase() === 'pm' ? 12 : 0;
  const hour = number('H') ?? (half === undefined ? 0 : (half % 12) + afternoon);
  const time = new Date(Date.UTC(year, month - 1, day, hour, number('M') ?? 0, number('S') ?? 0));
  // A day that the month doesn't have would be one of the next.
  if (time.getUTCFullYear() !== year || (inYear === undefined && time.getUTCDate() !== day)) return undefined;
  return { at: time.toISOString().slice(0, 19).replace('T', ' ') };
}

/** Problems of `modification_time` and `access_time`, each with its format. */
export function checkTimes(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  return ['modification_time', 'access_time'].flatMap((parameter) => {
    const [text, format = TIME_FORMAT] = [params[parameter], params[`${parameter}_format`]];
    if (typeof text !== 'string' || typeof format !== 'string' || timeWant(text, format) !== undefined) return [];
    return [
      {
        parameter,
        summary: `‹${text}› is not a time of the form ‹${format}›`,
        hint: 'Write preserve, now, or a time as the format says: by default 202601311200.00. The format may hold %Y %y %m %d %j %b %B %H %I %p %M %S.',
      },
    ];
  });
}
