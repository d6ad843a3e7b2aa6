// What is worth saying about an event: one headline and the lines below it, for the terminal and for plain output alike.
import type { ChangeData, FailureData, Status } from '../../event/event.ts';
import { renderProblem } from '../../language/problem/render.ts';
import { visible } from '../../language/problem/visible.ts';
import { failureKey } from '../summary/failure.ts';
import { changesMade, halfWayText } from '../summary/half-way.ts';
import type { TaskOutcome } from '../summary/summary.ts';
import { hunkLines, unifiedDiff } from '../text/diff.ts';
import { changeText, count, duration, oneLine, placeText, statusWord, transferText } from '../text/phrases.ts';
import type { Colour, Style } from '../text/style.ts';
import { displayWidth, truncate, wrap } from '../text/width.ts';

/** Everything in it is visible text. `title` and `note` have no colours yet; the lines of `body` have. */
export interface TextBlock {
  /** `null` speaks of the run as a whole. */
  readonly host: string | null;
  readonly word: string;
  readonly colour: Colour;
  readonly title: string;
  readonly note: string;
  readonly body: readonly string[];
}

/** What a narrator was asked for, and what it said before: the same diff or failure is not shown in full again. */
export interface Telling {
  readonly check: boolean;
  readonly verbose: boolean;
  readonly diff: boolean;
  readonly color: boolean;
  readonly style: Style;
  /** Lines of prose are broken to fit so many cells; left to the reader's pager where it isn't given. */
  readonly columns?: number;
  /** What was shown in full → the host that it was shown for. */
  readonly said: Map<string, string>;
}

export const STATUS_COLOURS: Readonly<Record<Status, Colour>> = {
  ok: 'green',
  changed: 'yellow',
  unknown: 'cyan',
  skipped: 'dim',
  failed: 'red',
  unreachable: 'red',
  ignored: 'magenta',
};

export const CHANGE_COLOURS: Readonly<Record<ChangeData['op'], Colour>> = {
  '+': 'green',
  '~': 'yellow',
  '-': 'red',
  '!': 'cyan',
};
const MOST_DIFF_LINES = 100;
const WIDEST_DIFF_LINE = 400;
/** Cells that the terminal's view puts before a block's body. */
export const BODY_INDENT = 4;
// Quicker tasks need no time beside them.
const SLOW_MS = 5000;

/** A task's outcome. What `debug` says is its own word, whatever the status. */
export function outcomeBlock(host: string, outcome: TaskOutcome, telling: Telling): TextBlock {
  const left = halfWayText(outcome);
  const said = outcome.message !== undefined && outcome.status === 'ok';
  return {
    host,
    word: said ? 'message' : statusWord(outcome.status, outcome.checkMode ?? telling.check),
    colour: said ? 'cyan' : STATUS_COLOURS[outcome.status],
    title: outcomeTitle(outcome),
    note: outcomeNote(outcome, telling),
    body: [
      ...(left === undefined ? outcome.changes : changesMade(outcome)).flatMap((change) =>
        changeLines(host, change, telling),
      ),
      ...(left === undefined ? [] : fitted(left, '  ', telling.columns).map(telling.style.yellow)),
      ...(outcome.message === undefined ? [] : visible(outcome.message).split('\n')),
      ...(outcome.reason === undefined
        ? []
        : fitted(reasonText(outcome), '  ', telling.columns).map(telling.style.dim)),
      ...failureLines(host, outcome, telling),
    ],
  };
}

/** The task's name as a reader knows it: `Users (item: deploy)`, with who acted instead of the host: `→ db1`. */
export function outcomeTitle({ task, item, delegate }: Pick<TaskOutcome, 'task' | 'item' | 'delegate'>): string {
  const label = item === undefined ? '' : ` (item: ${oneLine(item)})`;
  return oneLine(task.name) + label + (delegate === undefined ? '' : ` → ${oneLine(delegate)}`);
}

