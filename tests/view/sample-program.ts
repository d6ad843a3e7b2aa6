// Plays the sample run on standard output: `live|plain|json [milliseconds an event]`. Bundled and run by tests.

import { jsonLinesView } from '../../engine/view/json-lines.ts';
import type { View } from '../../engine/view/summary/view.ts';
import { terminalView } from '../../engine/view/terminal/terminal.ts';
import { sampleRun } from './sample-run.ts';

const [, , mode = 'live', pause = '0'] = process.argv;
const stream = process.stdout;
const clock = Date.now;
const view: View =
  mode === 'json'
    ? jsonLinesView({ stream })
    : terminalView({ stream, color: true, live: mode === 'live', verbose: false, diff: true, clock });
for (const [, event] of sampleRun()) {
  view.event(event);
  await new Promise((resolve) => setTimeout(resolve, Number(pause)));
}
await view.close(['Report:  .vrun/runs/1/report.md']);
process.stderr.write('ended well\n');
