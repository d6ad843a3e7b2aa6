// What a task waits for: something on the host, some time, a person; and a host that goes away and comes back.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '../../language/problem/position.ts';
import { bearingOf, type Problem, ProblemError } from '../../language/problem/problem.ts';
import { type Failure, Missing, type Rejoin, type Wait } from '../../module/index.ts';
import type { HostState } from '../host/state.ts';
import type { BoundTask, ReadyItem } from '../list/bound.ts';
import { type ProbeReading, stateOf } from '../message/probes.ts';
import type { Upcoming } from '../message/reader.ts';
import { waitedTooLong } from '../message/time-limit.ts';
import { factsValue } from '../session/facts.ts';
import { type PlayServices, proceed } from '../together/services.ts';

/** Seconds that the host's script may take beyond what it was told to wait. */
const GRACE = 30;

/** Seconds for a connection to close that may be dead already, and between attempts to make a new one. */
const CLOSING = 3;
const BETWEEN = 1;

/** Why this machine is not asked to go away. */
export const OWN_MACHINE: Failure = {
  summary: 'this is the machine that vrun itself runs on',
  detail: 'It would not be there to see it come back.',
  hint: 'Boot it by hand, or run vrun from another machine.',
};

/** Waits on the host, in one message with the item's probe and those of tasks to come: what was read before is dropped. */
export async function waitOnHost(
  wait: Extract<Wait, { kind: 'host' }>,
  item: ReadyItem,
  {
    host,
    target,
    upcoming,
    at,
  }: {
    readonly host: HostState;
    readonly target: HostState;
    readonly upcoming: Upcoming;
    readonly at: Position;
  },
  services: PlayServices,
): Promise<ProbeReading | undefined> {
  const { shell, user } = target.session.route(item.place);
  const seconds = Math.min(wait.seconds + GRACE, item.timeout ?? Number.POSITIVE_INFINITY);
  const frame = { script: wait.run.text, user, timeout: seconds };
  const [answer] = await host.reader.change(
    { site: target.site, shell, frames: [frame], item, reread: [item] },
    upcoming,
  );
  if (answer?.timedOut) proceed(services);
  if (answer?.timedOut) throw new ProblemError([waitedTooLong(item, at)]);
  if (!host.reader.known(item)) await host.reader.read([item], []);
  return host.reader.known(item);
}

/** Lets the time pass. Another host may run meanwhile, and what was read of this one is worth nothing afterwards. */
export async function waitSeconds(
  seconds: number,
  item: ReadyItem,
  { host, at }: { readonly host: HostState; readonly at: Position },
  services: PlayServices,
): Promise<void> {
  const limit = item.timeout ?? Number.POSITIVE_INFINITY;
  await apart(services, () => rest(Math.min(seconds, limit), services));
  host.reader.forgetAll();
  if (seconds > limit) throw new ProblemError([waitedTooLong(item, at)]);
}

/** Asks the person at the terminal, once for all hosts of the batch. */
export async function waitForPerson(
  prompt: string,
  { task, item, host }: { readonly task: BoundTask; readonly item: ReadyItem; readonly host: HostState },
  services: PlayServices,
): Promise<void> {
  const { at } = task.instance.task;
  if (!services.person.ask) throw new ProblemError([noTerminal(at)]);
  const key = `${task.instance.order.join('.')}/${task.items.indexOf(item)}`;
  const on = await apart(services, () => services.together.ask(host.name, key, { of: 'ask', text: prompt }));
  proceed(services);
  if (!on) throw new ProblemError([unanswered(at)]);
  host.reader.forgetAll();
}

/**
 * Logs in again until the host is another than it was: what is read of it says so.
 * @throws ProblemError when it isn't within the time
 */
export async function rejoinHost(
  rejoin: Rejoin,
  item: ReadyItem,
  { host, target, at }: { readonly host: HostState; readonly target: HostState; readonly at: Position },
  services: PlayServices,
): Promise<void> {
  const deadline = performance.now() + rejoin.seconds * 1000;
  let last: Problem | undefined;
  host.reader.forgetAll();
  await target.site.changing(async () => {
    do {
      await Promise.race([target.session.reset(), sleep(CLOSING * 1000)]);
      await rest(BETWEEN, services);
      try {
        const { hello } = await target.session.start();
        target.variables.facts = factsValue(hello, services.run.facts);
        await host.reader.read([item], []);
        const reading = host.reader.known(item);
        const state = reading && stateOf(item, reading);
        host.reader.forgetAll();
        if (!(state instanceof Missing) && rejoin.back(state)) return;
        last = undefined;
      } catch (error) {
        last = problemIn(error);
      }
    } while (performance.now() < deadline);
    throw new ProblemError([stayedAway(target.name, rejoin.seconds, last, at)]);
  });
}

function problemIn(error: unknown): Problem {
  const [problem] = error instanceof ProblemError ? error.problems : [];
  if (!problem || !bearingOf(problem).passing) throw error;
  return problem;
}

/** A host that waits for time or a person lets another one run in its place. */
export async function apart<T>({ forks }: PlayServices, work: () => Promise<T>): Promise<T> {
  forks.leave();
  try {
    return await work();
  } finally {
    await forks.enter();
  }
}

async function rest(seconds: number, services: PlayServices): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal: services.stop }).catch(() => proceed(services));
}

function stayedAway(name: string, seconds: number, last: Problem | undefined, at: Position): Problem {
  if (last === undefined) {
    return {
      code: 'not-converged',
      summary: `${name} has not booted anew within ${seconds} s`,
      detail: 'It can be reached, but it still runs since the same boot.',
      hint: 'Something on it may hold the shutdown up: look at `systemctl list-jobs` there.',
      at,
    };
  }
  return {
    code: 'unreachable',
    summary: `${name} did not come back within ${seconds} s`,
    detail: `The last attempt to log in: ${last.summary}.${last.detail === undefined ? '' : ` ${last.detail}`}`,
    hint: 'Look at its console. When it is up, run the runbook again: it goes on from what is there.',
    at,
  };
}

function unanswered(at: Position): Problem {
  return {
    code: 'check-failed',
    summary: 'nobody said to go on',
    detail: 'The terminal was closed, or its input came to an end.',
    at,
  };
}

function noTerminal(at: Position): Problem {
  return {
    code: 'check-failed',
    summary: 'there is no terminal to ask at',
    detail: 'The task waits for a person, and standard input is no terminal.',
    hint: 'Run it at a terminal, or skip the task with --skip-tags.',
    at,
  };
}
