// What failed, at the end of a run: once for all hosts where it failed alike, with the reason and what to do about it.
import { visible } from '../../language/problem/visible.ts';
import { groupHostFailures, groupOutcomes, hostsText } from '../summary/group-outcomes.ts';
import { halfWayText } from '../summary/half-way.ts';
import type { RunSummary, TaskOutcome } from '../summary/summary.ts';
import { count, oneLine, placeText } from '../text/phrases.ts';
import type { Style } from '../text/style.ts';
import { wrap } from '../text/width.ts';

const MOST_GROUPS = 40;
// Reasons stand here too as long as the checklist below them stays on the same screen.
const MOST_REASONS = 3;
const LONGEST_REASON = 12;

interface Row {
  readonly text: string;
  readonly hosts: string;
  readonly reason: string | undefined;
  readonly hint: string | undefined;
}

/** The section on failures. A single host's last words stand right above: they aren't said again. */
export function failureLines(summary: RunSummary, columns: number, style: Style): string[] {
  if (summary.hosts.size < 2 && !wentOn(summary)) return [];
  const rows = rowsOf(summary);
  if (rows.length === 0) return [];
  const reasons = rows.filter(({ reason }) => reason !== undefined).length <= MOST_REASONS;
  const more = rows.length - MOST_GROUPS;
  const lines = rows
    .slice(0, MOST_GROUPS)
    .flatMap((row) => [
      ...indented(`${row.hosts}: ${row.text}`, '  ', '    ', columns).map(style.red),
      ...(reasons ? reasonLines(row.reason, columns) : []),
      ...hintLines(row.hint, columns).map(style.dim),
    ]);
  return [style.bold('Failed'), ...lines, ...(more > 0 ? [`  … ${count(more, 'more failure')}`] : [])];
}

function wentOn({ hosts }: RunSummary): boolean {
  return [...hosts.values()].some(({ outcomes }) => {
    const failed = outcomes.findIndex(({ status }) => status === 'failed');
    return failed >= 0 && failed < outcomes.length - 1;
  });
}

function rowsOf(summary: RunSummary): Row[] {
  const all = [...summary.hosts.keys()];
  return [
    ...groupOutcomes(summary, ['failed', 'unreachable']).map(({ of, hosts }) => ({
      text: [titleOf(of), halfWayText(of)].filter((part) => part !== undefined).join('; '),
      hosts: hostsText(hosts, all),
      reason: of.raises ? undefined : of.failure?.detail,
      hint: of.raises ? undefined : of.failure?.hint,
    })),
    ...groupHostFailures(summary).map(({ of, hosts }) => ({
      text: oneLine(of.summary),
      hosts: hostsText(hosts, all),
      reason: of.detail,
      hint: of.hint,
    })),
  ];
}

/** `Firewall (site.yml:64, rescued): …`, nothing cut away. */
function titleOf({ task, rescued, failure, raises }: TaskOutcome): string {
  const head = `${oneLine(task.name)} (${placeText(task)}${rescued ? ', rescued' : ''})`;
  if (raises) return `${head}: raises that failure again`;
  return failure ? `${head}: ${oneLine(failure.summary)}` : head;
}

/** The reason, without its middle where it is long: what began it and what came of it stand at the ends. */
function reasonLines(reason: string | undefined, columns: number): string[] {
  if (reason === undefined) return [];
  const lines = visible(reason).split('\n');
  const left = lines.length - LONGEST_REASON;
  const half = LONGEST_REASON / 2;
  const shown = left > 1 ? [...lines.slice(0, half), `… (${count(left, 'more line')})`, ...lines.slice(-half)] : lines;
  return shown.flatMap((line) => indented(line, '    ', '      ', columns));
}

function hintLines(hint: string | undefined, columns: number): string[] {
  if (hint === undefined) return [];
  const lines = visible(hint)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.flatMap((line, index) => indented(line, `    ${index === 0 ? '→' : ' '} `, '      ', columns));
}

/** Broken between words, but not where a line begins with spaces: that is a command to copy, or laid out. */
function indented(text: string, first: string, others: string, columns: number): string[] {
  const lines = text.startsWith(' ') ? [text] : wrap(text, columns - others.length);
  return lines.map((line, index) => `${index === 0 ? first : others}${line}`.trimEnd());
}
