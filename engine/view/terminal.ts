// The view for people: live on a terminal, plain lines elsewhere.
import { liveView } from './live.ts';
import { plainView } from './plain.ts';
import type { Clock, Output, View } from './view.ts';

export interface TerminalOptions {
  readonly stream: Output;
  /** Whether to colour; `NO_COLOR` and the like are the caller's to know. */
  readonly color: boolean;
  /** Cells in a line. Default: the stream's, else 80 on a terminal and 120 elsewhere. */
  readonly columns?: number;
  /** `false` for a terminal that can't move its cursor: `TERM=dumb` is the caller's to know. */
  readonly live?: boolean;
  /** Also tell what is ok, skipped, connected and being applied. */
  readonly verbose: boolean;
  /** Show the diffs that the events carry. */
  readonly diff: boolean;
  readonly clock: Clock;
}

/** The view that people read. */
export function terminalView(options: TerminalOptions): View {
  const { live, stream } = options;
  // A terminal that says it has no columns (expect, some containers) can't be drawn on.
  const canMove = stream.isTTY === true && stream.columns !== 0;
  return live !== false && canMove ? liveView(options) : plainView(options);
}
