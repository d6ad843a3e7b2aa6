// The end of a run on the screen: what changed where, what failed, the table, the checklist, and the verdict.
import type { ChecklistMark } from '../event/event.ts';
import { visible } from '../language/visible.ts';
import { checklistText } from './checklist.ts';
import { groupChanges, groupHostFailures, groupOutcomes, hostsText } from './group.ts';
import type { Colour, Style } from './style.ts';
import type { HostSummary, RunSummary } from './summary.ts';
import { totalsTable } from './totals-table.ts';
import { displayWidth, pad, truncate, wrap } from './width.ts';
import { changeText, count, duration, oneLine, place } from './words.ts';

const MOST_GROUPS = 40;
const MARK_COLOURS: Readonly<Record<ChecklistMark, Colour>> = { ' ': 'dim', '-': 'yellow', x: 'green', '!': 'red' };

/** The lines of the summary, `columns` cells wide. `closing` comes last, as it is. */
export function summaryLines(summary: RunSummary, closing: readonly string[], columns: number, style: Style): string[] {
  const sections = [
    changes(summary, columns, style),
    failures(summary, columns, style),
    [...totalsTable(summary, columns, style), ...delegates(summary, columns)],
    checklistSection(summary, style),
    [...verdict(summary, columns, style), ...closing],
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines]);
}

/** Who acted beside the hosts, which the table doesn't have. */
function delegates(summary: RunSummary, columns: number): string[] {
  const named = Object.entries(summary.delegates ?? {});
  const parts = named.map(([name, { messages }]) => `${oneLine(name)} (${count(messages, 'message')})`);
  return parts.length === 0 ? [] : [truncate(`through ${parts.join(', ')}`, columns)];
}

function checklistSection(summary: RunSummary, style: Style): string[] {
  const lines = checklistLines(summary, style);
  return lines.length === 0 ? [] : [style.bold(summary.check ? 'Checklist (dry run)' : 'Checklist'), ...lines];
}

/** The checklist's lines, coloured by their mark, each at most `columns` cells wide. */
export function checklistLines({ checklist }: RunSummary, style: Style, columns = Number.POSITIVE_INFINITY): string[] {
  return checklist.map((entry) => style[MARK_COLOURS[entry.mark]](truncate(oneLine(checklistText(entry)), columns)));
}

/** What changed alike on several hosts; where nothing did, it was all said before. */
function changes(summary: RunSummary, columns: number, style: Style): string[] {
  const groups = groupChanges(summary);
  if (!groups.some(({ hosts }) => hosts.length > 1)) return [];
  const all = [...summary.hosts.keys()];
  const rows = groups.slice(0, MOST_GROUPS).map(({ of, hosts }) => {
    const { what, values } = changeText(of);
    return { text: `${of.op} ${what}${values ? `  ${values}` : ''}`, hosts: hostsText(hosts, all) };
  });
  const more = groups.length - rows.length;
  return [
    style.bold(summary.check ? 'Would change' : 'Changed'),
    ...rows.flatMap((row) => besideHosts(row, rows, columns, style)),
    ...(more > 0 ? [`  … ${count(more, 'more change')}`] : []),
  ];
}

/** What failed, once for all hosts where it failed alike, and what to do about it. */
function failures(summary: RunSummary, columns: number, style: Style): string[] {
  if (summary.hosts.size < 2) return [];
  const all = [...summary.hosts.keys()];
  const rows = [
    ...groupOutcomes(summary, ['failed', 'unreachable']).map(({ of, hosts }) => ({
      text: `${oneLine(of.task.name)} (${place(of.task)}${of.rescued ? ', rescued' : ''})${of.failure ? `: ${oneLine(of.failure.summary)}` : ''}`,
      hosts: hostsText(hosts, all),
      hint: of.failure?.hint,
    })),
    ...groupHostFailures(summary).map(({ of, hosts }) => ({
      text: oneLine(of.summary),
      hosts: hostsText(hosts, all),
      hint: of.hint,
    })),
  ];
  if (rows.length === 0) return [];
  const more = rows.length - MOST_GROUPS;
  return [
    style.bold('Failed'),
    ...rows
      .slice(0, MOST_GROUPS)
      .flatMap((row) => [...failureLines(row, columns, style), ...hintLines(row.hint, style)]),
    ...(more > 0 ? [`  … ${count(more, 'more failure')}`] : []),
  ];
}

