// What a person reads, as golden texts in `golden/`: look at a difference as a reader would before accepting it.
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { accumulate, summarize } from '../../engine/view/summary/accumulate.ts';
import { newSummary } from '../../engine/view/summary/summary.ts';
import { summaryLines } from '../../engine/view/terminal/end-of-run.ts';
import type { TerminalOptions } from '../../engine/view/terminal/options.ts';
import { screenLines } from '../../engine/view/terminal/screen.ts';
import { terminalView } from '../../engine/view/terminal/terminal.ts';
import { styles } from '../../engine/view/text/style.ts';
import { displayWidth } from '../../engine/view/text/width.ts';
import { cpuTime } from '../cpu-time.ts';
import { hostile } from './hostile.ts';
import { manyHosts } from './many-hosts.ts';
import { START, sampleRun, type Timed } from './sample-run.ts';
import { stoppedRun } from './stopped-run.ts';
import { EmulatedTty } from './terminal-emulator.ts';

const CLOSING = ['Report:  .vrun/runs/20261122T030000Z-5f2c/report.md', 'Verify:  vrun audit verify'];

type Options = Partial<Omit<TerminalOptions, 'stream' | 'clock'>>;

/** Plays the events on a stream that is no terminal. */
async function plain(events: readonly Timed[], options: Options = {}): Promise<string> {
  const stream = new PassThrough();
  const read = stream.toArray();
  let now = 0;
  const view = terminalView({ stream, color: false, verbose: false, diff: false, clock: () => now, ...options });
  for (const [at, event] of events) {
    now = at;
    view.event(event);
  }
  await view.close(CLOSING);
  stream.end();
  return (await read).join('');
}

const golden = (name: string) => `golden/${name}.txt`;

test('a run with batches that was stopped: plain-stopped', async () => {
  await expect(await plain(stoppedRun())).toMatchFileSnapshot(golden('plain-stopped'));
});

