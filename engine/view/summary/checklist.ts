// The run's checklist: which lines there are, how far each is, and where one failed.
import type { ChecklistChanged, ChecklistMark } from '../../event/event.ts';

export interface ChecklistLine {
  readonly line: string;
  readonly mark: ChecklistMark;
  readonly hosts: ReadonlyMap<string, ChecklistMark>;
  /** The hosts that should do it, as far as was told. */
  readonly of?: number;
}

/** The lines in the order of the runbook. */
export type ChecklistSummary = readonly ChecklistLine[];

/** A checklist with everything still to do. */
export function newChecklist(lines: readonly string[]): ChecklistSummary {
  return lines.map((line) => ({ line, mark: ' ', hosts: new Map() }));
}

/** The checklist after `event`; a line that wasn't announced joins at the end. */
export function markChecklist(checklist: ChecklistSummary, event: ChecklistChanged): ChecklistSummary {
  if (!checklist.some((entry) => entry.line === event.line)) {
    return markChecklist([...checklist, ...newChecklist([event.line])], event);
  }
  return checklist.map((entry) => {
    if (entry.line !== event.line) return entry;
    if (event.host === null) return { ...entry, mark: event.mark, ...(event.of === undefined ? {} : { of: event.of }) };
    return { ...entry, hosts: new Map(entry.hosts).set(event.host, event.mark) };
  });
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
