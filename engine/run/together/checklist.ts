// The run's checklist: which lines are to do, in progress, done or failed, on each host and on the whole. A line is done
// where every host that should do it has done it.
import type { ChecklistMark, Status } from '../../event/event.ts';
import type { Play, Runbook } from '../../language/runbook/runbook.ts';
import { allNodes, mainTasks } from '../../language/runbook/task-tree.ts';
import type { Leaving } from './progress.ts';

/** Told of every change of a mark; with `host` null it is the run as a whole, and `of` how many hosts should do the line. */
export type Marked = (line: string, mark: ChecklistMark, host: string | null, of?: number) => void;

/** What one host has done of one line. */
interface Standing {
  /** Plays in which it has still to come through the line. */
  readonly awaited: Set<Play>;
  mark: ChecklistMark;
  /** A task of the line was done there or skipped, or the host came past where one could have been. */
  reached: boolean;
  /** It is about to do a task of the line, or has done one. */
  begun: boolean;
  /** A task of the line was done, and not skipped. */
  wanted: boolean;
  /** A task of the line was left out: a failure led past it, or a person didn't want it. */
  missed: boolean;
  failed: boolean;
  /** A change of it was only foreseen. */
  pending: boolean;
}

/** One line: its hosts, what they come to together, and what was told of that. */
interface Line {
  readonly hosts: Map<string, Standing>;
  readonly sums: Sums;
  told: { readonly mark: ChecklistMark; readonly of: number };
}

/** How many hosts have failed, aren't done with it, have come to it, have begun or have nothing left to do, and should do it. */
type Sums = Record<'failed' | 'open' | 'reached' | 'moving' | 'of', number>;

export class Checklist {
  readonly lines: readonly string[];
  readonly #lines = new Map<string, Line>();
  readonly #marked: Marked;

  constructor(lines: readonly string[], marked: Marked) {
    this.lines = lines;
    this.#marked = marked;
  }

  /** These hosts will run the play, and should do each of its lines; a line that only a rescue has counts for the hosts that come to it. */
  expect(play: Play, hosts: readonly string[]): void {
    for (const line of linesIn(mainTasks(play.tasks))) {
      for (const host of hosts) {
        const awaited = this.#line(line).hosts.get(host)?.awaited ?? [];
        this.#change(line, host, { awaited: new Set([...awaited, play]) });
      }
    }
  }

  /** The host has begun with the line. */
  begin(line: string, host: string): void {
    this.#change(line, host, { begun: true });
  }

  /** A task under the line has begun there, and never came to its end. */
  come(line: string, host: string): void {
    this.#change(line, host, { reached: true });
  }

  /** A task under the line came out so; `foreseen`: what it would change was not done. */
  note(line: string, host: string, status: Status, foreseen: boolean): void {
    const known = this.#line(line).hosts.get(host);
    const change = {
      reached: true,
      wanted: known?.wanted === true || status !== 'skipped',
      failed: known?.failed === true || status === 'failed' || status === 'unreachable',
      pending: known?.pending === true || status === 'unknown' || (status === 'changed' && foreseen),
    };
    // Of most tasks there is nothing new to say.
    const { reached, wanted, failed, pending } = known ?? newStanding();
    if (reached && wanted === change.wanted && failed === change.failed && pending === change.pending) return;
    this.#change(line, host, change);
  }

  /** Tasks under these lines don't come any more, though they should have been done. */
  miss(lines: Iterable<string>, host: string): void {
    for (const line of lines) this.#change(line, host, { missed: true });
  }

  /** The lines of the play of which tasks were left out on the host. */
  missedBy(host: string, play: Play): readonly string[] {
    return linesIn(allNodes(play.tasks)).filter((line) => this.#lines.get(line)?.hosts.get(host)?.missed);
  }

  /** The host has no more tasks of the play under the line. */
  pass(line: string, host: string, play: Play): void {
    this.#change(line, host, {}, play);
  }

  /** The host comes to no more lines of the play, and needn't. */
  leave(play: Play, host: string, how: Leaving): void {
    for (const [line, { hosts }] of this.#lines) {
      if (!hosts.get(host)?.awaited.has(play)) continue;
      this.#change(line, host, how === 'through' ? { reached: true } : {}, play);
    }
  }

  /** At the end of the run: who was about to begin hasn't begun; and for how many hosts each line was, if that was told otherwise. */
  end(): void {
    for (const [name, line] of this.#lines) {
      for (const [host, { begun, reached }] of line.hosts) {
        if (begun && !reached) this.#change(name, host, { begun: false });
      }
      if (line.told.mark === '-' && line.told.of !== line.sums.of) this.#tell(name, line);
    }
  }

  #line(name: string): Line {
    const known = this.#lines.get(name);
    if (known) return known;
    const sums = { failed: 0, open: 0, reached: 0, moving: 0, of: 0 };
    const fresh: Line = { hosts: new Map(), sums, told: { mark: ' ', of: 0 } };
    this.#lines.set(name, fresh);
    return fresh;
  }

  /** `passed`: the play in which the host needn't come to the line any more. */
  #change(name: string, host: string, change: Partial<Standing>, passed?: Play): void {
    const line = this.#line(name);
    const standing = line.hosts.get(host) ?? newStanding();
    if (line.hosts.has(host)) add(line.sums, standing, -1);
    line.hosts.set(host, standing);
    Object.assign(standing, change);
    if (passed) standing.awaited.delete(passed);
    const mark = markOf(standing);
    if (standing.mark !== mark) {
      standing.mark = mark;
      this.#marked(name, mark, host);
    }
    add(line.sums, standing, 1);
    if (wholeOf(line.sums) !== line.told.mark) this.#tell(name, line);
  }

  #tell(name: string, line: Line): void {
    line.told = { mark: wholeOf(line.sums), of: line.sums.of };
    this.#marked(name, line.told.mark, null, line.told.of);
  }
}

function newStanding(): Standing {
  const nothing = { reached: false, begun: false, wanted: false, missed: false, failed: false, pending: false };
  return { awaited: new Set(), mark: ' ', ...nothing };
}

function isThrough({ awaited, missed }: Standing): boolean {
  return awaited.size === 0 && !missed;
}

function markOf(standing: Standing): ChecklistMark {
  if (standing.failed) return '!';
  if (isThrough(standing)) return standing.wanted && !standing.pending ? 'x' : ' ';
  return standing.begun ? '-' : ' ';
}

function add(sums: Sums, standing: Standing, by: 1 | -1): void {
  const through = isThrough(standing);
  if (standing.failed) sums.failed += by;
  if (!through || standing.pending) sums.open += by;
  if (standing.reached) sums.reached += by;
  if (through ? standing.reached && !standing.pending : standing.begun) sums.moving += by;
  if (!through || standing.wanted) sums.of += by;
}

/** A line to which hosts came, with nothing to do for any of them, is done; one to which no host came is not. */
function wholeOf({ failed, open, reached, moving }: Sums): ChecklistMark {
  if (failed > 0) return '!';
  if (open === 0 && reached > 0) return 'x';
  return moving > 0 ? '-' : ' ';
}

/** The lines of a runbook's checklist, in the order in which they first stand there. */
export function checklistLines(runbooks: readonly Runbook[]): readonly string[] {
  return linesIn(runbooks.flatMap(({ plays }) => plays.flatMap(({ tasks }) => allNodes(tasks))));
}

function linesIn(nodes: readonly { readonly checklist: string | undefined }[]): readonly string[] {
  return [...new Set(nodes.flatMap(({ checklist }) => checklist ?? []))];
}
