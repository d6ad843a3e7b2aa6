// One host's list of tasks, in order: unfolded and bound as their turn comes, and ahead of it as far as they can be.

import { dynamicPaths } from '../../language/dynamic/evaluate.ts';
import type { Position } from '../../language/problem/position.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Task, TaskNode } from '../../language/runbook/runbook.ts';
import { Unknown } from '../../language/value/value.ts';
import { bindTask } from '../bind/bind.ts';
import type { HostState } from '../host/state.ts';
import type { Exit } from '../list/block.ts';
import type { BoundTask, Instance } from '../list/bound.ts';
import { TaskCursor } from '../list/cursor.ts';
import { makes } from '../list/makes.ts';
import type { Upcoming } from '../message/reader.ts';
import type { PlayServices } from '../together/services.ts';

/** Where one host is in one list. Not safe for concurrent use. */
export class TaskList {
  readonly #host: HostState;
  readonly #services: PlayServices;
  readonly #entries: TaskCursor;
  readonly #bound = new Map<string, BoundTask>();

  constructor(host: HostState, services: PlayServices, nodes: readonly TaskNode[]) {
    this.#host = host;
    this.#services = services;
    host.lists += 1;
    this.#entries = new TaskCursor(nodes, `${host.lists}`);
  }

  /** The instance whose turn it is; undefined behind the last. */
  next(): Instance | undefined {
    while (this.waiting()) this.settle();
    return this.#entries.current;
  }

  /** The place of an include or a block next in turn that looks at other hosts: they have to meet, then `settle` it. */
  waiting(): readonly number[] | undefined {
    return this.#entries.reach((context) => this.#scope(context, new Map(), 'ahead'));
  }

  /** Goes past what was waiting, with what the other hosts have come to. */
  settle(): void {
    this.#entries.settle((context) => this.#scope(context));
  }

  /** True when a failure of the task in hand would be rescued. */
  get rescued(): boolean {
    return this.#entries.rescued;
  }

  /** Lines of the checklist of which tasks didn't come, since a failure or a stop led past them. */
  get missed(): ReadonlySet<string> {
    return this.#entries.missed;
  }

  /** Why the list was left before its end, if it was. */
  get left(): Exit | undefined {
    return this.#entries.left;
  }

  /** Leaves the task in hand for a rescue or an `always` around it; false when there is none. */
  leave(left: Exit): boolean {
    // What was bound or read went by tasks that didn't come.
    this.#bound.clear();
    this.#host.reader.forgetAll();
    return this.#entries.leave(left);
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

  /** In a dry run: why the host may have ended the play before the task in hand. */
  mayHaveEnded: string | undefined;

  /** In a dry run: nobody can tell whether the task in hand fails. */
  mayFail(reason: string): void {
    this.#entries.mayFail(reason);
  }

  /** What to doubt of the task in hand if one before it in its block has failed; undefined where none may have. */
  get unlessFailed(): ((reason: string) => void)[] | undefined {
    return this.#entries.unlessFailed;
  }

  /** True when another task under this line of the checklist comes after the one in hand. */
  continues(checklist: string): boolean {
    return this.#entries.continues(checklist);
  }

  /** Goes on to the next instance. */
  advance(): void {
    this.#entries.advance();
  }

  /** What the instance was bound to, if it was. */
  bound(instance: Instance): BoundTask | undefined {
    return this.#bound.get(instance.key);
  }

  /**
   * Binds the instance whose turn has come.
   * @throws ProblemError for an undefined variable, a bad value, a missing file
   */
  bind(instance: Instance): BoundTask {
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
  *upcoming(): Upcoming {
    const pending = new Map<string, string>();
    const inHand = this.#entries.current;
    for (const instance of this.#entries.ahead((context) => this.#scope(context, pending, 'ahead'))) {
      if (instance !== inHand) yield this.#bindAhead(instance, pending);
      for (const name of makes(instance.task)) pending.set(name, instance.task.title);
    }
  }

  #bindAhead(instance: Instance, pending: ReadonlyMap<string, string>): BoundTask | undefined {
    const known = this.#bound.get(instance.key);
    if (known) return known;
    // What another host does first may change what is to be read here.
    if (readsOthers(instance.task) || (instance.task.runOnce && this.#services.together.batch[0] !== this.#host.name))
      return undefined;
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
    const { play, registry, sources, run, together, wants, delegates } = this.#services;
    const delegate = (name: string, at: Position) => delegates.delegate(name, play, at);
    const { become, variables } = this.#host;
    return {
      play,
      registry,
      sources,
      check: run.check,
      hosts: together.hosts,
      wants,
      become,
      variables,
      delegate,
      pending,
      others,
    };
  }

  #scope(
    { layers, vars }: Pick<Instance, 'layers' | 'vars'>,
    pending: ReadonlyMap<string, string> = new Map(),
    others: 'ahead' | 'met' = 'met',
  ) {
    return this.#host.variables.scope({ play: this.#services.play, vars, layers, pending, others });
  }
}

const others = new WeakMap<Task, boolean>();

/** True when a task looks at another host's variables: it has to wait for the others. */
/** True for a task that looks at what other hosts have come to. */
export function readsOthers(task: Task): boolean {
  let answer = others.get(task);
  if (answer === undefined) {
    const { args, vars, loop, when, changedWhen, failedWhen, until, environment, delegation } = task;
    const paths = [
      ...[args, vars, loop?.items, ...environment, delegation?.to].flatMap((dynamic) =>
        dynamic ? dynamicPaths(dynamic) : [],
      ),
      ...[...when, ...changedWhen, ...failedWhen, ...(until ? [until] : [])].flatMap((expression) => expression.paths),
    ];
    answer = paths.some(({ path }) => path[0] === 'hostvars');
    others.set(task, answer);
  }
  return answer;
}

function notThere(task: Task, unknown: Unknown): Problem {
  return {
    code: 'undefined-variable',
    summary: 'a value that is not there',
    detail: `The task needs ${unknown.reason}, which this run doesn't have when the task's turn comes.`,
    at: task.at,
  };
}
