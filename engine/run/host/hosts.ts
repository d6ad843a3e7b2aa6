// The hosts of a run before anything is connected to: their variables, the way to each, and an empty session.
import { findHost, type Host, hostsOf, type Inventory, LOCALHOST } from '../../inventory/model/inventory.ts';
import { evaluate } from '../../language/dynamic/evaluate.ts';
import type { Position } from '../../language/problem/position.ts';
import { fail, ProblemError } from '../../language/problem/problem.ts';
import { isHostName } from '../../language/read/delegation.ts';
import type { Play, Task } from '../../language/runbook/runbook.ts';
import { tasksOf } from '../../language/runbook/task-tree.ts';
import type { ValueMap } from '../../language/value/value.ts';
import type { Connection, Target } from '../../transport/channel/connection.ts';
import type { BecomeDefaults } from '../list/acting-as.ts';
import { Reader } from '../message/reader.ts';
import { earlierNames, nameOnHosts, playsOf, type RunPlan } from '../plan/run-plan.ts';
import { Prediction } from '../predict/prediction.ts';
import { HostAccess } from '../session/host-access.ts';
import type { LockHolder } from '../session/host-lock.ts';
import { HostSession } from '../session/session.ts';
import { LifeCycle } from './life-cycle.ts';
import type { HostState } from './state.ts';
import { addHostvars, HostVariables, type RunSurroundings } from './variables.ts';

/** The way to a host, and who works there. */
export interface Reach {
  readonly target: Target;
  /** Who runs a task that says nothing of `become`: the inventory's word, else the command line's. */
  readonly become: BecomeDefaults;
}

export interface HostsContext {
  readonly reach: (host: HostVariables, play: Play) => Reach;
  readonly connect: (target: Target, signal: AbortSignal) => Promise<Connection>;
  /** The machine that the run is started from, for the host's lock. */
  readonly controller: string;
  /** Aborted by the first Ctrl-C, and by the second: connections are dropped where they are. */
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
}

/** The hosts of a run's plays, by name, in the plays' order; and whoever tasks are delegated to. */
export class HostStates extends Map<string, HostState> {
  readonly #plan: RunPlan;
  readonly #context: HostsContext;
  readonly #variables: ReadonlyMap<string, HostVariables>;
  readonly #run: ValueMap;
  /** Whether a task may change anything where it is delegated to. */
  readonly #changesElsewhere: boolean;
  readonly #delegates = new Map<string, HostState>();
  #epoch: number | undefined;

