// What a dry run foresaw, held against what the run then did.
import type { Status } from '../../event/event.ts';
import type { RunSummary } from './summary.ts';

/** A dry run's statuses, host by host and task by task. */
export interface PredictionCheck {
  readonly run: string;
  readonly hosts: ReadonlyMap<string, ReadonlyMap<string, Status>>;
}

/** One task on one host that went otherwise than the dry run said; `null` is a task that the dry run didn't have. */
export interface PredictionDifference {
  readonly host: string;
  /** The task's name, item and place. */
  readonly task: string;
  readonly predicted: Status | null;
  readonly actual: Status;
}

/** The prediction that a dry run's summary holds: of the hosts that it saw to their end. */
export function predictionOf(dryRun: RunSummary): PredictionCheck {
  const ended = dryRun.status === 'ok' || dryRun.status === 'failed';
  const left = new Set(['failed', 'unreachable', 'stopped', 'untouched']);
  const hosts = [...dryRun.hosts.values()].filter(({ phase }) => !left.has(phase));
  return { run: dryRun.run, hosts: new Map(ended ? hosts.map(({ host, statuses }) => [host, statuses]) : []) };
}

/**
 * Where the law "changed in the dry run ⊆ changed in the run ⊆ changed or unknown in the dry run" was broken. What the
 * run didn't reach, or what failed in it, breaks nothing: the failure says enough.
 */
export function differences(prediction: PredictionCheck, run: RunSummary): PredictionDifference[] {
  return [...run.hosts.values()].flatMap(({ host, statuses, outcomes }) => {
    const foreseen = prediction.hosts.get(host);
    if (!foreseen) return [];
    return [...statuses].flatMap(([task, actual]) => {
      const predicted = foreseen.get(task) ?? null;
      // A rescue comes when a task fails, which nobody can foresee.
      if (predicted === null && outcomes.some(({ rescued }) => rescued)) return [];
      return breaksTheLaw(predicted, actual) ? [{ host, task, predicted, actual }] : [];
    });
  });
}

function breaksTheLaw(predicted: Status | null, actual: Status): boolean {
  if (predicted === 'changed') return actual === 'ok' || actual === 'skipped';
  return actual === 'changed' && predicted !== 'unknown';
}