describe('plain lines', () => {
  test.each<[string, Parameters<typeof sampleRun>[0], Options]>([
    ['plain-run', {}, {}],
    ['plain-run-diff', {}, { diff: true }],
    ['plain-dry-run', { check: true }, { diff: true }],
    ['plain-run-verbose', {}, { verbose: true }],
    ['plain-run-40-columns', {}, { columns: 40 }],
    ['plain-run-colour', {}, { color: true, diff: true }],
  ])('%s', async (name, run, options) => {
    await expect(await plain(sampleRun(run), options)).toMatchFileSnapshot(golden(name));
  });

  test('fifty hosts', async () => {
    await expect(await plain(manyHosts(50))).toMatchFileSnapshot(golden('plain-fifty-hosts'));
  });

  test('a run that ended without its end', async () => {
    await expect(await plain(sampleRun().slice(0, 40))).toMatchFileSnapshot(golden('plain-cut-short'));
  });

  test('every line up to the summary begins with its host', async () => {
    const text = await plain(sampleRun(), { diff: true, verbose: true });
    const told = text.slice(0, text.indexOf('\n\n')).split('\n');
    expect(told.filter((line) => !/^(vrun|web[123]):/.test(line))).toEqual([]);
  });

  test('what was shown in full for one host is only named for the next', async () => {
    const text = await plain(alike(), { diff: true });
    expect(text.match(/^web1: {3,}\+new$/gm)).toHaveLength(1);
    expect(text).toMatch(/^web2: {5}diff as on web1$/m);
    expect(text).toMatch(/^web2: {3}failed as on web1$/m);
  });

  test('nothing that a host says moves the cursor or hides', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (events) => {
        const text = await plain(events, { diff: true, verbose: true });
        expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the summary', () => {
  test.each([24, 40, 60, 80, 120])('in %i columns its tables and lists fit', (columns) => {
    for (const events of [sampleRun(), sampleRun({ check: true }), manyHosts(50)]) {
      const lines = summaryLines(summarize(events), [], columns, styles(false));
      const head = lines.findIndex((line) => line.startsWith('host '));
      const table = lines.slice(head, lines.indexOf('', head));
      expect(table.filter((line) => displayWidth(line) > columns)).toEqual([]);
      expect(table[0]).toMatch(/ok .*fail/);
      // What is to be done holds commands to copy: those are never broken.
      const lists = lines.slice(0, head).filter((line) => !/^ {4}→| {10}|\S{20}/.test(line));
      expect(lists.filter((line) => displayWidth(line) > columns)).toEqual([]);
    }
  });
});

describe('on a terminal', () => {
  test('what scrolled and the summary are all that is left', async () => {
    const stream = new EmulatedTty(80, 24);
    let now = 0;
    const view = terminalView({ stream, color: true, verbose: false, diff: true, clock: () => now });
    const events = sampleRun();
    for (const [at, event] of events) {
      now = at;
      view.event(event);
      if (event.type === 'run.started') await spinning(stream);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(stream.screen.text()).toContain('of 3 hosts done');
    expect(stream.screen.cursorHidden).toBe(true);
    await view.close(CLOSING);
    expect(stream.screen.cursorHidden).toBe(false);
    expect(stream.screen.strange).toEqual([]);
    await expect(stream.screen.text()).toMatchFileSnapshot(golden('terminal-run'));
  });

  test('without colour there is none', async () => {
    const stream = new EmulatedTty(80, 24);
    const view = terminalView({ stream, color: false, verbose: true, diff: true, clock: () => START });
    for (const [, event] of sampleRun()) view.event(event);
    await spinning(stream);
    await view.close(CLOSING);
    expect(stream.raw).not.toMatch(/\x1b\[[0-9;]*m/);
  });

  test('TERM=dumb gets plain lines', async () => {
    const stream = new EmulatedTty(80, 24);
    const view = terminalView({ stream, color: false, verbose: false, diff: false, clock: () => START, live: false });
    for (const [, event] of sampleRun()) view.event(event);
    await view.close();
    expect(stream.raw).not.toContain('\x1b');
    expect(stream.raw).toContain('web1: changed: Packages (runbooks/bootstrap.yml:8, 6.4 s)\n');
  });
});

describe('what moves', () => {
  const screen = (events: readonly Timed[], columns: number, rows: number) => {
    const now = (events.at(-1)?.[0] ?? START) + 4200;
    return screenLines(summarize(events), { columns, rows, now, style: styles(false) });
  };

  test.each<[string, readonly Timed[], number, number]>([
    ['moving-begin', sampleRun().slice(0, 2), 80, 24],
    ['moving-middle', sampleRun().slice(0, 60), 80, 40],
    ['moving-middle-dry-run', sampleRun({ check: true }).slice(0, 60), 80, 40],
    ['moving-40-columns', sampleRun().slice(0, 60), 40, 24],
    ['moving-fifty-hosts', manyHosts(50, (index) => (index > 40 ? -1 : index % 5)), 80, 24],
  ])('%s', async (name, events, columns, rows) => {
    await expect(screen(events, columns, rows).join('\n')).toMatchFileSnapshot(golden(name));
  });

  test('fits any terminal at any moment, and leaves room above', () => {
    const events = [sampleRun(), manyHosts(50, (index) => index % 5), manyHosts(50)];
    fc.assert(
      fc.property(
        fc.constantFrom(...events),
        fc.nat(250),
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 6, max: 60 }),
        (all, upto, columns, rows) => {
          const lines = screen(all.slice(0, upto), columns, rows);
          expect(lines.length).toBeLessThan(rows);
          // ora puts the spinner and two spaces before the first line.
          expect(
            lines.map((line, index) => displayWidth(line) + (index === 0 ? 3 : 0)).filter((width) => width >= columns),
          ).toEqual([]);
        },
      ),
    );
  });

  test('is quick enough for a thousand hosts', () => {
    const summary = newSummary();
    for (const [at, event] of manyHosts(1000, (index) => index % 5)) accumulate(summary, event, at);
    const began = cpuTime();
    for (let frame = 0; frame < 20; frame++)
      screenLines(summary, { columns: 80, rows: 24, now: START, style: styles(false) });
    expect((cpuTime() - began) / 20).toBeLessThan(80);
  });
});

/** Until ora is loaded and has drawn its first frame. */
function spinning(stream: EmulatedTty): Promise<void> {
  return vi.waitFor(() => expect(stream.raw).toContain('⠋'), { timeout: 15_000, interval: 10 });
}

/** Two hosts with the same diff and the same failure. */
function alike(): Timed[] {
  const common = { run: 'r', check: false, play: 'P', ms: 1 } as const;
  const task = { name: 'T', module: 'copy', file: 'site.yml', line: 1 };
  const changes = [{ op: '~', what: 'file /a', diff: { before: 'old\n', after: 'new\n' } }] as const;
  const failure = { code: 'step-failed', summary: 'it failed', detail: 'for a reason' } as const;
  return ['web1', 'web2'].flatMap((host): Timed[] => [
    [START, { ...common, type: 'task.finished', host, task, status: 'changed', changes }],
    [START, { ...common, type: 'task.finished', host, task, status: 'failed', changes: [], failure }],
  ]);
}

describe('what is on its way', () => {
  const sent = { bytes: 104_857_600, ms: 8400 };
  /** A sample run of which one task sends a large file. */
  function sending(): { readonly before: readonly Timed[]; readonly all: readonly Timed[] } {
    const events = sampleRun({});
    const at = events.findIndex(([, event]) => event.type === 'task.applying');
    const found = events[at];
    if (found?.[1].type !== 'task.applying') throw new Error('the sample changes something');
    const [time, { run, check, host, play, task }] = found;
    const so = { run, check, host, play, task };
    const going: Timed = [
      time + 1000,
      { ...so, type: 'task.transferring', bytes: 34_000_000, ms: 2800, of: sent.bytes },
    ];
    const rest = events.slice(at + 1).map((timed): Timed => {
      const [when, event] = timed;
      const isIt = event.type === 'task.finished' && event.host === host && event.task.name === task.name;
      return isIt ? [when, { ...event, transferred: sent }] : timed;
    });
    const before = [...events.slice(0, at + 1), going];
    return { before, all: [...before, ...rest] };
  }

  test('stands in its host’s line with how much of it, and how fast', () => {
    const { before } = sending();
    const lines = screenLines(summarize(before), {
      columns: 100,
      rows: 30,
      now: (before.at(-1)?.[0] ?? 0) + 100,
      style: styles(false),
    });
    expect(lines.join('\n')).toContain('34 MB of 105 MB, 12 MB/s');
  });

  test('stands beside the task once it is through', async () => {
    expect(await plain(sending().all)).toMatch(/, 105 MB, 12 MB\/s/);
  });
});
