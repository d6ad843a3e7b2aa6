// A block as one host goes through it: whether it is to be done at all, where the host is in it, and why it was left.
import type { TaskReference } from '../../event/event.ts';
import type { Expression } from '../../language/expression/expression.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Block } from '../../language/runbook/runbook.ts';
import { type Scope, Unknown, type Value, type ValueMap } from '../../language/value/value.ts';
import { allHold } from './conditions.ts';

/** A task that failed on one host, as a rescue may look at it. */
export interface Failed {
  readonly task: TaskReference;
  /** What `register` sees, and `msg`. */
  readonly result: ValueMap;
  /** As it may be shown. */
  readonly problem: Problem;
}

/**
 * Why a host doesn't go on to the next task: the one in hand failed, or the play was stopped because of other hosts;
 * whether the one in hand `ran` before that.
 */
export type Exit =
  | { readonly kind: 'failed'; readonly failed: Failed }
  | { readonly kind: 'stopped'; readonly ran: boolean };

/** One host in one block. */
export interface BlockRun {
  readonly block: Block;
  readonly gate: Gate;
  /** The blocks around it, outermost first. */
  readonly around: readonly BlockRun[];
  phase: 'body' | 'rescue' | 'always';
  /** In a dry run, once a task of its own may fail: why its rescue may come, and what is then not as it was foreseen. */
  doubt: { readonly reason: string; readonly undone: ((reason: string) => void)[] } | undefined;
  /** Where to go on to after `always`, if not to the task behind the block. */
  left: Exit | undefined;
}

const NOT_COME_TO = new Unknown('later', 'the condition of a block that is still to come');

/** The condition of a block, with those around it. Decided once, when the host comes to the block; foreseen before. */
export class Gate {
  readonly #outer: Gate | undefined;
  readonly #conditions: readonly Expression[];
  #value: boolean | Unknown | ProblemError = NOT_COME_TO;
  #decided = false;

  constructor(outer: Gate | undefined, conditions: readonly Expression[]) {
    this.#outer = outer;
    this.#conditions = conditions;
  }

  /** A gate at which every task fails with `problem`. */
  static broken(error: ProblemError): Gate {
    const gate = new Gate(undefined, []);
    gate.#value = error;
    gate.#decided = true;
    return gate;
  }

  /** @throws ProblemError when the condition can't be evaluated: each task behind the gate fails with it */
  get value(): boolean | Unknown {
    if (this.#value instanceof ProblemError) throw this.#value;
    return this.#value;
  }

  get broken(): boolean {
    return this.#value instanceof ProblemError;
  }

  /** True when nothing behind the gate is to be done, as far as can be seen. */
  get closed(): boolean {
    return this.#value === false;
  }

  foresee(scope: Scope): void {
    if (!this.#decided) this.#value = this.#evaluate(scope);
  }

  /** What was foreseen last, or is evaluated now, holds from here on. */
  decide(scope?: Scope): void {
    if (scope) this.foresee(scope);
    this.#decided = true;
  }

  #evaluate(scope: Scope): boolean | Unknown | ProblemError {
    const around = this.#outer ? this.#outer.#value : true;
    if (around === false || around instanceof ProblemError) return around;
    try {
      return allHold(this.#conditions, scope, around instanceof Unknown ? around : undefined);
    } catch (error) {
      if (error instanceof ProblemError) return error;
      throw error;
    }
  }
}

/** True when a failure in the block, where the host is now, leads to its rescue. */
export function rescues({ block, gate, phase }: BlockRun): boolean {
  return phase === 'body' && block.rescue.length > 0 && !gate.broken;
}

/** The names that a rescue sees. */
export function rescueNames({ task, result }: Failed): ReadonlyMap<string, Value> {
  const { name, module, file, line } = task;
  return new Map<string, Value>([
    ['failed_task', { name, module, file, line }],
    ['failed_result', result],
  ]);
}