  constructor(plan: RunPlan, context: HostsContext) {
    super();
    this.#plan = plan;
    this.#context = context;
    this.#run = {
      id: plan.id,
      check_mode: plan.check,
      started: plan.started.toISOString(),
      operator: plan.operator,
    };
    this.#changesElsewhere = playsOf(plan).some((play) =>
      tasksOf(play).some(({ delegation, readOnly }) => delegation && !readOnly),
    );
    const named = [...plan.inventory.hosts.keys(), ...[...plan.hosts.values()].flat()];
    this.#variables = hostVariables(plan.inventory, named, { extra: plan.extra, run: this.#run, files: plan.files });
    for (const play of playsOf(plan)) {
      for (const name of plan.hosts.get(play) ?? []) {
        const own = this.#variables.get(name);
        if (own && !this.has(name)) this.set(name, this.#state(own, play, true));
      }
    }
    for (const play of playsOf(plan)) this.#foresee(play);
  }

  /**
   * The host that a task of the play is delegated to: one of the run, one of the inventory, or whoever answers to the
   * name. Nothing is connected to yet.
   * @throws ProblemError for what is no name of a host
   */
  delegate(name: string, play: Play, at: Position): HostState {
    const known = this.get(name) ?? this.#delegates.get(name);
    if (known) return known;
    const variables = this.#variables.get(name) ?? this.#stranger(name, at);
    // How the play's own hosts are connected to says nothing of another one.
    const state = this.#state(variables, { ...play, connection: undefined }, this.#changesElsewhere);
    state.session.epoch = this.#epoch;
    this.#delegates.set(name, state);
    return state;
  }

  /** Which attempt these hosts, and whoever is delegated to from now on, are worked on in: see `HostSession.epoch`. */
  enter(epoch: number, hosts: readonly HostState[]): void {
    this.#epoch = epoch;
    for (const { session } of [...hosts, ...this.#delegates.values()]) session.epoch = epoch;
  }

  /** The hosts of plays, then those that are only delegated to, as far as they are known by now. */
  everyone(): readonly HostState[] {
    return [...this.values(), ...this.#delegates.values()];
  }

  /** Delegates whose names can be told before the first connection: their keys are in the record from the start. */
  #foresee(play: Play): void {
    for (const task of tasksOf(play)) {
      if (!task.delegation) continue;
      for (const host of this.#plan.hosts.get(play) ?? []) {
        const name = foreseen(task, play, this.#variables.get(host));
        if (name !== undefined) this.delegate(name, play, task.delegation.to.at);
      }
    }
  }

  /** This machine, or one that the inventory doesn't have: `hostvars` doesn't either. */
  #stranger(name: string, at: Position): HostVariables {
    if (!isHostName(name)) {
      const detail = name === '' ? 'It is empty, or no text.' : `‹${name}› can't be one.`;
      return fail({ code: 'bad-value', summary: 'Not the name of a host', detail, at });
    }
    const { extra, files, inventory } = this.#plan;
    const unknown: Host = { name, groups: [], variables: new Map(), history: new Map() };
    const host = findHost(inventory, name) ?? unknown;
    return new HostVariables(host, { extra, run: this.#run, files, groups: {}, hostvars: {} });
  }

  /** `changes`: whether anything may be changed there, for which the host is locked. */
  #state(variables: HostVariables, play: Play, changes: boolean): HostState {
    const { name } = variables.host;
    const { check, facts } = this.#plan;
    const { connect, stop, abort } = this.#context;
    const reach = this.#context.reach(variables, play);
    const session = new HostSession({
      target: reach.target,
      connect,
      facts,
      lock: check || !changes ? undefined : this.#holder,
      stop,
      signal: abort,
    });
    const site = new HostAccess(session);
    return {
      name,
      variables,
      reach: (other) => this.#context.reach(variables, other).target,
      become: reach.become,
      session,
      site,
      get local() {
        return LOCALHOST.includes(name) && session.target.transport === 'local';
      },
      life: new LifeCycle(),
      reader: new Reader(site, (other) => this.#loggedIn(other), check),
      prediction: new Prediction(check),
      notes: [],
      changes: 0,
      lists: 0,
      witnessed: false,
    };
  }

  /** Who locks the hosts. */
  get #holder(): LockHolder {
    const { operator } = this.#plan;
    const { controller } = this.#context;
    return { run: nameOnHosts(this.#plan), operator, controller, earlier: earlierNames(this.#plan) };
  }

  #loggedIn(name: string): HostAccess | undefined {
    const state = this.get(name) ?? this.#delegates.get(name);
    return state?.life.isOpen ? state.site : undefined;
  }
}

/** The hosts of a run before anything is connected to. */
export function hostStates(plan: RunPlan, context: HostsContext): HostStates {
  return new HostStates(plan, context);
}

/** Whom the task delegates to on this host, where neither a loop nor another task's result decides it. */
function foreseen({ delegation, vars }: Task, play: Play, variables: HostVariables | undefined): string | undefined {
  if (!delegation || !variables) return undefined;
  try {
    const name = evaluate(delegation.to, variables.scope({ play, vars: [vars], others: 'ahead' }));
    return typeof name === 'string' && isHostName(name) && name !== variables.host.name ? name : undefined;
  } catch (error) {
    if (error instanceof ProblemError) return undefined; // told of the task, in its turn
    throw error;
  }
}

/** The variables of the hosts named, which see each other as `hostvars`. */
export function hostVariables(
  inventory: Inventory,
  names: readonly string[],
  given: Pick<RunSurroundings, 'extra' | 'run' | 'files'> = { extra: new Map(), run: {}, files: undefined },
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
