// One play: its hosts run free of each other, at most `forks` at a time, and meet where they have to.

import { basename } from 'node:path';
import type { PlayStopped } from '../../event/event.ts';
import type { Play, Runbook, Task } from '../../language/runbook/runbook.ts';
import type { HostState } from '../host/state.ts';
import { batchesOf, Failures, type Pace } from '../plan/pace.ts';
import type { PlayRest } from '../resume/rest.ts';
import { countTasks } from '../task/login.ts';
import { Batch, PlayTogether } from '../together/batch.ts';
import type { Person, RunServices } from '../together/services.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { HostOutcome } from './run-host.ts';

export interface PlayRun {
  readonly play: Play;
  /** Its place among the run's plays, from 1. */
  readonly number: number;
  readonly runbook: Runbook;
  /** In the play's order; those that are out already are passed over. */
  readonly hosts: readonly HostState[];
  readonly pace: Pace;
  /** Of a play that had begun before the run was resumed. */
  readonly rest?: PlayRest | undefined;
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
  { play, number, runbook, hosts, pace, rest }: PlayRun,
  run: RunServices,
  { dispatcher, person }: { readonly dispatcher: Dispatcher; readonly person: Person },
): Promise<boolean> {
  const present = hosts.filter(({ life }) => !life.isOut);
  const due = present.filter(({ name }) => rest?.left.has(name) ?? true);
  const batches = batchesOf(rest ? rest.hosts : present.map(({ name }) => name), pace.sizes);
  const failuresOf = (batch: readonly string[]) => failuresIn(batch, pace, rest);
  // All were through with it, before the run was resumed.
  if (rest && due.length === 0 && !batches.some((batch) => failuresOf(batch).tooMany)) return true;
  let isEnded = rest?.isOver ?? false;
  const end = {
    end: () => {
      isEnded = true;
    },
    isEnded: () => isEnded,
  };
  const wants = new Map<Task, unknown>();
  const changes = present.reduce((sum, host) => sum + host.changes, 0);
  const together = new PlayTogether(hosts.length, person, changes, rest?.once);
  const states = new Map(due.map((host) => [host.name, host]));
  const dueIn = (batch: readonly string[]) => batch.flatMap((name) => states.get(name) ?? []);
  const tasks = countTasks(play);
  await run.events.happen({ type: 'play.started', play: play.name, number, hosts: [...states.keys()], tasks });
  let stopped = false;
  for (const [index, batch] of batches.entries()) {
    const failures = failuresOf(batch);
    const members = dueIn(batch);
    const later = () => dueIn(batches.slice(index + 1).flat()).map(({ name }) => name);
    if (rest?.isEnded && !batch.some((name) => rest.begun.has(name))) {
      pass(play, [...members.map(({ name }) => name), ...later()], run);
      break;
    }
    if (members.length === 0 && !failures.tooMany) continue;
    if (batches.length > 1) {
      const place = { batch: index + 1, batches: batches.length, hosts: batch };
      await run.events.happen({ type: 'batch.started', play: play.name, ...place });
    }
    // That too many had failed before may only be told: nobody begins.
    const able = failures.tooMany ? [] : members;
    for (const { name } of able) {
      if (rest?.begun.has(name)) await run.events.happen({ type: 'host.restarted', host: name, play: play.name });
    }
    const outcomes = await dispatcher.run(able, {
      ...run,
      play,
      runbookKey: runbookKey(runbook),
      wants,
      together: new Batch(
        able.map(({ name }) => name),
        together,
      ),
      playEnd: { ...end, failed: (host) => failures.add(host), isStopped: () => failures.tooMany },
    });
    stopped = failures.tooMany;
    if (stopped) {
      const of = (outcome: HostOutcome) =>
        members.flatMap(({ name }, at) => ((outcomes[at] ?? 'untouched') === outcome ? [name] : []));
      await run.events.happen({
        type: 'play.stopped',
        play: play.name,
        allowed: pace.allowed ?? 100,
        failed: failures.hosts,
        ...whereStopped({ stopped: of('stopped'), waiting: [...of('untouched'), ...later()] }, rest),
      });
    }
    if (stopped || run.stop.aborted) break;
    if (!isEnded && !rest?.isEnded) continue;
    pass(play, later(), run);
    break;
  }
  await run.events.happen({ type: 'play.finished', play: play.name });
  return !stopped;
}

/** The play was ended for all before it came to these. */
function pass(play: Play, hosts: readonly string[], { events }: RunServices): void {
  for (const name of hosts) {
    events.note(play, name, { of: 'tasks left', how: 'ended' });
    events.note(play, name, { of: 'play left', how: 'ended' });
  }
}

/** Who waited for a turn may have been in the middle of the play, before the run was resumed. */
function whereStopped(
  { stopped, waiting }: { readonly stopped: readonly string[]; readonly waiting: readonly string[] },
  rest: PlayRest | undefined,
): Pick<PlayStopped, 'stopped' | 'untouched'> {
  const isBegun = (name: string) => rest?.begun.has(name) === true;
  return { stopped: [...stopped, ...waiting.filter(isBegun)], untouched: waiting.filter((name) => !isBegun(name)) };
}

/** With those that had failed in it before the run was resumed. */
function failuresIn(batch: readonly string[], { allowed }: Pace, rest: PlayRest | undefined): Failures {
  const failures = new Failures(batch.length, allowed);
  for (const host of batch) if (rest?.failed.has(host)) failures.add(host);
  return failures;
}