function outcomeNote(
  { handler, task, attempts, ms, readMs, rescued, transferred }: TaskOutcome,
  { verbose }: Telling,
): string {
  const parts = [handler ? `handler, ${placeText(task)}` : placeText(task)];
  if (rescued) parts.push('rescued');
  if (attempts !== undefined && attempts > 1) parts.push(count(attempts, 'attempt'));
  if (transferred) parts.push(transferText(transferred));
  if (ms >= SLOW_MS) parts.push(duration(ms));
  if (verbose && readMs !== undefined) parts.push(`read in ${duration(readMs)}`);
  return parts.join(', ');
}

function reasonText({ status, reason = '' }: TaskOutcome): string {
  return status === 'unknown' ? `known after apply: ${oneLine(reason)}` : oneLine(reason);
}

function failureLines(host: string, { status, failure, raises }: TaskOutcome, telling: Telling): string[] {
  if (failure === undefined) return [];
  if (raises)
    return fitted(
      `raises the failure of ${oneLine(raises.name)} (${placeText(raises)}) again`,
      '  ',
      telling.columns,
    ).map(telling.style.dim);
  if (status === 'ignored' && !telling.verbose) return [oneLine(failure.summary)];
  return sayOnce(host, failureKey(failure), 'failed as on', telling, () => problemLines(failure, telling));
}

/** A failure whose summary is the block's title: the source line, why, and what to do. */
export function problemBody(problem: FailureData, telling: Telling): string[] {
  return problemLines({ ...problem, summary: '' }, telling).slice(1);
}

/** Why and what to do fit the terminal; the source line stays whole, so that its caret stands right. */
function problemLines(problem: FailureData, { color, columns }: Telling): string[] {
  const prose = /^(\s*(?:\x1b\[[\d;]*m)?(?:=(?:\x1b\[[\d;]*m)? +|→(?:\x1b\[[\d;]*m)? ))/;
  return renderProblem(problem, { color })
    .split('\n')
    .flatMap((line) => {
      const [, mark] = prose.exec(line) ?? [];
      return mark === undefined ? [line] : fitted(line, ' '.repeat(displayWidth(mark) + 2), columns);
    });
}

/** Broken between words where it is too wide for the body of a block; what follows is indented. */
function fitted(line: string, indent: string, columns: number | undefined): string[] {
  const room = (columns ?? Number.POSITIVE_INFINITY) - BODY_INDENT;
  if (displayWidth(line) <= room) return [line];
  const [first = '', ...rest] = wrap(line, room);
  return rest.length === 0 ? [first] : [first, ...wrap(rest.join(' '), room - indent.length).map((l) => indent + l)];
}

function changeLines(host: string, change: ChangeData, telling: Telling): string[] {
  const { what, values } = changeText(change);
  const paint = telling.style[CHANGE_COLOURS[change.op]];
  const lines = fitted(`${paint(`${change.op} ${what}`)}${values ? `  ${values}` : ''}`, '    ', telling.columns);
  const { diff } = change;
  if (!telling.diff || !diff) return lines;
  const shown = sayOnce(host, JSON.stringify([what, diff]), 'diff as on', telling, () => diffText(diff, telling.style));
  return [...lines, ...shown.map((text) => `  ${text}`)];
}

/** The full text the first time, afterwards only where it was. */
function sayOnce(host: string, key: string, words: string, telling: Telling, full: () => string[]): string[] {
  const before = telling.said.get(key);
  if (before !== undefined && before !== host) return [telling.style.dim(`${words} ${oneLine(before)}`)];
  telling.said.set(key, host);
  return full();
}

function diffText(diff: { readonly before: string; readonly after: string }, style: Style): string[] {
  const lines = unifiedDiff(diff.before, diff.after).flatMap(hunkLines);
  const shown = lines.slice(0, MOST_DIFF_LINES).map((line) => {
    const text = truncate(visible(line), WIDEST_DIFF_LINE);
    if (line.startsWith('@@')) return style.cyan(text);
    if (line.startsWith('+')) return style.green(text);
    return line.startsWith('-') ? style.red(text) : text;
  });
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, style.dim(`… ${count(more, 'more line')} of this diff`)] : shown;
}
