// The pipeline: plays in order, each on its hosts, from the first event of a run to the last.

import { setMaxListeners } from 'node:events';
import type { HostTotals } from '../../event/event.ts';
import { ProblemError } from '../../language/problem/problem.ts';
import type { HostStates } from '../host/hosts.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import { Semaphore } from '../session/semaphore.ts';
import { Account } from '../together/account.ts';
import { Checklist, checklistLines } from '../together/checklist.ts';
import { happen, type RunServices } from '../together/services.ts';
import { runbookKey, runPlay } from './play.ts';

export type RunContext = Omit<RunServices, 'account' | 'delegates' | 'facts' | 'forks' | 'runbookKeys'> & {
  readonly forks: number;
};

/** How a run ended. */
export interface RunResult {
  readonly status: 'ok' | 'failed' | 'interrupted';
  readonly hosts: ReadonlyMap<string, HostTotals>;
}

/** Runs all plays. Resolves after the last event, with every connection closed. */
export async function run(plan: RunPlan, states: HostStates, context: RunContext): Promise<RunResult> {
  const began = performance.now();
  setMaxListeners(0, context.stop); // every host that waits listens to it
  const services: RunServices = {
    ...context,
    delegates: states,
    facts: plan.facts,
    forks: new Semaphore(context.forks),
    runbookKeys: new Set(plan.runbooks.map(runbookKey)),
    account: new Account(
      new Checklist(checklistLines(plan.runbooks), (line, mark, host, of) => {
        const whole = of === undefined ? {} : { of };
        // Marks are for the eye: nothing waits for them, and a journal that fails is noticed by the next event.
        void happen(services, { type: 'checklist.changed', line, mark, host, ...whole }).catch(() => undefined);
      }),
    ),
  };
  const { account } = services;
  for (const [play, hosts] of plan.hosts) account.expect(play, hosts);
  await happen(services, {
    type: 'run.started',
    operator: plan.operator,
    version: plan.version,
    runbooks: plan.runbooks.map(({ file }) => file),
    inventory: plan.inventory.sources,
    hosts: [...states.keys()],
    checklist: account.checklist.lines,
    ...plan.given,
  });
  try {
    for (const { runbook, play } of playsOf(plan)) {
      if (context.stop.aborted) break;
      const hosts = (plan.hosts.get(play) ?? []).flatMap((name) => states.get(name) ?? []);
      const pace = plan.paces.get(play) ?? { sizes: [], allowed: undefined };
      if (!(await runPlay({ play, runbook, hosts, pace }, services))) break;
    }
  } finally {
    await Promise.allSettled(states.everyone().map(({ session }) => session.close()));
  }
  account.checklist.end();
  const { stop } = context;
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
  await happen(services, { type: 'run.finished', status, hosts: Object.fromEntries(hosts), ...through, ms });
  return { status, hosts };
}

function playsOf({ runbooks }: RunPlan) {
  return runbooks.flatMap((runbook) => runbook.plays.map((play) => ({ runbook, play })));
}

function bad(totals: HostTotals): boolean {
  return totals.failed > 0 || totals.unreachable;
}
