// A task on one host with everything about it known: what the loop plans, applies and reports.

import type { DynamicMap } from '../../language/dynamic/dynamic.ts';
import type { Expression } from '../../language/expression/expression.ts';
import type { Task } from '../../language/runbook/runbook.ts';
import type { Unknown, Value } from '../../language/value/value.ts';
import type { Module, Resource, Script } from '../../module/index.ts';
import type { ActsAs } from './acting-as.ts';
import type { BlockRun, Failed, Gate } from './block.ts';

/** A task at its place in the run of one host: includes unfolded, their `vars`, `when` and loop items attached. */
export interface Instance {
  readonly task: Task;
  /** Unique within the run on this host: its list, and its place there with the iterations of the includes around it. */
  readonly key: string;
  /** Where it stands: compared element by element, the same on all hosts. */
  readonly order: readonly number[];
  /** The conditions of the blocks around it. */
  readonly gate: Gate | undefined;
  /** The conditions of the includes around it, as far as they are in the same block, and the task's own. */
  readonly when: readonly Expression[];
  /** The blocks around it, outermost first. */
  readonly blocks: readonly BlockRun[];
  /** The `vars` of these blocks, and the task's own. */
  readonly vars: readonly DynamicMap[];
  /** The includes' `vars` and loop items, outermost first. */
  readonly layers: readonly Layer[];
  readonly checklist: string | undefined;
  /** Why the instance can't be known before an apply: the loop around it depends on a pending change. */
  readonly unknown: string | undefined;
  /** In a rescue: what it is for. */
  readonly failed: Failed | undefined;
}

/** Named values of one origin: Dynamics are evaluated in the scope that they make part of. */
export type Layer = ReadonlyMap<string, Value> | DynamicMap;

interface Item {
  readonly key: string;
  readonly module: Module;
  readonly place: ActsAs;
  /** The loop's names, for the scope in which the outcome is judged. */
  readonly locals: ReadonlyMap<string, Value> | undefined;
  readonly item: { readonly value: Value; readonly label: string } | undefined;
}

/** What is to be done is known, and perhaps not yet whether it is (`later`). */
export interface ReadyItem extends Item {
  readonly ready: true;
  readonly condition: true | Unknown;
  readonly want: unknown;
  /** The task's environment, for the head of each of its scripts. */
  readonly exports: Script | undefined;
  /** Seconds for what an attempt runs on the host. */
  readonly timeout: number | undefined;
  /** Bytes that are kept of each output of a script; undefined is the usual limit. */
  readonly outputLimit: number | undefined;
}

/** Skipped (`false`), or not to be known before an apply: a module is never asked about it. */
export interface IdleItem extends Item {
  readonly ready: false;
  readonly condition: false | Unknown;
}

/** One item of a task's loop, or the task itself when it has none. */
export type BoundItem = ReadyItem | IdleItem;

export interface BoundTask {
  readonly instance: Instance;
  readonly name: string;
  readonly items: readonly BoundItem[];
  readonly looped: boolean;
  /** Bound before all that it names was known: good enough to read ahead, to be bound again in its turn. */
  readonly provisional: boolean;
  readonly notify: readonly string[];
  readonly provides: readonly Resource[];
  readonly retries: number;
  /** Seconds. */
  readonly delay: number;
  /** Seconds between the items of a loop. */
  readonly pause: number;
  readonly throttle: number | undefined;
  readonly ignoreErrors: boolean;
  readonly noLog: boolean;
  /** True when this task stops before its first write: in a dry run, or by `check_mode: true`. */
  readonly check: boolean;
}
