// Views show events: the terminal, JSON Lines, the Markdown report. They get redacted events and decide nothing.
import type { Writable } from 'node:stream';
import type { Event } from '../../event/event.ts';

/** A consumer of events. It never throws because its reader went away. */
export interface View {
  event(event: Event): void;
  /** Takes an event of a resumed run from before it died, and shows nothing of it; `at` is in milliseconds since the epoch. */
  recall?(event: Event, at: number): void;
  /** Leaves the terminal to a question; events that come meanwhile are shown after `resume`. */
  pause?(): Promise<void>;
  resume?(): void;
  /**
   * Writes what is left and waits until it is written. `closing` are the last lines for a person: where the report is,
   * how to verify the record. Views for machines ignore them.
   */
  close(closing?: readonly string[]): Promise<void> | void;
}

/** Milliseconds since the epoch. */
export type Clock = () => number;

/** A stream that may be a terminal: `process.stdout` is one. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
