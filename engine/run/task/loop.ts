// The loop of one host through a list of tasks: bind, read ahead, plan, apply, judge, report.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Task, TaskNode } from '../../language/runbook/runbook.ts';
import { type Scope, Unknown, type Value } from '../../language/value/value.ts';
import type { Directive } from '../../module/index.ts';
import { booleanOf } from '../bind/settings.ts';
import type { HostState } from '../host/state.ts';
import type { Failed } from '../list/block.ts';
import type { BoundItem, BoundTask, Instance } from '../list/bound.ts';
import { thingsOf } from '../predict/things.ts';
import { Interrupted } from '../session/interrupted.ts';
import { type PlayServices, proceed } from '../together/services.ts';
import { HostExecutor } from './executor.ts';
import { isPassing, learn } from './learn.ts';
import { TaskList } from './list.ts';
import {
  afterAttempts,
  combined,
  emptyOutcome,
  isDone,
  judge,
  neverHeld,
  notThere,
  type Outcome,
  problemOf,
  raisedAgain,
  registered,
  registeredLoop,
  type WithResult,
  wholeOf,
} from './outcome.ts';
import { delegateOf, failedOf, finishedEvent, goesOn, type Reported, type TaskContext } from './report.ts';
import { runItem } from './run.ts';
import { LEFT_OUT } from './step-mode.ts';
import { warnOfCut } from './truncated.ts';
import { castDoubt } from './uncertain.ts';

/** What a task leaves for the play to see to. */
export interface Finished {
  readonly task: BoundTask | undefined;
  readonly status: Outcome['status'];
  readonly directives: readonly Directive[];
  /** Set when the host doesn't go on. */
  readonly failed: Failed | undefined;
}

export interface LoopOptions {
  readonly host: HostState;
  readonly services: PlayServices;
  readonly kind: 'task' | 'handler';
  readonly nodes: readonly TaskNode[];
  /** Handlers that only an unknown task of a dry run would notify: they are unknown themselves. */
  readonly unsure: ReadonlySet<Task>;
  /** Of handlers: whether a failure would be rescued, where they were flushed. */
  readonly rescued?: boolean;
  readonly reconnect: () => Promise<void>;
}

/** One host's way through one list. Not safe for concurrent use. */
export class TaskLoop {
  readonly #options: LoopOptions;
  readonly list: TaskList;
  readonly #executor: HostExecutor;
  readonly #context: TaskContext;

