import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Event, HostTotals, TaskFinished } from '../../engine/event/event.ts';
import { reportMarkdown } from '../../engine/view/report/report.ts';
import { summarize } from '../../engine/view/summary/accumulate.ts';
import { halfWayText } from '../../engine/view/summary/half-way.ts';
import { verdictOf } from '../../engine/view/summary/verdict.ts';
import { plainView } from '../../engine/view/terminal/plain.ts';

const common = { run: 'r', check: false } as const;
const failure = { code: 'step-failed', summary: 'user app: a step failed', detail: 'It ended with status 1.' } as const;
const HALF: Partial<TaskFinished> = {
  status: 'failed',
  effect: 'half-way',
  failure,
  changes: [
    { op: '~', what: 'user app', from: 'shell sh', to: 'shell bash', made: 'done' },
    { op: '+', what: 'directory /srv/app', made: 'failed' },
    { op: '+', what: 'key of app', made: 'not begun' },
  ],
};
const FLIGHT: Partial<TaskFinished> = {
  status: 'unreachable',
  effect: 'in flight',
  failure: { ...failure, code: 'connection-lost', summary: 'the connection was lost' },
  changes: [{ op: '!', what: 'run sync', made: 'not known' }],
};

function finished(rest: Partial<TaskFinished>): Event {
  const task = { name: 'Application user', module: 'user', file: 'site.yml', line: 4 };
  return { ...common, type: 'task.finished', host: 'web1', play: 'P', task, status: 'ok', changes: [], ms: 5, ...rest };
}

function run(rest: Partial<TaskFinished>, totals: Partial<HostTotals>, check = false): Event[] {
  const none = { ok: 0, changed: 0, unknown: 0, skipped: 0, failed: 0, ignored: 0, unreachable: false, messages: 1 };
  const events: Event[] = [
    {
      ...common,
      type: 'run.started',
      operator: 'ada',
      version: '1',
      runbooks: ['site.yml'],
      inventory: [],
      hosts: ['web1'],
      checklist: [],
    },
    { ...common, type: 'play.started', play: 'P', number: 1, hosts: ['web1'], tasks: 1 },
    finished(rest),
    { ...common, type: 'play.finished', play: 'P' },
    { ...common, type: 'run.finished', status: 'failed', hosts: { web1: { ...none, ...totals } }, ms: 10 },
  ];
  return events.map((event) => ({ ...event, check }));
}

async function plain(events: readonly Event[]): Promise<string> {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  const view = plainView({ stream, color: false, verbose: false, diff: false, live: false, clock: () => 0 });
  for (const event of events) view.event(event);
  await view.close([]);
  return chunks.join('');
}

const report = (events: readonly Event[]) =>
  reportMarkdown(summarize(events.map((event) => [0, event])), { runbooks: [], inventory: [], verify: [] });

test('a failure half the way names what was done and what wasn’t, on the screen and in the report', async () => {
  const events = run(HALF, { failed: 1, halfWay: 1, outcome: 'failed' });
  const said =
    'failed half-way: done: user app (shell sh → shell bash); failed: directory /srv/app; not begun: key of app';
  const screen = await plain(events);
  expect(screen).toContain(`web1:   ${said}`);
  expect(screen).toContain('web1:   ~ user app  shell sh → shell bash');
  expect(screen).not.toContain('+ key of app');
  expect(screen).toMatch(/1 task failed half-way \(web1\): something was changed there/);
  expect(screen).toMatch(/^web1 .* 1 half-way$/m);
  const text = report(events);
  expect(text).toContain(said);
  expect(text).toContain('#### Application user (failed half-way, `site.yml:4`)\n\n```diff\n~ user app');
  for (const told of [screen, text]) expect(told).not.toMatch(/nothing changed/i);
});

test('what was in flight when the connection broke is neither changed nor unchanged', async () => {
  const events = run(FLIGHT, { unreachable: true, inFlight: 1, outcome: 'unreachable' });
  for (const told of [await plain(events), report(events)]) {
    expect(told).toContain('was in flight: not known whether it changed: run sync');
    expect(told).toMatch(/1 task in flight \(web1\): not known whether something changed there/);
    expect(told).not.toMatch(/nothing changed/i);
  }
});

test.each<[string, Partial<TaskFinished>, Partial<HostTotals>, string]>([
  ['nothing was tried', { status: 'ok' }, { ok: 1 }, 'nothing changed on 1 host'],
  ['a check failed', { status: 'failed', failure }, { failed: 1 }, 'nothing changed on 1 host'],
  [
    'a script failed',
    { status: 'failed', failure, changes: [{ op: '!', what: 'run x', made: 'failed' }] },
    { failed: 1 },
    'nothing is known to have changed on 1 host',
  ],
  [
    'a file was refused',
    { status: 'failed', failure, changes: [{ op: '~', what: 'file /x', made: 'not begun' }] },
    { failed: 1 },
    'nothing changed on 1 host',
  ],
  ['half the way', HALF, { failed: 1, halfWay: 1 }, 'no task changed all that it should have'],
])('%s: the verdict claims no more than is known', (_, task, totals, expected) => {
  const events = run(task, totals).map((event): readonly [number, Event] => [0, event]);
  expect(verdictOf(summarize(events)).changed).toBe(expected);
});

describe('a task whose check_mode isn’t the run’s', () => {
  const changed: Partial<TaskFinished> = { status: 'changed', changes: [{ op: '!', what: 'run x' }] };

  test('acts in a dry run, which then doesn’t say that nothing was written', async () => {
    const events = run({ ...changed, checkMode: false }, { changed: 1, acted: 1 }, true);
    for (const told of [await plain(events), report(events)]) {
      expect(told).not.toMatch(/nothing was written/i);
      expect(told).toMatch(/1 task did change something \(web1\), as check_mode says/);
    }
    expect(await plain(events)).toContain('web1: changed: Application user');
  });

  test('or only foresees in a run, which then doesn’t say that it changed', async () => {
    const events = run({ ...changed, checkMode: true }, { changed: 1, foreseen: 1 });
    const screen = await plain(events);
    expect(screen).toContain('web1: would change: Application user');
    expect(screen).toMatch(/nothing changed on 1 host\n.*1 task would change \(web1\)/);
  });
});

test.each<[string, Parameters<typeof halfWayText>[0], string | undefined]>([
  ['nothing left', { changes: [] }, undefined],
  ['of a loop', { effect: 'half-way', changes: [] }, 'failed half-way: some of its items were done'],
  [
    'stopped by its time limit',
    { effect: 'in flight', changes: FLIGHT.changes ?? [], failure: { code: 'timed-out', summary: '' } },
    'was stopped half-way: not known whether it changed: run sync',
  ],
  [
    'many',
    { effect: 'half-way', changes: Array.from({ length: 9 }, (_, n) => ({ op: '+', what: `f${n}`, made: 'done' })) },
    'failed half-way: done: f0, f1, f2, f3, f4, f5 and 3 more',
  ],
])('%s', (_, outcome, expected) => {
  expect(halfWayText(outcome)).toBe(expected);
});
