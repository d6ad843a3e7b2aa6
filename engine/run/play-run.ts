// One play: its hosts run free of each other, at most `forks` at a time, and meet where they have to.

import { basename } from 'node:path';
import { ProblemError } from '../language/problem.ts';
import type { Play, Runbook } from '../language/runbook.ts';
import { HostPlay } from './host-play.ts';
import type { HostState } from './host-state.ts';
import { countTasks, giveUp, logIn } from './login.ts';
import { Meeting, Turnstile } from './meeting.ts';
import { Once } from './once.ts';
import { happen, Interrupted, type PlayServices, type RunServices, type Throttle } from './play-services.ts';

export interface PlayRun {
  readonly play: Play;
  readonly runbook: Runbook;
  /** In the play's order; those that are out already are passed over. */
  readonly hosts: readonly HostState[];
  /** Facts that the run asks of its hosts. */
  readonly facts: ReadonlySet<string>;
}

/** A runbook's part in the identity of its handlers. */
export function runbookKey(runbook: Runbook): string {
  return basename(runbook.file);
}

/** Runs a play to its end on all its hosts. Never throws for what a host does. */
export async function runPlay({ play, runbook, hosts, facts }: PlayRun, run: RunServices): Promise<void> {
  const able = hosts.filter(({ out }) => !out);
  const names = able.map(({ name }) => name);
  const throttles = new Map<number, Throttle>();
  let ended = false;
  const services: PlayServices = {
    ...run,
    play,
    hosts: hosts.length,
    runbookKey: runbookKey(runbook),
    meeting: new Meeting(names),
    once: new Once(),
    changes: { total: able.reduce((sum, { changes }) => sum + changes, 0) },
    batch: names,
    endPlay: () => {
      ended = true;
    },
    ended: () => ended,
    throttle: (task, places) => {
      const known = throttles.get(task) ?? { turnstile: new Turnstile(places), changes: 0 };
      throttles.set(task, known);
      return known;
    },
  };
  await happen(run, { type: 'play.started', play: play.name, hosts: names, tasks: countTasks(play) });
  await Promise.all(able.map((host) => runHost(host, services, facts)));
  await happen(run, { type: 'play.finished', play: play.name });
}

async function runHost(host: HostState, services: PlayServices, facts: ReadonlySet<string>): Promise<void> {
  const { forks, meeting, stop } = services;
  await forks.enter();
  try {
    if (stop.aborted) return;
    // Another play may want another user or transport.
    if (await host.session.retarget(host.reach(services.play))) host.started = false;
    if (!host.started && !(await logIn(host, services, facts))) return;
    const reconnect = async () => {
      await host.session.reset();
      host.reader.forgetAll();
      await host.session.start();
    };
    const end = await new HostPlay(host, services, reconnect).run();
    if (end === 'failed' || end === 'unreachable') host.out = true;
  } catch (error) {
    // After the second Ctrl-C whatever was under way breaks off.
    if (error instanceof Interrupted || stop.aborted) return;
    const [problem] = error instanceof ProblemError ? error.problems : [];
    if (!problem) throw error;
    await giveUp(host, services, problem);
  } finally {
    meeting.leave(host.name);
    forks.leave();
  }
}
