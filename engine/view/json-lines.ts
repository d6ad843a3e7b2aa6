// `--output json`: one event a line, in a stable order of fields, for programs.
import type { Writable } from 'node:stream';
import type { Event, HostTotals, TaskReference } from '../event/event.ts';
import type { View } from './summary/view.ts';
import { Writer } from './text/writer.ts';

const LEADING = ['type', 'run', 'check', 'host', 'play', 'task', 'status'];
// Legal JSON as they stand, but they break lines for some readers or reorder text on a terminal.
const TROUBLE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The view that writes JSON Lines. A reader that goes away is let go; the run goes on. */
export function jsonLinesView({ stream }: { readonly stream: Writable }): View {
  const writer = new Writer(stream);
  return {
    event: (event) => writer.write(`${jsonLine(event)}\n`),
    close: () => writer.close(),
  };
}

/** One event as one line of JSON, without its line feed: type, run, check, host, play, task, status, then the rest. */
export function jsonLine(event: Event): string {
  const fields = Object.entries(event);
  const rank = (name: string) => (LEADING.includes(name) ? LEADING.indexOf(name) : LEADING.length);
  fields.sort(([a], [b]) => rank(a) - rank(b));
  const ordered: Record<string, unknown> = Object.fromEntries(fields);
  if ('task' in event) ordered.task = taskInOrder(event.task);
  if (event.type === 'run.finished') ordered.hosts = mapValues(event.hosts, totalsInOrder);
  return JSON.stringify(ordered).replace(TROUBLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function taskInOrder({ name, module, file, line }: TaskReference): TaskReference {
  return { name, module, file, line };
}

function totalsInOrder(totals: HostTotals): HostTotals {
  const { ok, changed, unknown, skipped, failed, ignored, unreachable, messages, ...own } = totals;
  return { ok, changed, unknown, skipped, failed, ignored, ...own, unreachable, messages };
}

function mapValues<T>(map: Readonly<Record<string, T>>, convert: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, convert(value)]));
}
