// A made-up run as events: three web servers, twenty tasks, one of them with trouble. For golden texts and demos.
import type { ChangeData, Event, FailureData, HostTotals, Status, TaskFinished } from '../../engine/event/event.ts';

/** An event and when it came, in milliseconds since the epoch. */
export type Timed = readonly [at: number, event: Event];

export const START = Date.UTC(2026, 10, 22, 3, 0, 0);
const PLAY = 'Prepare the servers';
const FILE = 'runbooks/bootstrap.yml';

interface Sample {
  readonly name: string;
  readonly module: string;
  readonly line: number;
  readonly checklist: string;
  readonly changes?: readonly ChangeData[];
}

const UNIT_BEFORE = '[Service]\nUser=vantus\nExecStart=/usr/bin/node server.js\nRestart=on-failure\nPrivateTmp=no\n';
const UNIT_AFTER =
  '[Service]\nUser=vantus\nExecStart=/usr/bin/node server.js\nRestart=always\nRestartSec=2\nPrivateTmp=yes\nNoNewPrivileges=yes\n';

export const TASKS: readonly Sample[] = [
  {
    name: 'Packages',
    module: 'apt',
    line: 8,
    checklist: 'Base system',
    changes: [
      { op: '+', what: 'package nginx', to: '1.22.1-9' },
      { op: '+', what: 'package ufw', to: '0.36.2-1' },
    ],
  },
  {
    name: 'Application group',
    module: 'group',
    line: 11,
    checklist: 'Base system',
    changes: [{ op: '+', what: 'group vantus', to: 'gid 998' }],
  },
  {
    name: 'Application user',
    module: 'user',
    line: 14,
    checklist: 'Base system',
    changes: [{ op: '+', what: 'user vantus', to: 'system, /usr/sbin/nologin' }],
  },
  { name: 'Time zone', module: 'timezone', line: 18, checklist: 'Base system' },
  {
    name: 'Web directory',
    module: 'file',
    line: 22,
    checklist: 'Directories',
    changes: [{ op: '+', what: 'directory /var/www/vantus', to: '0755 vantus:vantus' }],
  },
  {
    name: 'Log directory',
    module: 'file',
    line: 26,
    checklist: 'Directories',
    changes: [{ op: '~', what: 'directory /var/log/vantus', from: 'mode 0755', to: 'mode 0750' }],
  },
  { name: 'State directory', module: 'file', line: 30, checklist: 'Directories' },
  { name: 'Uploads directory', module: 'file', line: 34, checklist: 'Directories' },
  {
    name: 'Settings',
    module: 'template',
    line: 38,
    checklist: 'Application',
    changes: [{ op: '+', what: 'file /etc/default/vantus', to: '0640 root:vantus' }],
  },
  { name: 'Placeholder application', module: 'copy', line: 43, checklist: 'Application' },
  {
    name: 'Service',
    module: 'systemd',
    line: 47,
    checklist: 'Application',
    changes: [
      {
        op: '~',
        what: 'unit vantus.service',
        from: '5 lines',
        to: '7 lines',
        diff: { before: UNIT_BEFORE, after: UNIT_AFTER },
      },
      { op: '!', what: 'restart vantus.service' },
    ],
  },
  { name: 'Health of the application', module: 'http', line: 52, checklist: 'Application' },
  { name: 'Site', module: 'nginx', line: 56, checklist: 'Web server' },
  { name: 'nginx runs', module: 'systemd', line: 60, checklist: 'Web server' },
  { name: 'Firewall', module: 'ufw', line: 64, checklist: 'Firewall' },
  { name: 'Nightly job', module: 'cron', line: 70, checklist: 'Upkeep' },
  { name: 'Keys of the operators', module: 'authorized-key', line: 75, checklist: 'Upkeep' },
  { name: 'Say where we are', module: 'debug', line: 79, checklist: 'Upkeep' },
  { name: 'Health through nginx', module: 'http', line: 82, checklist: 'Health' },
  { name: 'Old release removed', module: 'file', line: 86, checklist: 'Health' },
];

const FIREWALL: FailureData = {
  code: 'would-lock-out',
  summary: 'these rules would cut this connection',
  detail: 'The connection comes from 10.77.0.1 to port 22, which the new rules deny.',
  hint: 'Allow it:\n\n    allow: [22/tcp, 80/tcp, 443/tcp]',
  at: { file: FILE, line: 66, column: 9, length: 27, text: '        allow: [80/tcp, 443/tcp]' },
};

const HOST_KEY: FailureData = {
  code: 'host-key-unknown',
  summary: 'the key of web3 is unknown',
  detail: 'It presented ssh-ed25519 SHA256:9J3mQ0s2n6u1VgqkqR1Yb3s7m0TzqkG5o0k7b8uWcXk.',
  hint: 'Compare it with the one on the server, then pin it:\n\n    vrun trust -i inventory/lab -l web3',
};

