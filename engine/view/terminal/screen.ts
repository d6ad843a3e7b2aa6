// What moves at the foot of the terminal, as lines that fit it: one a host, those that stand still folded together.

import type { HostSummary, RunSummary } from '../summary/summary.ts';
import { count, oneLine, statusWord, ticking, transferText } from '../text/phrases.ts';
import type { Style } from '../text/style.ts';
import { displayWidth, pad, truncate } from '../text/width.ts';
import { checklistRows } from './end-of-run.ts';

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly style: Style;
}

// A task's time is worth a look once it takes longer than this.
const SLOW_MS = 3000;
const INDENT = '   ';

/** The first line stands right of the spinner; none is wider than the terminal, and together they leave room above. */
export function screenLines(summary: RunSummary, screen: Screen): string[] {
  const room = Math.max(3, Math.min(screen.rows - 2, Math.ceil(screen.rows * 0.7)));
  // The hosts come first, but the checklist may always have a third.
  const checklistRoom = Math.max(Math.floor(room / 3), room - 1 - summary.hosts.size);
  const checklist = checklistPart(summary, checklistRoom, screen);
  const hosts = hostPart([...summary.hosts.values()], room - 1 - checklist.length, {
    ...screen,
    check: summary.check,
  });
  return [headline(summary, screen), ...hosts, ...checklist];
}

function headline(summary: RunSummary, { columns, now, style }: Screen): string {
  const hosts = [...summary.hosts.values()];
  const play = summary.plays.at(-1)?.play ?? 'Starting';
  const done = hosts.filter(isDone).length;
  const parts = [`${done} of ${count(hosts.length, 'host')} done`];
  if (summary.started !== undefined) parts.push(ticking(now - summary.started));
  if (summary.check) parts.unshift('dry run');
  const tail = parts.join(', ');
  const name = truncate(oneLine(play), columns - displayWidth(tail) - 6);
  return `${style.bold(name)}  ${style.dim(truncate(tail, columns - displayWidth(name) - 6))}`;
}

function isDone({ phase, current, tasksDone, tasks }: HostSummary): boolean {
  return phase !== 'waiting' && (phase !== 'running' || (current === undefined && tasks > 0 && tasksDone >= tasks));
}

type HostScreen = Screen & { readonly check: boolean };

/** All hosts where they fit; else those at work, and the others as figures. */
function hostPart(hosts: readonly HostSummary[], room: number, screen: HostScreen): string[] {
  if (hosts.length <= room) return hosts.map((host) => hostLine(host, hosts, screen));
  const working = hosts.filter((host) => host.phase === 'running' && !isDone(host));
  const shown = working.slice(0, Math.max(0, room - 1));
  const tally = tallyText(hosts, working.length - shown.length);
  const lines = shown.map((host) => hostLine(host, shown, screen));
  return tally === '' || room < 1 ? lines : [...lines, screen.style.dim(INDENT + truncate(tally, screen.columns - 4))];
}

function tallyText(hosts: readonly HostSummary[], more: number): string {
  const of = (phase: HostSummary['phase']) => hosts.filter((host) => host.phase === phase).length;
  const idle = hosts.filter((host) => isDone(host) && (host.phase === 'running' || host.phase === 'finished')).length;
  const notBegun = of('waiting') + of('untouched');
  const parts = [
    ...(more > 0 ? [`${more} more at work`] : []),
    ...(of('failed') > 0 ? [`${of('failed')} failed`] : []),
    ...(of('unreachable') > 0 ? [`${of('unreachable')} unreachable`] : []),
    ...(of('stopped') > 0 ? [`${of('stopped')} stopped`] : []),
    ...(notBegun > 0 ? [`${notBegun} not begun`] : []),
    ...(idle > 0 ? [`${idle} done`] : []),
  ];
  return parts.join(', ');
}

/** `   web1  12/20  Service: applying, 14 s    2 changed` */
function hostLine(
  host: HostSummary,
  beside: readonly HostSummary[],
  { columns, now, style, check }: HostScreen,
): string {
  const widest = Math.max(...beside.map(({ host: name }) => displayWidth(oneLine(name))));
  const nameWidth = Math.min(widest, Math.max(8, Math.floor(columns / 3)));
  const name = pad(truncate(oneLine(host.host), nameWidth), nameWidth);
  const total = Math.max(...beside.map(({ tasks }) => String(tasks).length));
  const progress = pad(host.tasks === 0 ? '' : `${host.tasksDone}/${host.tasks}`, 2 * total + 1, 'left');
  const figures = figuresText(host, check);
  const room = columns - 1 - displayWidth(`${INDENT}${name}  ${progress}  `);
  const fits = displayWidth(figures) + 12 <= room;
  const doing = truncate(activityText(host, now), fits && figures !== '' ? room - displayWidth(figures) - 2 : room);
  const tail = fits && figures !== '' ? `  ${style.yellow(figures)}` : '';
  return `${INDENT}${style.bold(name)}  ${style.dim(progress)}  ${paintPhase(host, doing, style)}${tail}`;
}

function activityText({ phase, current, failure, user, outcomes, ...host }: HostSummary, now: number): string {
  if (phase === 'waiting') return 'not connected yet';
  if (phase === 'untouched') return 'not begun';
  if (phase === 'stopped') return 'stopped, since others failed';
  if (phase === 'interrupted') return 'interrupted';
  if (phase === 'failed' || phase === 'unreachable') {
    const last = outcomes.findLast(({ status }) => status === 'failed' || status === 'unreachable');
    return `${phase}: ${oneLine(failure?.summary ?? last?.task.name ?? '')}`;
  }
  if (current) {
    const span = now - current.since;
    const time = span >= SLOW_MS ? `, ${ticking(span)}` : '';
    const { transfer } = current;
    const what = transfer ? `: ${transferText(transfer)}` : current.applying ? ': applying' : '';
    return `${oneLine(current.task.name)}${what}${time}`;
  }
  if (phase === 'finished' || (host.tasks > 0 && host.tasksDone >= host.tasks)) return 'done';
  return user === undefined ? 'connecting' : 'reading';
}

function paintPhase({ phase, current }: HostSummary, text: string, style: Style): string {
  if (phase === 'failed' || phase === 'unreachable') return style.red(text);
  if (phase === 'waiting' || phase === 'untouched') return style.dim(text);
  if (phase === 'stopped' || phase === 'interrupted') return style.yellow(text);
  return text === 'done' && current === undefined ? style.green(text) : text;
}

function figuresText({ totals }: HostSummary, check: boolean): string {
  const parts = [];
  if (totals.changed > 0) parts.push(`${totals.changed} ${statusWord('changed', check)}`);
  if (totals.unknown > 0) parts.push(`${totals.unknown} unknown`);
  return parts.join(', ');
}

/** Every line where there is room, else the ones that aren't as they should be, and how many are done. */
function checklistPart(summary: RunSummary, room: number, { columns, style }: Screen): string[] {
  const { checklist } = summary;
  if (checklist.length === 0) return [];
  if (checklist.length <= room) return checklistRows(summary, style, columns - 4).map((line) => INDENT + line);
  const done = checklist.filter(({ mark }) => mark === 'x').length;
  const open = checklist
    .filter(({ mark }) => mark === '!' || mark === '-')
    .map(({ mark, line }) => `[${mark}] ${line}`);
  const text = [`checklist: ${done} of ${checklist.length} done`, ...open.map(oneLine)].join('  ');
  return [INDENT + truncate(text, columns - 4)];
}
