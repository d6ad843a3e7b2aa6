// The table of hosts at the end of a run.

import type { HostSummary, RunSummary } from '../summary/summary.ts';
import { count, duration, oneLine } from '../text/phrases.ts';
import type { Style } from '../text/style.ts';
import { type Column, type Paint, tableLines } from '../text/table.ts';

type Figure = 'ok' | 'changed' | 'unknown' | 'skipped' | 'failed' | 'ignored';

const FIGURES: readonly Figure[] = ['ok', 'changed', 'unknown', 'skipped', 'failed', 'ignored'];
const SHORT: Readonly<Record<Figure, string>> = {
  ok: 'ok',
  changed: 'chg',
  unknown: 'unk',
  skipped: 'skip',
  failed: 'fail',
  ignored: 'ign',
};
// With more hosts than this, those with nothing to report share a line. The report has them all.
const MOST_QUIET_ROWS = 16;

const LOUD: ReadonlySet<HostSummary['phase']> = new Set(['failed', 'stopped', 'interrupted', 'untouched']);

interface Row {
  readonly name: string;
  readonly hosts: readonly HostSummary[];
}

/** One line a host, and above it the headings. */
export function totalsTable(summary: RunSummary, columns: number, style: Style): string[] {
  const all = [...summary.hosts.values()];
  if (all.length === 0) return [];
  const rows = rowsOf(all);
  const note = rows.map(({ hosts }) => noteOf(hosts));
  const figure = (name: Figure): Column => ({
    heading: name === 'changed' && summary.check ? 'would change' : name,
    short: SHORT[name],
    align: 'right',
    keep: keepOf(name, all),
    cells: rows.map(({ hosts }) => range(hosts.map((host) => host.totals[name]))),
  });
  const table: Column[] = [
    { heading: 'host', align: 'left', keep: 0, cells: rows.map(({ name }) => name) },
    ...FIGURES.filter((name) => name !== 'ignored' || all.some(({ totals }) => totals.ignored > 0)).map(figure),
    { heading: 'messages', short: 'msg', align: 'right', keep: 4, cells: rows.map(messages) },
    { heading: 'time', align: 'right', keep: 3, cells: rows.map(time) },
  ];
  if (note.some((text) => text !== '')) table.push({ heading: '', align: 'left', keep: 9, cells: note });
  return tableLines(table, columns, painter(rows, style));
}

/** What only says zero goes first; of the rest the failures stay longest. */
function keepOf(name: Figure, hosts: readonly HostSummary[]): number {
  if (name === 'ok' || name === 'failed') return 0;
  if (hosts.every(({ totals }) => totals[name] === 0)) return name === 'changed' ? 5 : 2;
  return { changed: 0, unknown: 8, ignored: 7, skipped: 6 }[name];
}

function rowsOf(hosts: readonly HostSummary[]): Row[] {
  const single = (host: HostSummary): Row => ({ name: oneLine(host.host), hosts: [host] });
  const quiet = hosts.filter(isQuiet);
  if (hosts.length <= MOST_QUIET_ROWS || quiet.length < 2) return hosts.map(single);
  const name = quiet.length === hosts.length ? `all ${quiet.length} hosts` : count(quiet.length, 'other');
  return [...hosts.filter((host) => !isQuiet(host)).map(single), { name, hosts: quiet }];
}

function isQuiet({ totals, phase }: HostSummary): boolean {
  const worth = totals.changed + totals.unknown + totals.failed + totals.ignored + (totals.rescued ?? 0);
  return worth === 0 && !totals.unreachable && !LOUD.has(phase);
}

function noteOf(hosts: readonly HostSummary[]): string {
  const of = (phase: HostSummary['phase']) => hosts.some((host) => host.phase === phase);
  const rescued = hosts.reduce((sum, { totals }) => sum + (totals.rescued ?? 0), 0);
  const half = hosts.reduce((sum, { totals }) => sum + (totals.halfWay ?? 0), 0);
  const flight = hosts.reduce((sum, { totals }) => sum + (totals.inFlight ?? 0), 0);
  if (of('interrupted')) return flight > 0 ? 'interrupted, in flight' : 'interrupted';
  if (of('stopped')) return 'stopped';
  if (of('untouched')) return 'not begun';
  return [
    ...(hosts.some(isUnreachable) ? ['unreachable'] : []),
    ...(flight > 0 ? [`${flight} in flight`] : []),
    ...(half > 0 ? [`${half} half-way`] : []),
    ...(rescued > 0 ? [`${rescued} rescued`] : []),
  ].join(', ');
}

function isUnreachable({ totals }: HostSummary): boolean {
  return totals.unreachable;
}

function messages({ hosts }: Row): string {
  const known = hosts.flatMap(({ totals }) => (totals.messages === null ? [] : [totals.messages]));
  return known.length === 0 ? '-' : range(known);
}

function time({ hosts }: Row): string {
  const spans = hosts.flatMap(({ first, last }) => (first === undefined || last === undefined ? [] : [last - first]));
  return spans.length === 0 ? '-' : duration(Math.max(...spans));
}

function range(figures: readonly number[]): string {
  const least = Math.min(...figures);
  const most = Math.max(...figures);
  return least === most ? String(most) : `${least}-${most}`;
}

function painter(rows: readonly Row[], style: Style): Paint {
  return (text, row, { heading, short }) => {
    if (row === null) return style.bold(text);
    if (text.startsWith('unreachable')) return style.red(text);
    if (text.trim() === '0' || text.trim() === '-') return style.dim(text);
    const of = (figure: Figure) => heading === figure || short === SHORT[figure];
    if (of('failed')) return style.red(text);
    if (of('changed')) return style.yellow(text);
    if (of('unknown')) return style.cyan(text);
    if (of('ignored')) return style.magenta(text);
    const bad = rows[row]?.hosts.some(({ phase }) => phase === 'failed' || phase === 'unreachable');
    return heading === 'host' && bad ? style.red(text) : text;
  };
}
