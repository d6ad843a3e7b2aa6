import { describe, expect, test } from 'vitest';
import type { Event, FailureData, TaskFinished } from '../../../engine/event/event.ts';
import { summarize } from '../../../engine/view/summary/accumulate.ts';
import type { HostSummary } from '../../../engine/view/summary/summary.ts';
import { sampleRun } from '../sample-run.ts';
import { stoppedRun } from '../stopped-run.ts';

const common = { run: 'r1', check: false } as const;
const task = { name: 'Users', module: 'user', file: 'site.yml', line: 4 };
const change = { op: '+', what: 'user a' } as const;
const failure: FailureData = { code: 'step-failed', summary: 'useradd failed' };

function finished(rest: Partial<TaskFinished> = {}): TaskFinished {
  return { ...common, type: 'task.finished', host: 'web1', play: 'P', task, status: 'ok', changes: [], ms: 1, ...rest };
}

function started(hosts: readonly string[] = ['web1']): Event[] {
  return [
    {
      ...common,
      type: 'run.started',
      operator: 'o',
      version: '1',
      runbooks: ['site.yml'],
      inventory: [],
      hosts,
      checklist: [],
    },
    { ...common, type: 'play.started', play: 'P', number: 1, hosts, tasks: 3 },
  ];
}

function web1(...events: readonly Event[]): HostSummary {
  const host = summarize([...started(), ...events].map((event, at) => [at, event])).hosts.get('web1');
  if (!host) throw new Error('web1 is not in the summary');
  return host;
}

test('a rescued failure is told, and the host goes on', () => {
  const host = web1(finished({ status: 'failed', failure, rescued: true }), finished());
  expect(host.phase).toBe('running');
  expect(host.totals).toMatchObject({ ok: 1, failed: 0, rescued: 1 });
  expect(host.outcomes).toMatchObject([{ status: 'failed', rescued: true }]);
});

test('after a stop the hosts are told apart, and the end of the play changes nothing in that', () => {
  const { hosts, stops } = summarize(stoppedRun());
  expect([...hosts.values()].map(({ phase }) => phase)).toEqual(['failed', 'stopped', 'untouched', 'untouched']);
  expect(stops).toHaveLength(1);
});

describe('loops', () => {
  const items = [finished({ item: 'a', status: 'changed', changes: [change] }), finished({ item: 'b', status: 'ok' })];

  test('count once, and their changes are told once', () => {
    const host = web1(...items, finished({ status: 'changed', changes: [change] }));
    expect(host.tasksDone).toBe(1);
    expect(host.totals).toMatchObject({ ok: 0, changed: 1 });
    expect(host.outcomes.map(({ item, changes }) => [item, changes])).toEqual([['a', [change]]]);
  });

  test('that fail as a whole though no item did are told', () => {
    const host = web1(...items, finished({ status: 'failed', failure }));
    expect(host.outcomes.map(({ item, status }) => [item, status])).toEqual([
      ['a', 'changed'],
      [undefined, 'failed'],
    ]);
    expect(host.phase).toBe('failed');
  });

  test('do not hide the next task', () => {
    const host = web1(...items, finished({ status: 'changed' }), finished({ status: 'changed', changes: [change] }));
    expect(host.outcomes).toHaveLength(2);
    expect([...host.statuses.keys()].at(-1)).toBe('Users, site.yml:4, time 2');
  });
});

test('a host whose task failed says so once', () => {
  const failed = finished({ status: 'failed', failure });
  const out: Event = { ...common, type: 'host.failed', host: 'web1', unreachable: false, failure };
  expect(web1(failed, out)).toMatchObject({ phase: 'failed', outcomes: [{ failure }] });
  expect(web1(failed, out)).not.toHaveProperty('failure');
  expect(web1(out)).toMatchObject({ phase: 'failed', failure });
});

test('what debug says is kept though the task is ok', () => {
  expect(web1(finished({ message: 'hello' })).outcomes).toMatchObject([{ status: 'ok', message: 'hello' }]);
});

test('a host comes back to work in the next play, and ends with it', () => {
  const next: Event[] = [
    { ...common, type: 'play.finished', play: 'P' },
    { ...common, type: 'play.started', play: 'Q', number: 2, hosts: ['web1'], tasks: 5 },
  ];
  expect(web1(finished(), ...next)).toMatchObject({ phase: 'waiting', tasksDone: 0, tasks: 5 });
  expect(web1(finished(), ...next, finished({ play: 'Q' }))).toMatchObject({ phase: 'running', tasksDone: 1 });
});

test("the run's own totals replace what was counted", () => {
  const totals = { ok: 9, changed: 8, unknown: 0, skipped: 0, failed: 0, ignored: 0, unreachable: false, messages: 2 };
  expect(web1(finished()).totals).toMatchObject({ ok: 1, messages: null });
  expect(
    web1(finished(), { ...common, type: 'run.finished', status: 'ok', ms: 5, hosts: { web1: totals } }).totals,
  ).toEqual(totals);
});

test('counting from the events comes to the totals that the sample run declares', () => {
  const events = sampleRun();
  const counted = summarize(events.slice(0, -1)).hosts;
  const declared = summarize(events).hosts;
  for (const [name, { totals }] of declared)
    expect({ ...counted.get(name)?.totals, messages: 0 }).toEqual({ ...totals, messages: 0 });
});

test("a host's time begins with its login", () => {
  const login: Event = {
    ...common,
    type: 'host.connected',
    host: 'web1',
    address: 'a',
    user: 'u',
    hostKey: null,
    witness: null,
    ms: 40,
  };
  const summary = summarize([
    [100, login],
    [160, finished()],
  ]);
  expect(summary.hosts.get('web1')).toMatchObject({ first: 60, last: 160 });
});
