// The terminal view: what is worth reading scrolls, below it one line a host and the checklist move.
import { accumulate } from '../summary/accumulate.ts';
import { newSummary } from '../summary/summary.ts';
import type { View } from '../summary/view.ts';
import { oneLine } from '../text/phrases.ts';
import { type Style, styles } from '../text/style.ts';
import { displayWidth, pad } from '../text/width.ts';
import { Writer } from '../text/writer.ts';
import { summaryLines } from './end-of-run.ts';
import { BODY_INDENT, type TextBlock } from './event-block.ts';
import { narrate } from './event-text.ts';
import type { TerminalOptions } from './options.ts';
import { screenLines } from './screen.ts';
import { type Spinner, startSpinner } from './spinner.ts';

// Each write makes ora draw everything again: what comes together is written together.
const FLUSH_MS = 40;

/** The view for a terminal. */
export function liveView(options: TerminalOptions): View {
  const { stream, color, verbose, diff, clock } = options;
  const writer = new Writer(stream);
  const style = styles(color);
  const summary = newSummary();
  const said = new Map<string, string>();
  const columns = () => options.columns ?? stream.columns ?? 80;
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  let spinner: Spinner | undefined;
  let paused = false;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const text = waiting;
    waiting = '';
    writer.write(text);
  };
  const say = (text: string) => {
    waiting += text;
    if (!paused) timer ??= setTimeout(flush, FLUSH_MS);
  };
  const moving = () =>
    screenLines(summary, { columns: columns(), rows: stream.rows ?? 24, now: clock(), style }).join('\n');

  return {
    recall(event, at) {
      accumulate(summary, event, at);
    },
    event(event) {
      const kept = accumulate(summary, event, clock());
      const telling = { check: event.check, verbose, diff, color, style, said, columns: columns() };
      const block = narrate(event, kept, summary, telling);
      if (block) say(blockText(block, event.check, columns(), style));
      if (event.type === 'run.started' || event.type === 'run.resumed')
        spinner ??= startSpinner({ stream, color, text: moving });
    },
    async pause() {
      await spinner?.stop();
      flush();
      paused = true;
    },
    resume() {
      paused = false;
      flush();
      spinner = startSpinner({ stream, color, text: moving });
    },
    async close(closing = []) {
      await spinner?.stop();
      flush();
      const lines = summaryLines(summary, closing, columns(), style);
      writer.write(lines.map((line) => `${line}\n`).join(''));
      await writer.close();
    },
  };
}

/** `changed  web1  Application user  site.yml:12` and the body below it; the note only where it fits. */
function blockText(
  { host, word, colour, title, note, body }: TextBlock,
  check: boolean,
  columns: number,
  style: Style,
): string {
  const label = columns < 60 ? word : pad(word, check ? 12 : 9);
  const name = host === null ? '' : `${oneLine(host)}  `;
  const fits = note !== '' && displayWidth(`${label}  ${name}${title}  ${note}`) < columns;
  const head = `${style[colour](label)}  ${style.bold(name)}${title}${fits ? style.dim(`  ${note}`) : ''}`;
  return [head, ...body.map((line) => `${' '.repeat(BODY_INDENT)}${line}`.trimEnd())]
    .map((line) => `${line}\n`)
    .join('');
}