  constructor(options: LoopOptions) {
    const { host, services, kind, nodes, reconnect } = options;
    this.#options = options;
    this.list = new TaskList(host, services, nodes);
    const { diff, check } = services.run;
    this.#context = { kind, host: host.name, play: services.play.name, diff, check };
    this.#executor = new HostExecutor({
      host,
      services,
      context: this.#context,
      reconnect,
      upcoming: () => this.list.upcoming(),
      things: ({ instance }, item) => thingsOf(instance.task, item, this.#scope(instance, item.locals)),
    });
  }

  /** True while tasks are still to be told of that were done in the message of the one in hand. */
  get hasMade(): boolean {
    return this.#executor.hasMade;
  }

  /** Whether the condition of the instance holds, as `run_once` asks before it chooses a host. */
  holds(instance: Instance): boolean {
    return this.list.bind(instance).items.some(({ condition }) => condition !== false);
  }

  /** In a dry run: whether this host runs a run_once is unknown. */
  castDoubt(instance: Instance): void {
    const task = this.list.bind(instance);
    for (const item of task.items) this.#castDoubt(task, item, { ...emptyOutcome, status: 'unknown' });
  }

  /** Reports the failure of a run_once on another host as this host's own. */
  async share(instance: Instance, { problem }: Failed): Promise<void> {
    const task = { instance, name: instance.task.title, noLog: false };
    await this.#finished(task, { ...emptyOutcome, status: 'failed', failure: problem }, { ms: 0 });
  }

  /** Reports the instance as skipped: the person at the terminal didn't want it. */
  async leaveOut(instance: Instance): Promise<void> {
    const outcome: Outcome = { ...emptyOutcome, reason: LEFT_OUT };
    const { learned } = this.#options.host.variables;
    const { register, title, loop } = instance.task;
    const result = loop ? registeredLoop([], []) : registered(outcome);
    if (register !== undefined && !learned.has(register)) learned.set(register, result);
    await this.#finished({ instance, name: title, noLog: false }, outcome, { ms: 0 });
  }

  /** Runs the instance to its end and reports it. Throws only Interrupted. */
  async run(instance: Instance): Promise<Finished> {
    const started = performance.now();
    let task: BoundTask;
    try {
      task = this.list.bind(instance);
    } catch (error) {
      return this.#unbound(instance, error, started);
    }
    const outcomes: Outcome[] = [];
    for (const item of task.items) {
      // Without a connection the items that are left would fail one by one, each after its own attempt.
      if (outcomes.at(-1)?.status === 'unreachable' && !this.hasMade) break;
      if (outcomes.length > 0 && task.pause > 0) await this.#wait(task.pause);
      const begun = performance.now();
      const outcome = this.#settled(task, await this.#attempts(task, item));
      outcomes.push(outcome);
      this.#castDoubt(task, item, outcome);
      if (task.looped && item.item)
        await this.#report(task, outcome, {
          ms: performance.now() - begun,
          item: item.item.label,
          delegate: item.place.delegate,
        });
    }
    return this.#finish(task, outcomes, started);
  }

  async #attempts(task: BoundTask, item: BoundItem): Promise<Outcome> {
    const source = task.instance.task;
    const withResult = this.#withResult(task, item);
    let told: Outcome | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const own = await this.#judged(task, item, { withResult, attempt });
      told = afterAttempts(told, own);
      if (own.status === 'skipped' || own.status === 'unknown') return told;
      const done = isDone(source, own, withResult);
      if (typeof done === 'object' && 'code' in done) return { ...told, status: 'failed', failure: done };
      if (done === true) return told;
      if (done instanceof Unknown) return { ...told, status: 'unknown', reason: done.reason };
      if (attempt > task.retries || own.status === 'unreachable') {
        return source.until && goesOn(own.status) ? neverHeld(source, told) : told;
      }
      this.#options.host.reader.forget(item);
      await this.#wait(task.delay);
    }
  }

  /** One attempt, judged by a result that says which one it is. */
  async #judged(task: BoundTask, item: BoundItem, now: { withResult: WithResult; attempt: number }): Promise<Outcome> {
    const { withResult, attempt } = now;
    const unsure = this.#options.unsure.has(task.instance.task) ? NOTIFIED_PERHAPS : this.list.mayHaveEnded;
    const done = unsure
      ? { ...emptyOutcome, status: 'unknown' as const, reason: unsure }
      : (raisedAgain(task, item) ??
        (await this.#executor.exclusively(item, () => runItem(task, item, this.#executor))));
    const counted = task.retries > 0 && done.status !== 'skipped';
    const result = counted ? { ...done.result, attempts: attempt } : done.result;
    const outcome: Outcome = { ...done, attempts: attempt, result };
    try {
      return judge(task.instance.task, outcome, withResult);
    } catch (error) {
      const { at, module } = task.instance.task;
      return { ...outcome, status: 'failed', failure: problemOf(error, at, module) };
    }
  }

  /** What needs the facts of a host that was never reached, or, outside of a dry run, what isn't known at all. */
  #settled(task: BoundTask, outcome: Outcome): Outcome {
    const { host, services, unsure } = this.#options;
    const source = task.instance.task;
    if (outcome.status !== 'unknown') return outcome;
    const end = { ...emptyOutcome, attempts: outcome.attempts };
    const { away } = host.life;
    if (away) return { ...end, status: 'unreachable', failure: { at: source.at, ...away } };
    if (services.run.check || task.check || unsure.has(source)) return outcome;
    return { ...end, status: 'failed', failure: notThere(source.at, outcome.reason ?? 'what another task would make') };
  }

  #castDoubt(task: BoundTask, item: BoundItem, outcome: Outcome): void {
    if (!this.#options.services.run.check) return;
    const { list } = this;
    castDoubt(task, item, outcome, {
      prediction: this.#executor.prediction(item),
      list,
      things: () => this.#executor.things(task, item),
    });
  }

  async #finish(task: BoundTask, outcomes: readonly Outcome[], started: number): Promise<Finished> {
    await warnOfCut(task, outcomes, this.#options);
    const { host } = this.#options;
    const worst = combined(outcomes);
    const status = await this.#excused(task, worst);
    const told = wholeOf(task, outcomes, status);
    const { failure } = told;
    const result = task.looped
      ? registeredLoop(
          outcomes,
          task.items.map(({ item }) => item?.value ?? null),
        )
      : registered({ ...(outcomes[0] ?? emptyOutcome), status });
    const directives = outcomes.flatMap(({ directive }) => directive ?? []);
    learn(host.variables.learned, task, outcomes, {
      status,
      result,
      passing: isPassing(task, (item) => this.#executor.prediction(item)),
    });
    await this.#finished(task, told, { ms: performance.now() - started, result, delegate: delegateOf(task) });
    // It broke off with the run: nothing comes after it, and it is no failure that others are stopped for.
    if (failure?.code === 'interrupted') throw new Interrupted(true);
    const failed = goesOn(status) || !failure ? undefined : failedOf(task, failure, result);
    return { task, status, directives, failed };
  }

  /** `ignore_errors` and `ignore_unreachable`: the host goes on; a lost connection is made again when it is next needed. */
  async #excused(task: Pick<BoundTask, 'instance' | 'ignoreErrors'>, status: Status): Promise<Status> {
    const { host } = this.#options;
    if (status === 'failed') return task.ignoreErrors ? 'ignored' : status;
    if (status !== 'unreachable' || !task.instance.task.ignoreUnreachable) return status;
    await host.session.reset();
    host.reader.forgetAll();
    host.life.forgive();
    return 'ignored';
  }

  /** A task that can't even be bound has failed; where that is for want of a login, the host wasn't reached. */
  async #unbound(instance: Instance, error: unknown, started: number): Promise<Finished> {
    const { task } = instance;
    const { variables, life } = this.#options.host;
    const found = problemOf(error, task.at, task.module);
    const unreached = life.away !== undefined && found.code === 'undefined-variable';
    const failure = unreached ? { at: task.at, ...life.away } : found;
    const noLog = task.noLog !== undefined;
    const unbound = { instance, name: task.title, noLog, ignoreErrors: this.#forgives(instance) };
    const status = await this.#excused(unbound, unreached ? 'unreachable' : 'failed');
    const outcome: Outcome = { ...emptyOutcome, status, failure };
    const result = registered(outcome);
    if (task.register !== undefined) variables.learned.set(task.register, result);
    await this.#finished(unbound, outcome, { ms: performance.now() - started });
    const failed = goesOn(status) ? undefined : failedOf(unbound, failure, result);
    return { task: undefined, status, directives: [], failed };
  }

  #forgives(instance: Instance): boolean {
    try {
      return booleanOf(instance.task.ignoreErrors, this.#scope(instance)) ?? false;
    } catch {
      return false;
    }
  }

  /** Reports the task. */
  async #finished(task: Reported, outcome: Outcome, more: More): Promise<void> {
    const rescued = outcome.status === 'failed' && (this.list.rescued || this.#options.rescued === true);
    await this.#report(task, outcome, { ...more, rescued });
  }

  #report(task: Reported, outcome: Outcome, more: More): Promise<void> {
    return this.#options.services.events.happen(finishedEvent(this.#context, task, outcome, more));
  }

  #withResult({ instance }: BoundTask, item: BoundItem): WithResult {
    const { register } = instance.task;
    return (result) => {
      const own = register === undefined ? [] : [[register, result] as const];
      return this.#scope(instance, new Map([...(item.locals ?? []), ...own]));
    };
  }

  #scope({ vars, layers }: Instance, locals?: ReadonlyMap<string, Value>): Scope {
    const { host, services } = this.#options;
    return host.variables.scope({ play: services.play, vars, layers, ...(locals ? { locals } : {}) });
  }

  async #wait(seconds: number): Promise<void> {
    const { services } = this.#options;
    await sleep(seconds * 1000, undefined, { signal: services.stop }).catch(() => proceed(services));
  }
}

const NOTIFIED_PERHAPS = 'a task that notifies it is unknown';

type Status = Outcome['status'];
type More = Parameters<typeof finishedEvent>[3];
