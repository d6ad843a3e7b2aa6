// How the view for people is to look.
import type { Clock, OutputStream } from '../summary/view.ts';

export interface TerminalOptions {
  readonly stream: OutputStream;
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
