// The loop of one host through a list of tasks: bind, read ahead, plan, apply, judge, report.
import { setTimeout as sleep } from 'node:timers/promises';
import { dynamicPaths } from '../language/evaluate.ts';
import { evaluateCondition } from '../language/expression.ts';
import { type Problem, ProblemError } from '../language/problem.ts';
import type { Task, TaskNode } from '../language/runbook.ts';
import { Unknown, type Value } from '../language/value.ts';
import type { Directive } from '../module/index.ts';
import { bindTask } from './bind.ts';
import type { BoundItem, BoundTask, Instance } from './bound.ts';
import { Entries } from './entries.ts';
import { HostHands } from './hands.ts';
import type { HostState } from './host-state.ts';
import { combined, judge, type Outcome, problemOf, registered, registeredLoop, type WithResult } from './outcome.ts';
import { happen, type PlayServices, proceed } from './play-services.ts';
import type { Upcoming } from './reader.ts';
import { finishedEvent, goesOn, type TaskContext } from './report-task.ts';
import { runItem } from './task-run.ts';

/** What a task leaves for the play to see to. */
export interface Finished {
  readonly task: BoundTask | undefined;
  readonly status: Outcome['status'];
  readonly directives: readonly Directive[];
  readonly failure: Problem | undefined;
}

export interface LoopOptions {
  readonly host: HostState;
  readonly services: PlayServices;
  readonly kind: 'task' | 'handler';
  readonly nodes: readonly TaskNode[];
  /** Handlers that only an unknown task of a dry run would notify: they are unknown themselves. */
  readonly unsure: ReadonlySet<Task>;
  readonly reconnect: () => Promise<void>;
}

/** One host's way through one list. Not safe for concurrent use. */
export class TaskLoop {
  readonly #options: LoopOptions;
  readonly #entries: Entries;
  readonly #hands: HostHands;
  readonly #context: TaskContext;
  /** Bound while looking ahead. */
  readonly #bound = new Map<string, BoundTask>();
  #index = 0;

