// The pipeline: plays in order, each on its hosts, from the first event of a run to the last.
import type { HostTotals } from '../event/event.ts';
import { findHost, hostsOf, type Inventory } from '../inventory/inventory.ts';
import type { Play, Runbook } from '../language/runbook.ts';
import type { Dynamic } from '../language/value.ts';
import type { Connection, Target } from '../transport/connection.ts';
import { Checklist, checklistLines } from './checklist.ts';
import { type HostState, Tally } from './host-state.ts';
import { addHostvars, HostVariables } from './host-variables.ts';
import { Turnstile } from './meeting.ts';
import { runPlay } from './play-run.ts';
import { happen, type RunServices } from './play-services.ts';
import { Prediction } from './prediction.ts';
import { Reader } from './reader.ts';
import { HostSession } from './session.ts';

/** A run that was read, checked and recorded, and is ready to go. */
export interface RunPlan {
  readonly runbooks: readonly Runbook[];
  readonly inventory: Inventory;
  /** For each play its hosts, in the play's order. */
  readonly hosts: ReadonlyMap<Play, readonly string[]>;
  readonly extra: ReadonlyMap<string, Dynamic>;
  /** Facts that the runbooks use. */
  readonly facts: ReadonlySet<string>;
  readonly operator: string;
  readonly version: string;
  readonly started: Date;
}

export type RunContext = Omit<RunServices, 'checklist' | 'forks'> & {
  readonly forks: number;
  /** How to reach a host, from its variables. */
  readonly target: (host: HostVariables, play: Play) => Target;
  readonly connect: (target: Target, signal: AbortSignal) => Promise<Connection>;
  /** Aborted by the second Ctrl-C: connections are dropped where they are. */
  readonly abort: AbortSignal;
};

/** How a run ended. */
export interface RunResult {
  readonly status: 'ok' | 'failed' | 'interrupted';
  readonly hosts: ReadonlyMap<string, HostTotals>;
}

/** Runs all plays. Resolves after the last event, with every connection closed. */
export async function run(plan: RunPlan, context: RunContext): Promise<RunResult> {
  const began = performance.now();
  const services: RunServices = {
    ...context,
    forks: new Turnstile(context.forks),
    checklist: new Checklist(checklistLines(plan.runbooks), (line, mark, host) => {
      // Marks are for the eye: nothing waits for them, and a journal that fails is noticed by the next event.
      void happen(services, { type: 'checklist.changed', line, mark, host }).catch(() => undefined);
    }),
  };
  const states = hostStates(plan, context);
  await happen(services, {
    type: 'run.started',
    operator: plan.operator,
    version: plan.version,
    runbooks: plan.runbooks.map(({ file }) => file),
    inventory: plan.inventory.sources,
    hosts: [...states.keys()],
    checklist: services.checklist.lines,
  });
  try {
    for (const runbook of plan.runbooks) {
      for (const play of runbook.plays) {
        if (context.stop.aborted) break;
        const hosts = (plan.hosts.get(play) ?? []).flatMap((name) => states.get(name) ?? []);
        await runPlay({ play, runbook, hosts, facts: plan.facts }, services);
      }
    }
  } finally {
    await Promise.allSettled([...states.values()].map(({ session }) => session.close()));
  }
  const hosts = new Map([...states].map(([name, { tally, session }]) => [name, tally.totals(session.messages)]));
  const status = context.stop.aborted ? 'interrupted' : [...hosts.values()].some(bad) ? 'failed' : 'ok';
  const ms = Math.round(performance.now() - began);
  await happen(services, { type: 'run.finished', status, hosts: Object.fromEntries(hosts), ms });
  return { status, hosts };
}

function bad(totals: HostTotals): boolean {
  return totals.failed > 0 || totals.unreachable;
}

/** Every host that some play runs on, in the inventory's order; and for `hostvars` the others' variables too. */
function hostStates(plan: RunPlan, context: RunContext): ReadonlyMap<string, HostState> {
  const { inventory } = plan;
  const groups = Object.fromEntries(
    [...inventory.groups.keys()].map((name) => [name, hostsOf(inventory.groups, name)]),
  );
  const run = {
    id: context.run,
    check_mode: context.check,
    started: plan.started.toISOString(),
    operator: plan.operator,
  };
  const hostvars = {};
  const variables = new Map<string, HostVariables>();
  const named = [...inventory.hosts.keys(), ...[...plan.hosts.values()].flat()];
  for (const name of new Set(named)) {
    const host = findHost(inventory, name);
    if (!host) continue;
    const own = new HostVariables(host, { extra: plan.extra, groups, run, hostvars });
    variables.set(name, own);
    addHostvars(hostvars, own);
  }
  const states = new Map<string, HostState>();
  for (const runbook of plan.runbooks) {
    for (const play of runbook.plays) {
      for (const name of plan.hosts.get(play) ?? []) {
        const own = variables.get(name);
        if (own && !states.has(name)) states.set(name, hostState(own, play, plan, context));
      }
    }
  }
  return states;
}

function hostState(variables: HostVariables, play: Play, plan: RunPlan, context: RunContext): HostState {
  const { name } = variables.host;
  const session = new HostSession({
    target: context.target(variables, play),
    connect: context.connect,
    facts: plan.facts,
    lock: context.check ? undefined : { run: context.run, operator: plan.operator, controller: context.controller },
    signal: context.abort,
  });
  return {
    name,
    variables,
    session,
    reader: new Reader(session),
    prediction: new Prediction(context.check),
    tally: new Tally(),
    notes: [],
    started: false,
    out: false,
    reconnected: false,
    witnessed: false,
  };
}
