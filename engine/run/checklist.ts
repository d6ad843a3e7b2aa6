// The run's checklist: which lines are to do, in progress, done or failed, on each host and on the whole.
import type { ChecklistMark, Status } from '../event/event.ts';
import type { Play, Runbook } from '../language/runbook.ts';
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
  /** For each line the plays in which it stands, with the hosts that have still to come through it. */
  readonly #awaited = new Map<string, Map<Play, Set<string>>>();

  constructor(lines: readonly string[], marked: Marked) {
    this.lines = lines;
    this.#marked = marked;
  }

  /** These hosts will run the play: no line in it is done before they are through it. */
  expect(play: Play, hosts: readonly string[]): void {
    for (const line of linesOf([play])) {
      const plays = this.#awaited.get(line) ?? new Map<Play, Set<string>>();
      this.#awaited.set(line, plays.set(play, new Set(hosts)));
    }
  }

  /** The host comes to no more lines of the play, be it that it never began. */
  leave(play: Play, host: string): void {
    for (const [line, plays] of this.#awaited) if (plays.get(play)?.delete(host)) this.#show(line);
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

  /** The host has no more tasks of the play under the line. */
  end(line: string, host: string, play?: Play): void {
    if (play) this.#awaited.get(line)?.get(play)?.delete(host);
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
    this.#show(line);
  }

  #show(line: string): void {
    const awaited = [...(this.#awaited.get(line)?.values() ?? [])].some((hosts) => hosts.size > 0);
    const whole = wholeOf([...(this.#marks.get(line)?.values() ?? [])], awaited);
    if ((this.#shown.get(line) ?? ' ') === whole) return;
    this.#shown.set(line, whole);
    this.#marked(line, whole, null);
  }
}

/** `awaited`: somebody has still to come through the line. */
function wholeOf(marks: readonly ChecklistMark[], awaited: boolean): ChecklistMark {
  if (marks.includes('!')) return '!';
  if (marks.includes('-')) return '-';
  if (!awaited && marks.length > 0 && marks.every((mark) => mark === 'x')) return 'x';
  return marks.includes('x') ? '-' : ' ';
}

/** The lines of a runbook's checklist, in the order in which they first stand there. */
export function checklistLines(runbooks: readonly Runbook[]): readonly string[] {
  return linesOf(runbooks.flatMap(({ plays }) => plays));
}

function linesOf(plays: readonly Play[]): readonly string[] {
  const nodes = plays.flatMap(({ tasks }) => allNodes(tasks));
  return [...new Set(nodes.flatMap(({ checklist }) => checklist ?? []))];
}