  constructor(options: LoopOptions) {
    const { host, services, kind, nodes, reconnect } = options;
    this.#options = options;
    host.lists += 1;
    this.#entries = new Entries(nodes, `${host.lists}`);
    this.#context = { kind, host: host.name, play: services.play.name, diff: services.diff };
    this.#hands = new HostHands({
      host,
      services,
      context: this.#context,
      reconnect,
      upcoming: () => this.#upcoming(),
    });
  }

  /** The instance whose turn it is; undefined behind the last. */
  next(): Instance | undefined {
    return this.#entries.at(this.#index, (layers) => this.#scope(layers));
  }

  /** The place of an include next in turn whose loop looks at other hosts: they have to meet first. */
  waiting(): readonly number[] | undefined {
    return this.#entries.waiting(this.#index, (layers) => this.#scope(layers, new Map(), 'ahead'));
  }

  /** True when the instance looks at other hosts' variables, wherever that stands: they have to meet first. */
  needsOthers(instance: Instance): boolean {
    if (readsOthers(instance.task)) return true;
    if (this.#bound.has(instance.key)) return false;
    try {
      const bound = bindTask(instance, this.#bindContext(new Map(), 'ahead'));
      if (bound instanceof Unknown) return true;
      if (!bound.provisional) this.#bound.set(instance.key, bound);
      return bound.provisional;
    } catch (error) {
      if (error instanceof ProblemError) return false; // reported when the task is run
      throw error;
    }
  }

  /** True when another task under this line of the checklist comes after the one in hand. */
  continues(checklist: string): boolean {
    return this.#entries.anyUnder(checklist, this.#index + 1);
  }

  /** Goes on to the next instance. */
  advance(): void {
    this.#index += 1;
  }

  /** Whether the condition of the instance holds, as `run_once` asks before it chooses a host. */
  holds(instance: Instance): boolean {
    const bound = this.#bind(instance);
    return bound.items.some(({ condition }) => condition !== false);
  }

  /** Drops what was read for the instance, since another host may have changed it. */
  forget(instance: Instance): void {
    for (const item of this.#bound.get(instance.key)?.items ?? []) this.#options.host.reader.forget(item);
  }

  /** The number of hosts that may be in the task at once. */
  throttleOf(instance: Instance): number | undefined {
    if (instance.task.throttle === undefined) return undefined;
    // 0 means no limit, as in Ansible.
    return this.#bind(instance).throttle || undefined;
  }

  /** What the instance has left behind, for the hosts that share a run_once. */
  learnedBy(instance: Instance): ReadonlyMap<string, Value> {
    const { learned } = this.#options.host.variables;
    return new Map(
      makes(instance.task).flatMap((name) => {
        const value = learned.get(name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  }

  /** Reports the failure of a run_once on another host as this host's own. */
  async share(instance: Instance, failure: Problem): Promise<void> {
    this.#options.host.tally.add('failed');
    const outcome: Outcome = { ...emptyOutcome, status: 'failed', failure };
    await this.#report({ instance, name: instance.task.title, noLog: false }, outcome, { ms: 0 });
  }

  /** Runs the instance to its end and reports it. Throws only Interrupted. */
  async run(instance: Instance): Promise<Finished> {
    const started = performance.now();
    let task: BoundTask;
    try {
      task = this.#bind(instance);
    } catch (error) {
      return this.#unbound(instance, error, started);
    }
    const outcomes: Outcome[] = [];
    for (const item of task.items) {
      // Without a connection the items that are left would fail one by one, each after its own attempt.
      if (outcomes.at(-1)?.status === 'unreachable') break;
      if (outcomes.length > 0 && task.pause > 0) await this.#wait(task.pause);
      const begun = performance.now();
      const outcome = await this.#attempts(task, item);
      outcomes.push(outcome);
      if (task.looped && item.item)
        await this.#report(task, outcome, { ms: performance.now() - begun, item: item.item.label });
    }
    return this.#finish(task, outcomes, started);
  }

  async #attempts(task: BoundTask, item: BoundItem): Promise<Outcome> {
    const source = task.instance.task;
    const withResult = this.#withResult(task, item);
    for (let attempt = 1; ; attempt += 1) {
      const outcome = { ...(await this.#judged(task, item, withResult)), attempts: attempt };
      const done = this.#done(task, outcome, withResult);
      if (done === true || outcome.status === 'skipped' || outcome.status === 'unknown') return outcome;
      if (done instanceof Unknown) return { ...outcome, status: 'unknown', reason: done.reason };
      if (attempt > task.retries || outcome.status === 'unreachable') {
        return source.until && goesOn(outcome.status) ? neverHeld(source, outcome) : outcome;
      }
      this.#options.host.reader.forget(item);
      await this.#wait(task.delay);
    }
  }

  async #judged(task: BoundTask, item: BoundItem, withResult: WithResult): Promise<Outcome> {
    const outcome = this.#options.unsure.has(task.instance.task)
      ? { ...emptyOutcome, status: 'unknown' as const, reason: 'a task that notifies it is unknown' }
      : await runItem(task, item, this.#hands);
    try {
      return judge(task.instance.task, outcome, withResult);
    } catch (error) {
      const { at, module } = task.instance.task;
      return { ...outcome, status: 'failed', failure: problemOf(error, at, module) };
    }
  }

  #done(task: BoundTask, outcome: Outcome, withResult: WithResult): boolean | Unknown {
    const { until } = task.instance.task;
    if (!until || outcome.status === 'skipped') return goesOn(outcome.status);
    return evaluateCondition(until, withResult(registered(outcome)));
  }

  async #finish(task: BoundTask, outcomes: readonly Outcome[], started: number): Promise<Finished> {
    const { host } = this.#options;
    const worst = combined(outcomes);
    const status = worst === 'failed' && task.ignoreErrors ? 'ignored' : worst;
    const failure = outcomes.find((outcome) => outcome.failure)?.failure;
    const result = task.looped
      ? registeredLoop(
          outcomes,
          task.items.map(({ item }) => item?.value ?? null),
        )
      : registered({ ...(outcomes[0] ?? emptyOutcome), status });
    const name = task.instance.task.register;
    if (name !== undefined && (status !== 'skipped' || !host.variables.learned.has(name))) {
      host.variables.learned.set(
        name,
        status === 'unknown' ? new Unknown('apply', `the result of ‹${task.name}›`) : result,
      );
    }
    const directives = outcomes.flatMap(({ directive }) => directive ?? []);
    for (const directive of directives) {
      if (directive.kind !== 'set-facts') continue;
      for (const [fact, value] of Object.entries(directive.facts)) host.variables.learned.set(fact, value);
    }
    host.tally.add(status);
    const shown: Outcome = task.looped
      ? { ...emptyOutcome, status, ...(failure ? { failure } : {}), ...reasonOf(outcomes) }
      : { ...(outcomes[0] ?? emptyOutcome), status };
    await this.#report(task, shown, { ms: performance.now() - started, result });
    return { task, status, directives, failure: goesOn(status) ? undefined : failure };
  }

  /** A task that can't even be bound has failed. */
  async #unbound(instance: Instance, error: unknown, started: number): Promise<Finished> {
    const { task } = instance;
    const failure = problemOf(error, task.at, task.module);
    this.#options.host.tally.add('failed');
    const outcome: Outcome = { ...emptyOutcome, status: 'failed', failure };
    await this.#report({ instance, name: task.title, noLog: false }, outcome, { ms: performance.now() - started });
    return { task: undefined, status: 'failed', directives: [], failure };
  }

  #report(
    task: Pick<BoundTask, 'instance' | 'name' | 'noLog'>,
    outcome: Outcome,
    more: { readonly ms: number; readonly item?: string; readonly result?: Value },
  ): Promise<void> {
    return happen(this.#options.services, finishedEvent(this.#context, task, outcome, more));
  }

  #bind(instance: Instance): BoundTask {
    const known = this.#bound.get(instance.key);
    if (known) return known;
    const bound = bindTask(instance, this.#bindContext(new Map(), 'met'));
    if (bound instanceof Unknown) {
      throw new ProblemError([notThere(instance.task, bound)]);
    }
    this.#bound.set(instance.key, bound);
    return bound;
  }

  /** The tasks after the one in hand, bound as far as they can be without what is still to come. */
  *#upcoming(): Upcoming {
    const pending = new Map<string, string>();
    for (let index = this.#index; ; index += 1) {
      const instance = this.#entries.peek(index, (layers) => this.#scope(layers, pending, 'ahead'));
      if (instance === undefined || instance === 'later') return;
      if (index > this.#index) yield this.#bindAhead(instance, pending);
      for (const name of makes(instance.task)) pending.set(name, instance.task.title);
    }
  }

  #bindAhead(instance: Instance, pending: ReadonlyMap<string, string>): BoundTask | undefined {
    const known = this.#bound.get(instance.key);
    if (known) return known;
    const { services, host } = this.#options;
    // What another host does first may change what is to be read here.
    if (readsOthers(instance.task) || (instance.task.runOnce && services.batch[0] !== host.name)) return undefined;
    try {
      const bound = bindTask(instance, this.#bindContext(pending, 'ahead'));
      if (bound instanceof Unknown) return undefined;
      if (!bound.provisional) this.#bound.set(instance.key, bound);
      return bound;
    } catch (error) {
      // It is a failure of that task, in its turn: an earlier one may yet make it right.
      if (error instanceof ProblemError) return undefined;
      throw error;
    }
  }

  #bindContext(pending: ReadonlyMap<string, string>, others: 'ahead' | 'met') {
    const { host, services } = this.#options;
    const { play, registry, sources, check } = services;
    return { play, registry, sources, check, become: host.become, variables: host.variables, pending, others };
  }

  #scope(
    layers: Instance['layers'],
    pending: ReadonlyMap<string, string> = new Map(),
    others: 'ahead' | 'met' = 'met',
  ) {
    return this.#options.host.variables.scope({ play: this.#options.services.play, layers, pending, others });
  }

  #withResult(task: BoundTask, item: BoundItem): WithResult {
    const { host, services } = this.#options;
    const { vars, register } = task.instance.task;
    return (result) =>
      host.variables.scope({
        play: services.play,
        taskVars: vars,
        layers: task.instance.layers,
        locals: new Map([...(item.locals ?? []), ...(register === undefined ? [] : [[register, result] as const])]),
      });
  }

  async #wait(seconds: number): Promise<void> {
    const { services } = this.#options;
    await sleep(seconds * 1000, undefined, { signal: services.stop }).catch(() => proceed(services));
  }
}

