// The run's checklist: which lines are to do, in progress, done or failed, on each host and on the whole.
import type { ChecklistMark, Status } from '../event/event.ts';
import type { Runbook } from '../language/runbook.ts';
import { allNodes } from '../language/task-tree.ts';

/** Told of every change of a mark; `host` null is the run as a whole. */
export type Marked = (line: string, mark: ChecklistMark, host: string | null) => void;

/** In a dry run a line with pending changes stays to do. */
export class Checklist {
  readonly lines: readonly string[];
  readonly #marks = new Map<string, Map<string, ChecklistMark>>();
  readonly #shown = new Map<string, ChecklistMark>();
  readonly #pending = new Set<string>();
  readonly #marked: Marked;

  constructor(lines: readonly string[], marked: Marked) {
    this.lines = lines;
    this.#marked = marked;
  }

  /** The host has begun with the line. */
  begin(line: string, host: string): void {
    if (this.#mark(line, host) !== '!') this.#set(line, host, '-');
  }

  /** A task under the line came out so. */
  note(line: string, host: string, status: Status): void {
    if (status === 'failed' || status === 'unreachable') this.#set(line, host, '!');
    else if (status === 'unknown') this.#pending.add(`${host}\0${line}`);
  }

  /** A change of a dry run: the line stays to do. */
  pending(line: string, host: string): void {
    this.#pending.add(`${host}\0${line}`);
  }

  /** The host has no more tasks under the line. */
  end(line: string, host: string): void {
    if (this.#mark(line, host) === '!') return;
    this.#set(line, host, this.#pending.has(`${host}\0${line}`) ? ' ' : 'x');
  }

  #mark(line: string, host: string): ChecklistMark {
    return this.#marks.get(line)?.get(host) ?? ' ';
  }

  #set(line: string, host: string, mark: ChecklistMark): void {
    if (this.#mark(line, host) === mark) return;
    const marks = this.#marks.get(line) ?? new Map<string, ChecklistMark>();
    this.#marks.set(line, marks.set(host, mark));
    this.#marked(line, mark, host);
    const whole = wholeOf([...marks.values()]);
    if ((this.#shown.get(line) ?? ' ') === whole) return;
    this.#shown.set(line, whole);
    this.#marked(line, whole, null);
  }
}

function wholeOf(marks: readonly ChecklistMark[]): ChecklistMark {
  if (marks.includes('!')) return '!';
  if (marks.includes('-')) return '-';
  if (marks.every((mark) => mark === 'x')) return 'x';
  return marks.includes('x') ? '-' : ' ';
}

/** The lines of a runbook's checklist, in the order in which they first stand there. */
export function checklistLines(runbooks: readonly Runbook[]): readonly string[] {
  const lines = new Set<string>();
  for (const { plays } of runbooks) {
    for (const node of plays.flatMap(({ tasks }) => allNodes(tasks))) {
      if (node.checklist !== undefined) lines.add(node.checklist);
    }
  }
  return [...lines];
}