/** `web2: Firewall (site.yml:64): …`: the hosts first, and nothing cut away. */
function failureLines({ text, hosts }: BesideHosts, columns: number, style: Style): string[] {
  const lines = wrap(`${hosts}: ${text}`, columns - 4);
  return lines.map((line, index) => (index === 0 ? `  ${style.red(line)}` : `    ${style.red(line)}`));
}

function hintLines(hint: string | undefined, style: Style): string[] {
  if (hint === undefined) return [];
  const lines = visible(hint)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line, index) => style.dim(`    ${index === 0 ? '→' : ' '} ${line}`));
}

interface BesideHosts {
  readonly text: string;
  readonly hosts: string;
}

/** `text` and at its right the hosts, in a column; below it where room is short. */
function besideHosts(row: BesideHosts, rows: readonly BesideHosts[], columns: number, style: Style): string[] {
  const left = Math.max(...rows.map(({ text }) => displayWidth(text)));
  const right = Math.max(...rows.map(({ hosts }) => displayWidth(hosts)));
  const room = Math.min(left, columns - right - 5);
  if (room < Math.min(left, 30)) {
    const below = wrap(row.hosts, columns - 6).map((line) => style.dim(`      ${line}`));
    return [`  ${truncate(row.text, columns - 3)}`, ...below];
  }
  return [`  ${pad(truncate(row.text, room), room)}  ${style.dim(row.hosts)}`];
}

/** How it went, how long it took, and what it changed. */
function verdict(summary: RunSummary, columns: number, style: Style): string[] {
  const hosts = [...summary.hosts.values()];
  const failed = hosts.filter(({ phase, totals }) => phase === 'failed' || (totals.failed > 0 && !totals.unreachable));
  const unreachable = hosts.filter(({ totals }) => totals.unreachable);
  const stopped = hosts.filter(({ phase }) => phase === 'stopped');
  const untouched = hosts.filter(({ phase }) => phase === 'untouched');
  const trouble = [
    ...(failed.length > 0 ? [`${count(failed.length, 'host')} failed (${names(failed)})`] : []),
    ...(unreachable.length > 0 ? [`${count(unreachable.length, 'host')} unreachable (${names(unreachable)})`] : []),
    ...(stopped.length > 0 ? [`${stopped.length} stopped (${names(stopped)})`] : []),
    ...(untouched.length > 0 ? [`${untouched.length} not begun (${names(untouched)})`] : []),
  ];
  const paint = (text: string) => wrap(text, columns).map((line) => style.bold(style[verdictColour(summary)](line)));
  const changed = changedText(summary, hosts);
  if (trouble.length === 0) return paint(`${opening(summary)}: ${changed}`);
  return [...paint(`${opening(summary)}: ${trouble.join(', ')}`), ...wrap(changed, columns)];
}

function names(hosts: readonly HostSummary[]): string {
  return hostsText(
    hosts.map(({ host }) => host),
    [],
  );
}

function opening({ status, check, ms }: RunSummary): string {
  const word = { ok: 'ok', failed: 'failed', interrupted: 'interrupted', running: 'not finished' }[status];
  const time = ms === undefined ? '' : `${status === 'ok' ? ' in' : ' after'} ${duration(ms)}`;
  return `${check ? 'dry run ' : ''}${word}${time}`;
}

function verdictColour({ status }: RunSummary): Colour {
  return status === 'ok' ? 'green' : status === 'failed' ? 'red' : 'yellow';
}

function changedText({ check }: RunSummary, hosts: readonly HostSummary[]): string {
  const sum = (figure: 'changed' | 'unknown') => hosts.reduce((total, { totals }) => total + totals[figure], 0);
  const changed = hosts.filter(({ totals }) => totals.changed > 0).length;
  const changes =
    sum('changed') === 0
      ? `nothing ${check ? 'to change' : 'changed'} on ${count(hosts.length, 'host')}`
      : `${count(sum('changed'), 'task')} ${check ? 'would change' : 'changed'} on ${count(changed, 'host')}`;
  const unknown = sum('unknown') > 0 ? `, ${sum('unknown')} known only after that` : '';
  return `${changes}${unknown}${check ? '; nothing was written' : ''}`;
}