const emptyOutcome: Outcome = { status: 'skipped', changes: [], result: {}, attempts: 1 };

function reasonOf(outcomes: readonly Outcome[]): { readonly reason?: string } {
  const reason = outcomes.length === 0 ? 'its loop is empty' : outcomes.find((outcome) => outcome.reason)?.reason;
  return reason === undefined ? {} : { reason };
}

/** The names that a task leaves behind. */
function makes(task: Task): readonly string[] {
  const facts = task.module === 'set-fact' ? task.args.entries.map(({ key }) => key) : [];
  return task.register === undefined ? facts : [...facts, task.register];
}

const others = new WeakMap<Task, boolean>();

/** True when a task looks at another host's variables: it has to wait for the others. */
export function readsOthers(task: Task): boolean {
  let answer = others.get(task);
  if (answer === undefined) {
    const { args, vars, loop, when, changedWhen, failedWhen, until } = task;
    const paths = [
      ...[args, vars, loop?.items].flatMap((dynamic) => (dynamic ? dynamicPaths(dynamic) : [])),
      ...[...when, ...changedWhen, ...failedWhen, ...(until ? [until] : [])].flatMap((expression) => expression.paths),
    ];
    answer = paths.some(({ path }) => path[0] === 'hostvars');
    others.set(task, answer);
  }
  return answer;
}

function neverHeld(task: Task, outcome: Outcome): Outcome {
  const failure: Problem = {
    code: 'check-failed',
    summary: '‹until› never held',
    detail: `After ${outcome.attempts} attempts it is still false: ${task.until?.source ?? ''}`,
    at: task.until?.at ?? task.at,
  };
  return { ...outcome, status: 'failed', failure };
}

function notThere(task: Task, unknown: Unknown): Problem {
  return {
    code: 'undefined-variable',
    summary: 'a value that is not there',
    detail: `The task needs ${unknown.reason}, which this run doesn't have when the task's turn comes.`,
    at: task.at,
  };
}
