// Plain lines for pipes, files and CI: each begins with its host (or `vrun`), so that grep finds everything.
import { accumulate } from '../summary/accumulate.ts';
import { checklistText } from '../summary/checklist.ts';
import { newSummary } from '../summary/summary.ts';
import type { View } from '../summary/view.ts';
import { oneLine } from '../text/phrases.ts';
import { type Style, styles } from '../text/style.ts';
import { Writer } from '../text/writer.ts';
import { summaryLines } from './end-of-run.ts';
import type { TextBlock } from './event-block.ts';
import { narrate } from './event-text.ts';
import type { TerminalOptions } from './options.ts';

/** `web1: changed: Application user (site.yml:12)`, one block an event; at the end the summary. */
export function plainView(options: TerminalOptions): View {
  const { stream, color, verbose, diff, clock } = options;
  const writer = new Writer(stream);
  const style = styles(color);
  const summary = newSummary();
  const said = new Map<string, string>();
  return {
    recall(event, at) {
      accumulate(summary, event, at);
    },
    event(event) {
      const kept = accumulate(summary, event, clock());
      const block = narrate(event, kept, summary, { check: event.check, verbose, diff, color, style, said });
      if (block) writer.write(plainText(block, style));
      if (event.type === 'checklist.changed' && event.host === null) {
        const entry = summary.checklist.find(({ line }) => line === event.line);
        if (entry) writer.write(`vrun: checklist: ${oneLine(checklistText(entry))}\n`);
      }
    },
    close(closing = []) {
      const lines = summaryLines(summary, closing, options.columns ?? (stream.columns || 120), style);
      writer.write(lines.map((line) => `${line}\n`).join(''));
      return writer.close();
    },
  };
}

function plainText({ host, word, colour, title, note, body }: TextBlock, style: Style): string {
  const prefix = host === null ? 'vrun:' : `${oneLine(host)}:`;
  const head = `${prefix} ${style[colour](`${word}:`)} ${title}${note === '' ? '' : ` (${note})`}`;
  return [head, ...body.map((line) => `${prefix}   ${line}`.trimEnd())].map((line) => `${line}\n`).join('');
}
