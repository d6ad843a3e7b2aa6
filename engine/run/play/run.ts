// The pipeline: plays in order, each on its hosts, from the first event of a run to the last.

import type { Emit, Event, HostTotals, RunResumed, RunStarted } from '../../event/event.ts';
import { ProblemError } from '../../language/problem/problem.ts';
import { tasksOf } from '../../language/runbook/task-tree.ts';
import type { HostStates } from '../host/hosts.ts';
import { nameOnHosts, playsAndRunbooks, playsOf, type RunPlan } from '../plan/run-plan.ts';
import { needsOf } from '../resume/needs.ts';
import { Past } from '../resume/past.ts';
import { restOf } from '../resume/rest.ts';
import { Semaphore } from '../session/semaphore.ts';
import { Account } from '../together/account.ts';
import { Checklist, checklistLines } from '../together/checklist.ts';
import { RunEvents } from '../together/events.ts';
import type { Person, RunIdentity, RunServices } from '../together/services.ts';
import { type Dispatcher, here } from './dispatcher.ts';
import { runbookKey, runPlay } from './play.ts';

/** What the caller of a run gives it. */
export interface RunContext extends Pick<RunServices, 'registry' | 'sources' | 'stop'>, Person {
  readonly diff: boolean;
  /** Resolves once an event is kept. */
  readonly emit: Emit;
  /** The line by which the hosts witness the run's entry in the record; undefined in a dry run. */
  readonly witness: string | undefined;
  /** How many hosts are at work at a time. */
  readonly forks: number;
  /** Who brings hosts through their plays; undefined for this process. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Of a run that died and goes on. */
  readonly resumed?: Resumption | undefined;
}

export interface Resumption {
  /** Its events so far, read once. */
  readonly earlier: AsyncIterable<Event>;
  /** Who goes on with it. */
  readonly by: Pick<RunResumed, 'operator' | 'version' | 'inFlight'>;
}

/** How a run ended. */
export interface RunResult {
  readonly status: 'ok' | 'failed' | 'interrupted';
  readonly hosts: ReadonlyMap<string, HostTotals>;
}

/** Which run a plan is for, as its hosts know it. */
export function identityOf(plan: RunPlan, given: Pick<RunIdentity, 'diff' | 'witness'>): RunIdentity {
  const { check, facts } = plan;
  return { id: nameOnHosts(plan), check, facts, runbookKeys: new Set(plan.runbooks.map(runbookKey)), ...given };
}

/** Runs all plays. Resolves after the last event, with every connection closed. */
export async function run(plan: RunPlan, states: HostStates, context: RunContext): Promise<RunResult> {
  // How long a resumed run took counts from its own beginning.
  const began = performance.now() - (context.resumed ? Date.now() - plan.started.getTime() : 0);
  const { diff, emit, witness, ask, step, registry, sources, stop, dispatcher = here } = context;
  const { id, check } = plan;
  let isPast = context.resumed !== undefined;
  const checklist = new Checklist(checklistLines(plan.runbooks), (line, mark, host, of) => {
    if (isPast) return; // the journal has it
    const whole = of === undefined ? {} : { of };
    // Marks are for the eye: nothing waits for them, and a journal that fails is noticed by the next event.
    void events.happen({ type: 'checklist.changed', line, mark, host, ...whole }).catch(() => undefined);
  });
  const account = new Account(checklist);
  const events = new RunEvents(emit, account, { id, check });
  const services: RunServices = {
    run: identityOf(plan, { diff, witness }),
    ...{ events, registry, sources, stop },
    person: { ask: ask !== undefined, step: step !== undefined },
    forks: new Semaphore(context.forks),
    delegates: states,
    isLast: lastPlays(plan),
  };
  for (const [play, hosts] of plan.hosts) account.expect(play, hosts);
  const past = new Past(plan, account);
  for await (const event of context.resumed?.earlier ?? []) past.see(event);
  isPast = false;
  for (const name of past.out) states.get(name)?.life.leave();
  if (!past.isStarted) await events.happen(startOf(plan, states, checklist));
  if (context.resumed) await events.happen({ type: 'run.resumed', ...context.resumed.by });
  const rest = context.resumed ? restOf(plan, past, needsOf(plan, context)) : undefined;
  try {
    for (const [index, { runbook, play }] of playsAndRunbooks(plan).entries()) {
      if (context.stop.aborted || past.isStopped) break;
      const order = rest?.get(play)?.hosts ?? plan.hosts.get(play) ?? [];
      const hosts = order.flatMap((name) => states.get(name) ?? []);
      const pace = plan.paces.get(play) ?? { sizes: [], allowed: undefined };
      const one = { play, number: index + 1, runbook, hosts, pace, rest: rest?.get(play) };
      if (!(await runPlay(one, services, { dispatcher, person: { ask, step } }))) break;
    }
  } finally {
    await Promise.allSettled(states.everyone().map(({ session }) => session.close()));
  }
  account.checklist.end();
  const totals = (name: string, messages: number) => account.totals(name, messages, stop.aborted);
  const hosts = new Map([...states].map(([name, { session }]) => [name, totals(name, session.messages)]));
  // Nobody interrupted a run that was stopped for a failure of its own.
  const interrupted = stop.aborted && !(stop.reason instanceof ProblemError);
  const status = interrupted ? 'interrupted' : stop.aborted || [...hosts.values()].some(bad) ? 'failed' : 'ok';
  const ms = Math.round(performance.now() - began);
  const delegates = states.everyone().flatMap(({ name, life, session: { messages } }) => {
    return life.isOpen && !states.has(name) ? [[name, { messages }] as const] : [];
  });
  const through = delegates.length > 0 ? { delegates: Object.fromEntries(delegates) } : {};
  await events.happen({ type: 'run.finished', status, hosts: Object.fromEntries(hosts), ...through, ms });
  return { status, hosts };
}

function startOf(plan: RunPlan, states: HostStates, { lines }: Checklist): Omit<RunStarted, 'run' | 'check'> {
  return {
    type: 'run.started',
    operator: plan.operator,
    version: plan.version,
    runbooks: plan.runbooks.map(({ file }) => file),
    inventory: plan.inventory.sources,
    hosts: [...states.keys()],
    checklist: lines,
    ...plan.given,
  };
}

/** Where tasks are delegated a host may be wanted to the end of the run. */
function lastPlays(plan: RunPlan): RunServices['isLast'] {
  const plays = playsOf(plan);
  if (plays.some((play) => tasksOf(play).some(({ delegation }) => delegation))) return () => false;
  const last = new Map(plays.flatMap((play) => (plan.hosts.get(play) ?? []).map((name) => [name, play] as const)));
  return (play, host) => last.get(host) === play;
}

function bad(totals: HostTotals): boolean {
  return totals.failed > 0 || totals.unreachable;
}
