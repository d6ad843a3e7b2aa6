// The hosts of a run before anything is connected to: their variables, the way to each, and an empty session.
import { findHost, hostsOf, type Inventory } from '../inventory/inventory.ts';
import type { Play } from '../language/runbook.ts';
import type { Connection, Target } from '../transport/connection.ts';
import { type HostState, Tally } from './host-state.ts';
import { addHostvars, HostVariables, type Surroundings } from './host-variables.ts';
import { Prediction } from './prediction.ts';
import { Reader } from './reader.ts';
import type { RunPlan } from './run.ts';
import { HostSession } from './session.ts';

/** The way to a host, and who works there. */
export interface Reach {
  readonly target: Target;
  /** Who runs a task that says nothing of `become`: the inventory's word, else the command line's. */
  readonly become: { readonly on: boolean; readonly user: string };
}

export interface HostsContext {
  readonly reach: (host: HostVariables, play: Play) => Reach;
  readonly connect: (target: Target, signal: AbortSignal) => Promise<Connection>;
  /** The machine that the run is started from, for the host's lock. */
  readonly controller: string;
  /** Aborted by the second Ctrl-C: connections are dropped where they are. */
  readonly abort: AbortSignal;
}

/** Every host that some play runs on, in the inventory's order; and for `hostvars` the others' variables too. */
export function hostStates(plan: RunPlan, context: HostsContext): ReadonlyMap<string, HostState> {
  const run = {
    id: plan.id,
    check_mode: plan.check,
    started: plan.started.toISOString(),
    operator: plan.operator,
  };
  const named = [...plan.inventory.hosts.keys(), ...[...plan.hosts.values()].flat()];
  const variables = hostVariables(plan.inventory, named, { extra: plan.extra, run, files: plan.files });
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

/** The variables of the hosts named, which see each other as `hostvars`. */
export function hostVariables(
  inventory: Inventory,
  names: readonly string[],
  given: Pick<Surroundings, 'extra' | 'run' | 'files'> = { extra: new Map(), run: {}, files: undefined },
): ReadonlyMap<string, HostVariables> {
  const groups = Object.fromEntries(
    [...inventory.groups.keys()].map((name) => [name, hostsOf(inventory.groups, name)]),
  );
  const hostvars = {};
  const variables = new Map<string, HostVariables>();
  for (const name of new Set(names)) {
    const host = findHost(inventory, name);
    if (!host) continue;
    const own = new HostVariables(host, { ...given, groups, hostvars });
    variables.set(name, own);
    addHostvars(hostvars, own);
  }
  return variables;
}

function hostState(variables: HostVariables, play: Play, plan: RunPlan, context: HostsContext): HostState {
  const { name } = variables.host;
  const reach = context.reach(variables, play);
  const session = new HostSession({
    target: reach.target,
    connect: context.connect,
    facts: plan.facts,
    lock: plan.check ? undefined : { run: plan.id, operator: plan.operator, controller: context.controller },
    signal: context.abort,
  });
  return {
    name,
    variables,
    reach: (other) => context.reach(variables, other).target,
    become: reach.become,
    session,
    reader: new Reader(session),
    prediction: new Prediction(plan.check),
    tally: new Tally(),
    notes: [],
    changes: 0,
    lists: 0,
    started: false,
    out: false,
    reconnected: false,
    witnessed: false,
  };
}
