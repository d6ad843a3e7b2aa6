// `--output json`: one event a line, in a stable order of fields, for programs.
import type { Writable } from 'node:stream';
import { mapMembers } from '../base/plain-data.ts';
import type { Event, HostTotals, TaskReference } from '../event/event.ts';
import type { View } from './summary/view.ts';
import { Writer } from './text/writer.ts';

/** The fields that come first, in their order: JSON leaves out what an event hasn't. */
const LEADING = {
  type: undefined,
  run: undefined,
  check: undefined,
  host: undefined,
  play: undefined,
  task: undefined,
  status: undefined,
};
// Legal JSON as they stand, but they break lines for some readers or reorder text on a terminal.
const TROUBLE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The view that writes JSON Lines. A reader that goes away is let go; the run goes on. */
export function jsonLinesView({ stream }: { readonly stream: Writable }): View {
  const writer = new Writer(stream);
  return {
    event: (event) => writer.gather(`${jsonLine(event)}\n`),
    close: () => writer.close(),
  };
}

/** One event as one line of JSON, without its line feed: type, run, check, host, play, task, status, then the rest. */
export function jsonLine(event: Event): string {
  const ordered: Record<string, unknown> = { ...LEADING, ...event };
  if ('task' in event) ordered.task = taskInOrder(event.task);
  if (event.type === 'run.finished') ordered.hosts = mapMembers(event.hosts, totalsInOrder);
  return JSON.stringify(ordered).replace(TROUBLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function taskInOrder({ name, module, file, line }: TaskReference): TaskReference {
  return { name, module, file, line };
}

function totalsInOrder(totals: HostTotals): HostTotals {
  const { ok, changed, unknown, skipped, failed, ignored, unreachable, messages, ...own } = totals;
  return { ok, changed, unknown, skipped, failed, ignored, ...own, unreachable, messages };
}
