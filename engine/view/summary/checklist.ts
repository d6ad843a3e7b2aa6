// The run's checklist: which lines there are, how far each is, and where one failed.
import type { ChecklistChanged, ChecklistMark } from '../../event/event.ts';

export interface ChecklistLine {
  readonly line: string;
  mark: ChecklistMark;
  readonly hosts: Map<string, ChecklistMark>;
  /** The hosts that should do it, as far as was told. */
  of?: number;
}

/** The lines in the order of the runbook. */
export type ChecklistSummary = ChecklistLine[];

/** A checklist with everything still to do. */
export function newChecklist(lines: readonly string[]): ChecklistSummary {
  return lines.map((line) => ({ line, mark: ' ', hosts: new Map() }));
}

/** Marks the checklist by `event`, in place; a line that wasn't announced joins at the end. */
export function markChecklist(checklist: ChecklistSummary, event: ChecklistChanged): void {
  if (!checklist.some(({ line }) => line === event.line)) checklist.push(...newChecklist([event.line]));
  for (const entry of checklist) {
    if (entry.line !== event.line) continue;
    if (event.host !== null) entry.hosts.set(event.host, event.mark);
    else {
      entry.mark = event.mark;
      if (event.of !== undefined) entry.of = event.of;
    }
  }
}

/** `[x] Database`, with what a reader asks next: on which hosts it failed, or on how many it is done. */
export function checklistText(entry: ChecklistLine): string {
  return `[${entry.mark}] ${entry.line}${note(entry)}`;
}

function note(entry: ChecklistLine): string {
  const failed = [...entry.hosts]
    .filter(([, mark]) => mark === '!')
    .map(([host]) => host)
    .sort();
  if (entry.mark === '!' && failed.length > 0) {
    const named =
      failed.length > 3 ? `${failed.slice(0, 3).join(', ')} and ${failed.length - 3} more` : failed.join(', ');
    return ` (failed on ${named})`;
  }
  const done = [...entry.hosts.values()].filter((mark) => mark === 'x').length;
  const of = entry.of ?? entry.hosts.size;
  return entry.mark === '-' && of > 1 ? ` (${done} of ${of} hosts)` : '';
}
