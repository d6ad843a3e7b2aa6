import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ReportContext, reportMarkdown } from '../../engine/view/report/report.ts';
import { summarize } from '../../engine/view/summary/accumulate.ts';
import { predictionOf } from '../../engine/view/summary/prediction.ts';
import { collectView } from '../../engine/view/summary/summary-view.ts';
import { hostile } from './hostile.ts';
import { manyHosts } from './many-hosts.ts';
import { sampleRun } from './sample-run.ts';
import { stoppedRun } from './stopped-run.ts';

const CONTEXT: ReportContext = {
  runbooks: [{ path: 'runbooks/bootstrap.yml', sha256: 'ab'.repeat(32), commit: 'c0ffee0' }],
  inventory: [{ path: 'inventory/lab/hosts.yml', sha256: 'cd'.repeat(32) }],
  verify: ['vrun audit verify'],
};
const dryRun = { ...CONTEXT, prediction: predictionOf(summarize(sampleRun({ check: true }))) };

describe('the report', () => {
  test.each([
    ['report-run', summarize(sampleRun()), dryRun],
    ['report-dry-run', summarize(sampleRun({ check: true })), CONTEXT],
    ['report-stopped', summarize(stoppedRun()), CONTEXT],
    ['report-fifty-hosts', summarize(manyHosts(50)), CONTEXT],
    ['report-cut-short', summarize(sampleRun().slice(0, 40)), { runbooks: [], inventory: [], verify: [] }],
  ])('%s', async (name, summary, context) => {
    await expect(reportMarkdown(summary, context)).toMatchFileSnapshot(`golden/${name}.md.txt`);
  });

  test('is written from what a view collected', () => {
    let now = 0;
    const view = collectView({ clock: () => now });
    for (const [at, event] of sampleRun()) {
      now = at;
      view.event(event);
    }
    expect(reportMarkdown(view.summary, CONTEXT)).toBe(reportMarkdown(summarize(sampleRun()), CONTEXT));
  });

  test('nothing that a host says becomes a link, HTML, a heading, a list or another column', () => {
    fc.assert(
      fc.property(hostile, (events) => {
        const markdown = reportMarkdown(summarize(events), CONTEXT);
        expect(markdown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/);
        const prose = withoutCode(markdown);
        expect(prose).not.toMatch(/[<>[\]@\\&*_~`]|:\/\/|www\./i);
        for (const line of prose.split('\n')) expect(line).toMatch(/^(#{1,4} |\||- |\S|$)/);
        expect(prose.split('\n').filter((line) => /^# /.test(line))).toHaveLength(1);
        expect(tablesAreEven(prose)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

/** The text without its fenced blocks and code spans, whose content is literal (CommonMark 4.5 and 6.1). */
function withoutCode(markdown: string): string {
  const kept: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split('\n')) {
    const opened: string | undefined = /^(`{3,})[a-z]*$/.exec(line)?.[1];
    if (fence !== undefined) {
      if (opened !== undefined && line === opened && opened.length >= fence.length) fence = undefined;
    } else if (opened !== undefined) fence = opened;
    else kept.push(line);
  }
  expect(fence).toBeUndefined();
  // The only backslashes that the report writes itself: a bar in a table.
  return kept
    .map((line) => line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, 'CODE'))
    .map((line) => line.replaceAll('\\x7c', ''))
    .join('\n');
}

function tablesAreEven(prose: string): boolean {
  const bars = (line: string) => line.split('|').length;
  const lines = prose.split('\n');
  return lines.every((line, index) => {
    const above = lines[index - 1] ?? '';
    return !line.startsWith('|') || !above.startsWith('|') || bars(line) === bars(above);
  });
}