/** The run: web1 changes everything, web2 fails at the firewall, web3 has an unknown key. */
export function sampleRun({ check = false, diff = true } = {}): Timed[] {
  const events: Timed[] = [];
  const common = { run: '20261122T030000Z-5f2c', check };
  let at = START;
  const emit = (ms: number, event: Event) => {
    at += ms;
    events.push([at, event]);
  };
  const lines = [...new Set(TASKS.map(({ checklist }) => checklist))];
  const hosts = ['web1', 'web2', 'web3'];
  emit(0, {
    ...common,
    type: 'run.started',
    operator: 'maria@control',
    version: '0.1.0',
    runbooks: [FILE],
    inventory: ['inventory/lab'],
    hosts,
    checklist: lines,
  });
  emit(1, { ...common, type: 'play.started', play: PLAY, number: 1, hosts, tasks: TASKS.length });
  for (const [index, host] of ['web1', 'web2'].entries()) {
    emit(20, {
      ...common,
      type: 'host.connected',
      host,
      address: `10.77.0.${11 + index}`,
      user: 'ops',
      hostKey: { type: 'ssh-ed25519', fingerprint: `SHA256:key-of-${host}` },
      witness: null,
      ms: 18,
    });
  }
  emit(5, { ...common, type: 'host.failed', host: 'web3', unreachable: true, failure: HOST_KEY });
  emit(1, {
    ...common,
    type: 'host.recovered',
    host: 'web2',
    handlers: ['Restart the application'],
    staleLock: '20261121T233000Z-11aa',
  });
  emit(1, {
    ...common,
    type: 'warning',
    host: 'web2',
    problem: {
      code: 'shadowed-variable',
      summary: 'a play variable hides one of the inventory',
      detail: '`domain` is set for web2 in inventory/lab/hosts.yml:7.',
      hint: 'Remove one of them.',
    },
  });

  const totals = { web1: count0(), web2: count0() };
  const out = new Set<string>();
  const marks = new Map<string, string>();
  for (const task of TASKS) {
    for (const host of ['web1', 'web2'] as const) {
      if (out.has(host)) continue;
      const reference = { name: task.name, module: task.module, file: FILE, line: task.line };
      const finish = (status: Status, rest: Partial<TaskFinished> = {}) => {
        totals[host][status === 'unreachable' ? 'failed' : status]++;
        emit(12, {
          ...common,
          type: 'task.finished',
          host,
          play: PLAY,
          task: reference,
          status,
          changes: [],
          readMs: reference.line,
          ms: 12,
          ...rest,
        });
      };
      if (marks.get(task.checklist) !== '-') {
        marks.set(task.checklist, '-');
        emit(0, { ...common, type: 'checklist.changed', line: task.checklist, mark: '-', host: null });
      }
      emit(1, { ...common, type: 'task.started', host, play: PLAY, task: reference });
      const changes = (task.changes ?? []).map(({ diff: text, ...change }) =>
        diff && text ? { ...change, diff: text } : change,
      );
      if (task.name === 'Firewall' && host === 'web2') {
        finish('failed', { failure: FIREWALL });
        emit(0, { ...common, type: 'host.failed', host, unreachable: false, failure: FIREWALL });
        emit(0, { ...common, type: 'checklist.changed', line: task.checklist, mark: '!', host });
        out.add(host);
      } else if (task.module === 'debug') {
        finish('ok', { message: `${host} serves vantus.systems` });
      } else if (task.name === 'Old release removed') {
        finish('skipped', { reason: 'when: release.previous != null' });
      } else if (check && task.module === 'http') {
        finish('unknown', { reason: 'depends on unit vantus.service' });
      } else if (changes.length > 0 && (host === 'web1' || task.line < 20)) {
        if (!check)
          emit(2, {
            ...common,
            type: 'task.applying',
            host,
            play: PLAY,
            task: reference,
            changes,
            steps: [{ run: 'true' }],
          });
        if (!check && task.module === 'apt') at += 6400;
        finish('changed', { changes, ms: task.module === 'apt' ? 6412 : 40 });
      } else {
        finish('ok');
      }
    }
    if (TASKS.filter(({ checklist }) => checklist === task.checklist).at(-1) === task) {
      emit(0, {
        ...common,
        type: 'checklist.changed',
        line: task.checklist,
        mark: task.name === 'Firewall' ? '!' : 'x',
        host: null,
      });
    }
  }
  emit(3, { ...common, type: 'play.finished', play: PLAY });
  const messages = { web1: check ? 1 : 6, web2: check ? 1 : 4 };
  emit(2, {
    ...common,
    type: 'run.finished',
    status: 'failed',
    ms: at - START,
    hosts: {
      web1: { ...totals.web1, messages: messages.web1 },
      web2: { ...totals.web2, messages: messages.web2 },
      web3: { ...count0(), unreachable: true, messages: 0 },
    },
  });
  return events;
}

function count0(): Mutable<HostTotals> {
  return { ok: 0, changed: 0, unknown: 0, skipped: 0, failed: 0, ignored: 0, unreachable: false, messages: 0 };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
