// The end of a run on the screen: what changed where, what failed, the table, the checklist, and the verdict.
import type { ChangeData, ChecklistMark } from '../../event/event.ts';
import { checklistText } from '../summary/checklist.ts';
import { groupChanges, hostsText } from '../summary/group-outcomes.ts';
import type { RunSummary } from '../summary/summary.ts';
import { verdictOf, wroteNothing } from '../summary/verdict.ts';
import { changeText, count, oneLine } from '../text/phrases.ts';
import type { Colour, Style } from '../text/style.ts';
import { displayWidth, pad, truncate, wrap } from '../text/width.ts';
import { CHANGE_COLOURS } from './event-block.ts';
import { failureLines } from './failures.ts';
import { totalsTable } from './totals-table.ts';

const MOST_GROUPS = 40;
const MARK_COLOURS: Readonly<Record<ChecklistMark, Colour>> = { ' ': 'dim', '-': 'yellow', x: 'green', '!': 'red' };

/** The lines of the summary, `columns` cells wide. `closing` comes last, as it is. */
export function summaryLines(summary: RunSummary, closing: readonly string[], columns: number, style: Style): string[] {
  const sections = [
    changes(summary, columns, style),
    failureLines(summary, columns, style),
    [...totalsTable(summary, columns, style), ...delegates(summary, columns)],
    checklistSection(summary, style),
    [...verdictLines(summary, columns, style), ...closing],
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
  const lines = checklistRows(summary, style);
  return lines.length === 0 ? [] : [style.bold(summary.check ? 'Checklist (dry run)' : 'Checklist'), ...lines];
}

/** The checklist's lines, coloured by their mark, each at most `columns` cells wide. */
export function checklistRows({ checklist }: RunSummary, style: Style, columns = Number.POSITIVE_INFINITY): string[] {
  return checklist.map((entry) => style[MARK_COLOURS[entry.mark]](truncate(oneLine(checklistText(entry)), columns)));
}

/** What changed alike on several hosts; where nothing did, it was all said before. */
function changes(summary: RunSummary, columns: number, style: Style): string[] {
  const groups = groupChanges(summary);
  if (!groups.some(({ hosts }) => hosts.length > 1)) return [];
  const all = [...summary.hosts.keys()];
  const rows = groups.slice(0, MOST_GROUPS).map(({ of, hosts }) => {
    const { what, values } = changeText(of);
    return { op: of.op, text: `${what}${values ? `  ${values}` : ''}`, hosts: hostsText(hosts, all) };
  });
  const more = groups.length - rows.length;
  return [
    style.bold(summary.check ? 'Would change' : 'Changed'),
    ...rows.flatMap((row) => besideHosts(row, rows, columns, style)),
    ...(more > 0 ? [`  … ${count(more, 'more change')}`] : []),
  ];
}

interface BesideHosts {
  readonly op: ChangeData['op'];
  readonly text: string;
  readonly hosts: string;
}

/** `text` and at its right the hosts, in a column; below it where room is short. */
function besideHosts(row: BesideHosts, rows: readonly BesideHosts[], columns: number, style: Style): string[] {
  const left = Math.max(...rows.map(({ text }) => displayWidth(text)));
  const right = Math.max(...rows.map(({ hosts }) => displayWidth(hosts)));
  const room = Math.min(left, columns - right - 7);
  const op = `  ${style[CHANGE_COLOURS[row.op]](row.op)}`;
  if (room < Math.min(left, 28)) {
    const below = wrap(row.hosts, columns - 6).map((line) => style.dim(`      ${line}`));
    return [`${op} ${truncate(row.text, columns - 5)}`, ...below];
  }
  return [`${op} ${pad(truncate(row.text, room), room)}  ${style.dim(row.hosts)}`];
}

/** How it went, how long it took, and what it changed: one line where all is well. */
function verdictLines(summary: RunSummary, columns: number, style: Style): string[] {
  const { outcome, trouble, changed, doubts } = verdictOf(summary);
  const paint = (text: string) => wrap(text, columns).map((line) => style.bold(style[verdictColour(summary)](line)));
  const changes = `${changed}${wroteNothing(summary) ? '; nothing was written' : ''}`;
  const more = doubts.flatMap((doubt) => wrap(doubt, columns));
  if (trouble.length === 0) return [...paint(`${outcome}: ${changes}`), ...more];
  return [...paint(`${outcome}: ${trouble.join(', ')}`), ...wrap(changes, columns), ...more];
}

function verdictColour({ status }: RunSummary): Colour {
  return status === 'ok' ? 'green' : status === 'failed' ? 'red' : 'yellow';
}
