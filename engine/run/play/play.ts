// One play: its hosts run free of each other, at most `forks` at a time, and meet where they have to.

import { basename } from 'node:path';
import { ProblemError } from '../../language/problem/problem.ts';
import type { Play, Runbook, Task } from '../../language/runbook/runbook.ts';
import type { HostState } from '../host/state.ts';
import { batchesOf, Failures, type Pace } from '../plan/pace.ts';
import { Interrupted } from '../session/interrupted.ts';
import { Semaphore } from '../session/semaphore.ts';
import { countTasks, giveBack, giveUp, logIn } from '../task/login.ts';
import { Barrier } from '../together/barrier.ts';
import { RunOnce } from '../together/run-once.ts';
import type { PlayServices, RunServices, Throttle, Together } from '../together/services.ts';
import { HostPlay } from './host.ts';

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
export async function runPlay({ play, runbook, hosts, pace }: PlayRun, run: RunServices): Promise<boolean> {
  const able = hosts.filter(({ life }) => !life.isOut);
  const names = able.map(({ name }) => name);
  let isEnded = false;
  const end = {
    end: () => {
      isEnded = true;
    },
    isEnded: () => isEnded,
  };
  const throttles = new Map<number, Throttle>();
  const wants = new Map<Task, unknown>();
  const together = {
    hosts: hosts.length,
    once: new RunOnce(),
    changes: { total: able.reduce((sum, { changes }) => sum + changes, 0) },
    throttle: (task: number, places: number) => {
      const known = throttles.get(task) ?? { semaphore: new Semaphore(places), changes: 0 };
      throttles.set(task, known);
      return known;
    },
  };
  await run.events.happen({ type: 'play.started', play: play.name, hosts: names, tasks: countTasks(play) });
  const batches = batchesOf(able, pace.sizes);
  let stopped = false;
  for (const [index, batch] of batches.entries()) {
    if (batches.length > 1) {
      const place = { batch: index + 1, batches: batches.length, hosts: batch.map(({ name }) => name) };
      await run.events.happen({ type: 'batch.started', play: play.name, ...place });
    }
    const failures = new Failures(batch.length, pace.allowed);
    const outcomes = await runBatch(batch, {
      ...run,
      play,
      runbookKey: runbookKey(runbook),
      wants,
      together: { ...together, ...meetingOf(batch) },
      playEnd: { ...end, failed: (host) => failures.add(host), isStopped: () => failures.tooMany },
    });
    stopped = failures.tooMany;
    if (stopped) {
      const later = batches.slice(index + 1).flatMap((hosts) => hosts.map(({ name }) => name));
      const of = (outcome: HostOutcome) => batch.flatMap(({ name }, at) => (outcomes[at] === outcome ? [name] : []));
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
      run.events.account.checklist.leave(play, name, 'ended');
      run.events.account.leave(play, name);
    }
    break;
  }
  await run.events.happen({ type: 'play.finished', play: play.name });
  return !stopped;
}

/** What each batch has for itself: its hosts wait for each other only, and its questions are asked anew. */
function meetingOf(batch: readonly HostState[]): Pick<Together, 'batch' | 'barrier' | 'asked'> {
  const names = batch.map(({ name }) => name);
  return { batch: names, barrier: new Barrier(names), asked: new Map() };
}

function runBatch(batch: readonly HostState[], services: PlayServices): Promise<readonly HostOutcome[]> {
  return Promise.all(batch.map((host) => runHost(host, services)));
}

/** Of a thousand hosts those that are done with would be a thousand connections, here and there, and all that was read. */
function release({ session, reader }: HostState): Promise<void> {
  reader.clear();
  return session.close();
}

/** `untouched`: the play never began there. `stopped`: it was in the middle of it. */
type HostOutcome = 'done' | 'stopped' | 'untouched';

async function runHost(host: HostState, services: PlayServices): Promise<HostOutcome> {
  const { forks, stop } = services;
  await forks.enter();
  try {
    if (stop.aborted || services.playEnd.isStopped()) return 'untouched';
    // Another play may want another user or transport.
    if ((await host.session.retarget(host.reach(services.play))) || (await giveBack(host, services))) host.life.close();
    if (!host.life.isOpen && !(await logIn(host, services))) {
      services.playEnd.failed(host.name);
      return 'done';
    }
    if (services.playEnd.isStopped()) return 'untouched';
    services.events.account.begin(host.name);
    const reconnect = async () => {
      await host.session.reset();
      host.reader.forgetAll();
      await host.session.start();
    };
    const end = await new HostPlay(host, services, reconnect).run();
    if (end === 'failed' || end === 'unreachable') host.life.leave();
    return end === 'stopped' ? end : 'done';
  } catch (error) {
    // After the second Ctrl-C whatever was under way breaks off.
    if (error instanceof Interrupted || stop.aborted) return 'done';
    const [problem] = error instanceof ProblemError ? error.problems : [];
    if (!problem) throw error;
    services.playEnd.failed(host.name);
    await giveUp(host, services, problem);
    return 'done';
  } finally {
    services.together.barrier.leave(host.name);
    if (services.isLast(services.play, host.name)) await release(host);
    forks.leave();
  }
}
