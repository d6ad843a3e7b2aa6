// The view for people: live on a terminal, plain lines elsewhere.

import { liveView } from './live.ts';
import { plainView } from './plain.ts';
import type { TerminalOptions } from './terminal-options.ts';
import type { View } from './view.ts';

/** The view that people read. */
export function terminalView(options: TerminalOptions): View {
  const { live, stream } = options;
  // A terminal that says it has no columns (expect, some containers) can't be drawn on.
  const canMove = stream.isTTY === true && stream.columns !== 0;
  return live !== false && canMove ? liveView(options) : plainView(options);
}
