// Events taken into the summary, one by one.
import type { Event, HostOutcome } from '../../event/event.ts';
import { HostAccount } from '../../event/host-account.ts';
import { accumulateHost } from './accumulate-host.ts';
import { markChecklist, newChecklist } from './checklist.ts';
import { type HostSummary, newSummary, type RunSummary, type TaskOutcome } from './summary.ts';

/** Phases that the end of a play doesn't change. */
const ENDED: ReadonlySet<HostSummary['phase']> = new Set(['failed', 'unreachable', 'stopped', 'untouched']);

/** Where a host stands once the run has ended. */
const PHASES: Readonly<Record<HostOutcome, HostSummary['phase']>> = {
  done: 'finished',
  failed: 'failed',
  unreachable: 'unreachable',
  stopped: 'stopped',
  interrupted: 'interrupted',
  'not begun': 'untouched',
};

/** The summary of a run's events, each with its time in milliseconds since the epoch. */
export function summarize(events: Iterable<readonly [at: number, event: Event]>): RunSummary {
  const summary = newSummary();
  for (const [at, event] of events) accumulate(summary, event, at);
  return summary;
}

/**
 * Takes `event` into `summary`, in place: a run of a thousand hosts has a million events, too many to copy a table of
 * hosts at each. Answers with the outcome that it kept, when there was one worth keeping.
 */
export function accumulate(summary: RunSummary, event: Event, at: number): TaskOutcome | undefined {
  switch (event.type) {
    case 'run.started':
      summary.run = event.run;
      summary.check = event.check;
      summary.operator = event.operator;
      summary.version = event.version;
      summary.runbooks = event.runbooks;
      summary.inventory = event.inventory;
      summary.given = event;
      summary.started = at;
      summary.checklist = newChecklist(event.checklist);
      for (const host of event.hosts) hostOf(summary, host);
      return;
    case 'run.resumed': {
      const { operator, version, inFlight } = event;
      summary.resumed.push({ operator, version, inFlight, at });
      for (const host of summary.hosts.values()) delete host.current;
      return;
    }
    case 'play.started':
      summary.plays.push({ play: event.play, hosts: event.hosts, tasks: event.tasks });
      for (const name of event.hosts) {
        const host = hostOf(summary, name);
        host.play = event.play;
        host.tasksDone = 0;
        host.number = event.number;
        host.account.enter(event.number);
        host.tasks = event.tasks;
        if (host.phase === 'finished') host.phase = 'waiting';
      }
      return;
    case 'play.finished':
      for (const host of summary.hosts.values()) {
        if (host.play !== event.play || ENDED.has(host.phase)) continue;
        host.phase = 'finished';
        delete host.current;
      }
      return;
    case 'batch.started':
      return;
    case 'play.stopped':
      summary.stops.push(event);
      for (const name of event.stopped) hostOf(summary, name).phase = 'stopped';
      for (const name of event.untouched) hostOf(summary, name).phase = 'untouched';
      return;
    case 'checklist.changed':
      markChecklist(summary.checklist, event);
      return;
    case 'warning':
      summary.warnings.push({ host: event.host, problem: event.problem });
      return;
    case 'run.finished':
      summary.status = event.status;
      summary.ms = event.ms;
      summary.delegates = event.delegates;
      for (const [name, totals] of Object.entries(event.hosts)) {
        const host = hostOf(summary, name);
        host.final = totals;
        if (totals.outcome) host.phase = PHASES[totals.outcome];
        delete host.current;
      }
      return;
    case 'host.connected':
      // Nothing is counted where tasks are only delegated to.
      return event.delegate ? undefined : accumulateHost(hostOf(summary, event.host), event, at);
    default:
      return accumulateHost(hostOf(summary, event.host), event, at);
  }
}

function hostOf(summary: RunSummary, host: string): HostSummary {
  const known = summary.hosts.get(host);
  if (known) return known;
  const account = new HostAccount();
  const fresh: HostSummary = {
    host,
    phase: 'waiting',
    tasksDone: 0,
    tasks: 0,
    account,
    // Of a thousand hosts few are looked at while they run.
    get totals() {
      return this.final ?? { ...account.counts, messages: null };
    },
    outcomes: [],
    statuses: new Map(),
    played: new Map(),
    number: 0,
    again: new Set(),
    loop: new Set(),
  };
  summary.hosts.set(host, fresh);
  return fresh;
}
