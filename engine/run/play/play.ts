// One play: its hosts run free of each other, at most `forks` at a time, and meet where they have to.

import { basename } from 'node:path';
import type { Play, Runbook, Task } from '../../language/runbook/runbook.ts';
import type { HostState } from '../host/state.ts';
import { batchesOf, Failures, type Pace } from '../plan/pace.ts';
import { countTasks } from '../task/login.ts';
import { Batch, PlayTogether } from '../together/batch.ts';
import type { Person, RunServices } from '../together/services.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { HostOutcome } from './run-host.ts';

export interface PlayRun {
  readonly play: Play;
  readonly runbook: Runbook;
  /** In the play's order; those that are out already are passed over. */
  readonly hosts: readonly HostState[];
  readonly pace: Pace;
}

/** A runbook's part in the identity of its handlers. */
export function runbookKey(runbook: Runbook): string {
  return basename(runbook.file);
}

/**
 * Runs a play to its end on all its hosts, batch by batch. Never throws for what a host does. False when more hosts
 * failed than may: then nothing else of the run begins.
 */
export async function runPlay(
  { play, runbook, hosts, pace }: PlayRun,
  run: RunServices,
  { dispatcher, person }: { readonly dispatcher: Dispatcher; readonly person: Person },
): Promise<boolean> {
  const able = hosts.filter(({ life }) => !life.isOut);
  const names = able.map(({ name }) => name);
  let isEnded = false;
  const end = {
    end: () => {
      isEnded = true;
    },
    isEnded: () => isEnded,
  };
  const wants = new Map<Task, unknown>();
  const changes = able.reduce((sum, host) => sum + host.changes, 0);
  const together = new PlayTogether(hosts.length, person, changes);
  await run.events.happen({ type: 'play.started', play: play.name, hosts: names, tasks: countTasks(play) });
  const batches = batchesOf(able, pace.sizes);
  let stopped = false;
  for (const [index, batch] of batches.entries()) {
    const hosts = batch.map(({ name }) => name);
    if (batches.length > 1) {
      const place = { batch: index + 1, batches: batches.length, hosts };
      await run.events.happen({ type: 'batch.started', play: play.name, ...place });
    }
    const failures = new Failures(batch.length, pace.allowed);
    const outcomes = await dispatcher.run(batch, {
      ...run,
      play,
      runbookKey: runbookKey(runbook),
      wants,
      together: new Batch(hosts, together),
      playEnd: { ...end, failed: (host) => failures.add(host), isStopped: () => failures.tooMany },
    });
    stopped = failures.tooMany;
    if (stopped) {
      const later = batches.slice(index + 1).flatMap((hosts) => hosts.map(({ name }) => name));
      const of = (outcome: HostOutcome) => hosts.filter((_, at) => outcomes[at] === outcome);
      await run.events.happen({
        type: 'play.stopped',
        play: play.name,
        allowed: pace.allowed ?? 100,
        failed: failures.hosts,
        stopped: of('stopped'),
        untouched: [...of('untouched'), ...later],
      });
    }
    if (stopped || run.stop.aborted) break;
    if (!isEnded) continue;
    for (const { name } of batches.slice(index + 1).flat()) {
      run.events.note(play, name, { of: 'tasks left', how: 'ended' });
      run.events.note(play, name, { of: 'play left' });
    }
    break;
  }
  await run.events.happen({ type: 'play.finished', play: play.name });
  return !stopped;
}
