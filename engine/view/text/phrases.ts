// The words that every view uses for the same thing, and how figures are written.

import { withoutEnd } from '../../base/without-end.ts';
import type { ChangeData, Status, TaskReference, Transferred } from '../../event/event.ts';
import { visible } from '../../language/problem/visible.ts';

/** The word for an outcome: a dry run says what would be. */
export function statusWord(status: Status, check: boolean): string {
  return status === 'changed' && check ? 'would change' : status;
}

/** `1 host`, `3 hosts`, `2,300 lines`. */
export function count(number: number, noun: string, plural: string = `${noun}s`): string {
  // toLocaleString would load all of ICU, which takes longer than many a run.
  return `${String(number).replace(/\B(?=(\d{3})+$)/g, ',')} ${number === 1 ? noun : plural}`;
}

/** A span of time: `12 ms`, `3.4 s`, `2 min 05 s`, `1 h 02 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (figure: number) => String(figure).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}

/** The same in whole seconds, for a clock that ticks: `4 s`. */
export function ticking(ms: number): string {
  return ms < 60_000 ? `${Math.max(0, Math.floor(ms / 1000))} s` : duration(Math.floor(ms / 1000) * 1000);
}

const UNITS = ['KB', 'MB', 'GB', 'TB'];

/** Bytes in decimal units: `1.2 KB`, `34 MB`. */
export function size(bytes: number): string {
  const power = Math.min(UNITS.length, Math.max(1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const figure = bytes / 1000 ** power;
  return `${figure.toFixed(figure < 10 ? 1 : 0)} ${UNITS[power - 1]}`;
}

/** What went over the wire, and how fast: `105 MB, 12 MB/s`, and on the way `34 MB of 105 MB, 12 MB/s`. */
export function transferText({ bytes, ms, of }: Transferred & { readonly of?: number }): string {
  const so = of === undefined ? size(bytes) : `${size(bytes)} of ${size(of)}`;
  return ms === 0 ? so : `${so}, ${size((bytes * 1000) / ms)}/s`;
}

/** Where a task stands: `site.yml:12`. */
export function placeText(task: TaskReference): string {
  return oneLine(`${task.file}:${task.line}`);
}

/** Text in one visible line: control and bidi characters escaped, line breaks and tabs too. */
export function oneLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

const MOST_OF_A_VALUE = 120;

/** What a change touches and from what to what, in one line: `file /etc/motd  0644 → 0640`. */
export function changeText(change: ChangeData): { readonly what: string; readonly values: string } {
  return { what: oneLine(change.what), values: values(change) };
}

function values({ from, to }: ChangeData): string {
  if (from !== undefined && to !== undefined) return `${value(from)} → ${value(to)}`;
  if (to !== undefined) return value(to);
  return from === undefined ? '' : `was ${value(from)}`;
}

/** One line of a value; how much more there is, is said. */
function value(text: string): string {
  const trimmed = withoutEnd(text, '\n');
  const [first = '', ...rest] = trimmed.split('\n');
  const line = oneLine(first);
  const cut = line.length > MOST_OF_A_VALUE ? `${line.slice(0, MOST_OF_A_VALUE)}…` : line || "''";
  return rest.length > 0 ? `${cut} (and ${count(rest.length, 'more line')})` : cut;
}
