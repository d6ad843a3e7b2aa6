// The view for people: live on a terminal, plain lines elsewhere.

import type { View } from '../summary/view.ts';
import { liveView } from './live.ts';
import type { TerminalOptions } from './options.ts';
import { plainView } from './plain.ts';

/** The view that people read. */
export function terminalView(options: TerminalOptions): View {
  const { live, stream } = options;
  // A terminal that says it has no columns (expect, some containers) can't be drawn on.
  const canMove = stream.isTTY === true && stream.columns !== 0;
  return live !== false && canMove ? liveView(options) : plainView(options);
}
