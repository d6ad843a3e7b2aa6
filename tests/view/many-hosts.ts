// Fifty hosts of one kind, of which a few differ: what a summary has to fold together.
import type { ChangeData, Event, HostTotals, TaskFinished } from '../../engine/event/event.ts';
import { START, type Timed } from './sample-run.ts';

const PLAY = 'Roll out';
const TASKS = ['Settings', 'Application', 'Service', 'Health'];

/** The run up to where every host is `done(index)` tasks far, with its end when all are through. */
export function manyHosts(howMany: number, done: (index: number) => number = () => TASKS.length): Timed[] {
  const common = { run: 'r50', check: false } as const;
  const names = Array.from({ length: howMany }, (_, index) => `web${String(index + 1).padStart(2, '0')}.example.com`);
  const events: Event[] = [
    {
      ...common,
      type: 'run.started',
      operator: 'maria@control',
      version: '0.1.0',
      runbooks: ['site.yml'],
      inventory: ['hosts.yml'],
      hosts: names,
      checklist: ['Roll out', 'Check'],
    },
    { ...common, type: 'play.started', play: PLAY, number: 1, hosts: names, tasks: TASKS.length },
    { ...common, type: 'checklist.changed', line: 'Roll out', mark: '-', host: null },
  ];
  const totals: Record<string, HostTotals> = {};
  names.forEach((host, index) => {
    let changed = 0;
    const far = done(index);
    if (far < 0) return;
    events.push({
      ...common,
      type: 'host.connected',
      host,
      address: `10.0.0.${index + 1}`,
      user: 'ops',
      hostKey: null,
      witness: null,
      ms: 10,
    });
    TASKS.forEach((name, at) => {
      if (at > far) return;
      const task = { name, module: 'template', file: 'site.yml', line: 4 + at };
      events.push({ ...common, type: 'task.started', host, play: PLAY, task });
      if (at === far) return;
      const changes = changesOf(index, name);
      if (changes.length > 0) changed++;
      const status: TaskFinished['status'] = changes.length > 0 ? 'changed' : 'ok';
      events.push({ ...common, type: 'task.finished', host, play: PLAY, task, status, changes, ms: 5 });
    });
    totals[host] = {
      ok: TASKS.length - changed,
      changed,
      unknown: 0,
      skipped: 0,
      failed: 0,
      ignored: 0,
      unreachable: false,
      messages: 1 + changed,
    };
  });
  if (names.every((_, index) => done(index) === TASKS.length)) {
    for (const line of ['Roll out', 'Check']) {
      events.push({ ...common, type: 'checklist.changed', line, mark: 'x', host: null });
    }
    events.push({ ...common, type: 'play.finished', play: PLAY });
    events.push({ ...common, type: 'run.finished', status: 'ok', ms: 2100, hosts: totals });
  }
  return events.map((event, index) => [START + index, event]);
}

/** Every tenth host has new settings; the seventh also a service to restart. */
function changesOf(index: number, name: string): ChangeData[] {
  if (name === 'Settings' && index % 10 === 6)
    return [{ op: '~', what: 'file /etc/default/vantus', from: '12 lines', to: '13 lines' }];
  return name === 'Service' && index === 6 ? [{ op: '!', what: 'restart vantus.service' }] : [];
}
