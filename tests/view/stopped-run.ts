// A made-up run with batches: the first host rescues a failure and fails all the same, and the run is stopped.
import type { Event, HostTotals, TaskFinished } from '../../engine/event/event.ts';
import { START, type Timed } from './sample-run.ts';

const HOSTS = ['web1', 'web2', 'web3', 'web4'];
const PLAY = 'Deploy';
const common = { run: '20261122T030000Z-5f2d', check: false } as const;
const reference = (name: string, line: number) => ({ name, module: 'shell', file: 'runbooks/deploy.yml', line });
const failure = {
  code: 'check-failed',
  summary: '‹systemctl is-active vantus› failed',
  detail: 'It ended with status 3',
} as const;

function finished(host: string, name: string, line: number, rest: Partial<TaskFinished> = {}): Event {
  const task = reference(name, line);
  return { ...common, type: 'task.finished', host, play: PLAY, task, status: 'ok', changes: [], ms: 20, ...rest };
}

function totals(rest: Partial<HostTotals>): HostTotals {
  const none = { ok: 0, changed: 0, unknown: 0, skipped: 0, failed: 0, ignored: 0, unreachable: false, messages: 0 };
  return { ...none, ...rest };
}

/** The events, each a tenth of a second after the one before. */
export function stoppedRun(): Timed[] {
  const events: Event[] = [
    {
      ...common,
      type: 'run.started',
      operator: 'ada@desk',
      version: '0.1.0',
      runbooks: ['runbooks/deploy.yml'],
      inventory: ['inventory/prod'],
      hosts: HOSTS,
      checklist: ['Service'],
    },
    { ...common, type: 'play.started', play: PLAY, number: 1, hosts: HOSTS, tasks: 3 },
    { ...common, type: 'batch.started', play: PLAY, batch: 1, batches: 2, hosts: ['web1', 'web2'] },
    { ...common, type: 'checklist.changed', line: 'Service', mark: '-', host: 'web1' },
    finished('web1', 'It is active', 12, { status: 'failed', rescued: true, failure }),
    { ...common, type: 'checklist.changed', line: 'Service', mark: '!', host: 'web1' },
    { ...common, type: 'checklist.changed', line: 'Service', mark: '!', host: null },
    finished('web1', 'Back to the old release', 15, {
      status: 'changed',
      changes: [{ op: '~', what: 'link /srv/current' }],
    }),
    finished('web1', 'The deployment has failed', 17, { status: 'failed', failure }),
    finished('web2', 'Release', 9, { status: 'changed', changes: [{ op: '+', what: 'directory /srv/releases/2' }] }),
    {
      ...common,
      type: 'play.stopped',
      play: PLAY,
      allowed: 0,
      failed: ['web1'],
      stopped: ['web2'],
      untouched: ['web3', 'web4'],
    },
    { ...common, type: 'play.finished', play: PLAY },
    {
      ...common,
      type: 'run.finished',
      status: 'failed',
      hosts: {
        web1: totals({ changed: 1, failed: 1, rescued: 1, messages: 3 }),
        web2: totals({ changed: 1, messages: 2 }),
        web3: totals({}),
        web4: totals({}),
      },
      ms: 1300,
    },
  ];
  return events.map((event, index) => [START + index * 100, event]);
}
