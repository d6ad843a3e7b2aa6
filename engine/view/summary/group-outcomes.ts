// What happened alike on many hosts, said once with the hosts it happened on.
import type { ChangeData, FailureData } from '../../event/event.ts';
import { oneLine } from '../text/phrases.ts';
import { failureKey } from './failure.ts';
import { changesMade, halfWayText } from './half-way.ts';
import type { RunSummary, TaskOutcome } from './summary.ts';

/** One thing and the hosts that it happened on, in the order of the inventory. */
export interface OutcomeGroup<Of> {
  readonly of: Of;
  readonly hosts: string[];
}

/** The run's changes, one group for those that are alike, in the order in which they first happened. */
export function groupChanges(summary: RunSummary): OutcomeGroup<ChangeData>[] {
  return group(summary, (outcome) => {
    return changesMade(outcome).map((change) => ({
      of: change,
      key: [change.op, change.what, change.from, change.to],
    }));
  });
}

/** The outcomes with `status`, one group for those of the same task that say the same. */
export function groupOutcomes(
  summary: RunSummary,
  statuses: readonly TaskOutcome['status'][],
): OutcomeGroup<TaskOutcome>[] {
  return group(summary, (outcome) => {
    if (!statuses.includes(outcome.status)) return [];
    return [
      {
        of: outcome,
        key: [
          outcome.item,
          outcome.rescued,
          outcome.failure?.summary,
          outcome.failure?.detail,
          outcome.reason,
          halfWayText(outcome),
        ],
      },
    ];
  });
}

/** Why hosts left the run where no task's failure says it: one group for those that say the same. */
export function groupHostFailures(summary: RunSummary): OutcomeGroup<FailureData>[] {
  const groups = new Map<string, OutcomeGroup<FailureData>>();
  for (const { host, failure } of summary.hosts.values()) {
    if (!failure) continue;
    const key = failureKey(failure);
    groups.set(key, { of: failure, hosts: [...(groups.get(key)?.hosts ?? []), host] });
  }
  return [...groups.values()];
}

function group<Of>(
  summary: RunSummary,
  parts: (outcome: TaskOutcome) => readonly { of: Of; key: readonly unknown[] }[],
): OutcomeGroup<Of>[] {
  const groups = new Map<string, OutcomeGroup<Of>>();
  for (const { host, outcomes } of summary.hosts.values()) {
    for (const outcome of outcomes) {
      for (const { of, key } of parts(outcome)) {
        const id = JSON.stringify([outcome.play, outcome.task.file, outcome.task.line, outcome.handler, key]);
        const found = groups.get(id);
        if (!found) groups.set(id, { of, hosts: [host] });
        else if (found.hosts.at(-1) !== host) found.hosts.push(host);
      }
    }
  }
  return [...groups.values()];
}

const MOST_NAMES = 4;

/** `all 3 hosts`, `all but web7`, `web1, web2`, `web1, web2, web3 and 12 more`. */
export function hostsText(hosts: readonly string[], all: readonly string[]): string {
  if (hosts.length === all.length && all.length > 1) return all.length === 2 ? 'both hosts' : `all ${all.length} hosts`;
  const named = new Set(hosts);
  const others = all.filter((host) => !named.has(host));
  if (hosts.length > MOST_NAMES && others.length <= 2) return `all but ${others.map(oneLine).join(', ')}`;
  if (hosts.length <= MOST_NAMES) return hosts.map(oneLine).join(', ');
  const shown = hosts.slice(0, MOST_NAMES - 1).map(oneLine);
  return `${shown.join(', ')} and ${hosts.length - shown.length} more`;
}
