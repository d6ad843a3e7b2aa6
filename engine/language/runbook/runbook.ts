// The typed runbook: what the reader makes of the YAML files, and what the engine runs. Data only.

import type { Dynamic, DynamicMap } from '../dynamic/dynamic.ts';
import type { Expression } from '../expression/expression.ts';
import type { Position } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';

/** What was read for a runbook. */
export interface RunbookSource {
  /** Of every byte that was read, in the order in which it was: SHA-256, hexadecimal. */
  digest(): string;
  /** The variables in a file, YAML or JSON, named at `from`; `shown` is its name in positions. Undefined, with Problems, when it can't be read. */
  variables(path: string, shown: string, from: Position, problems: Problem[]): Promise<DynamicMap | undefined>;
}

/** A runbook as read from disk, with everything it includes already in place. */
export interface Runbook {
  /** The path as the user gave it. */
  readonly file: string;
  /** What was read for it, digested; its files of variables are read here too. */
  readonly files: RunbookSource;
  readonly plays: readonly Play[];
}

export interface Play {
  readonly name: string;
  readonly at: Position;
  /** The runbook file that the play stands in (another one than the runbook's own after `import_playbook`). */
  readonly file: string;
  readonly hosts: Dynamic;
  readonly become: Dynamic | undefined;
  readonly becomeUser: Dynamic | undefined;
  readonly remoteUser: Dynamic | undefined;
  readonly connection: Dynamic | undefined;
  readonly order: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';
  readonly defaults: DynamicMap;
  readonly vars: DynamicMap;
  /** Paths of files with variables; each may be a template of what is known before the first connection. */
  readonly varsFiles: readonly Dynamic[];
  readonly params: readonly Param[];
  readonly tags: readonly string[];
  /** Hosts at a time: numbers and percentages, the last of which repeats. Empty: all at once. */
  readonly serial: readonly Dynamic[];
  /** The share of a batch's hosts, in percent, that may fail before the play stops. */
  readonly maxFailPercentage: Dynamic | undefined;
  readonly anyErrorsFatal: boolean;
  readonly forceHandlers: boolean;
  readonly tasks: readonly TaskNode[];
  readonly handlers: readonly Handler[];
}

/** A declared input of a play: `-e name=value` is coerced to its type. */
export interface Param {
  readonly name: string;
  readonly at: Position;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'map';
  readonly default: Dynamic | undefined;
  readonly required: boolean;
  readonly enum: readonly (string | number | boolean)[] | undefined;
  readonly description: string | undefined;
  readonly secret: boolean;
}

/** What stands in a list of tasks. */
export type TaskNode = Task | Include | Block;

/** What is notified by its title: a task, or an include, all of whose tasks run then. */
export type Handler = Task | (Include & { readonly title: string });

/** `include_tasks`: its tasks are already read; `vars`, `when`, `loop` and `tags` hold for each of them. */
export interface Include {
  readonly kind: 'include';
  /** Its name as it is written. */
  readonly title: string | undefined;
  readonly at: Position;
  readonly vars: DynamicMap;
  readonly when: readonly Expression[];
  readonly loop: Loop | undefined;
  readonly tags: readonly string[];
  readonly checklist: string | undefined;
  readonly tasks: readonly TaskNode[];
  /** With `--start-at-task` what the first round of the loop has of them. */
  readonly first?: readonly TaskNode[];
}

/**
 * `block`: tasks that share keywords, what to do when one of them fails, and what to do in any case. What it says of
 * `become`, `ignore_errors` and the like its tasks have as their own; `vars` and `when` are evaluated where it stands.
 */
export interface Block {
  readonly kind: 'block';
  readonly name: Dynamic | undefined;
  readonly at: Position;
  readonly vars: DynamicMap;
  /** Evaluated once, when the block is come to: holds for all that is in it. */
  readonly when: readonly Expression[];
  readonly tags: readonly string[];
  readonly checklist: string | undefined;
  readonly tasks: readonly TaskNode[];
  readonly rescue: readonly TaskNode[];
  readonly always: readonly TaskNode[];
}

export interface Loop {
  readonly items: Dynamic;
  readonly variable: string;
  readonly index: string;
  readonly label: Dynamic | undefined;
  /** Seconds between items. */
  readonly pause: Dynamic | undefined;
}

/** `delegate_to`. What is said of `become` there or further in; from further out localhost takes nothing over. */
export interface Delegation {
  readonly to: Dynamic;
  readonly become: Dynamic | undefined;
  readonly becomeUser: Dynamic | undefined;
}

export interface Task {
  readonly kind: 'task';
  /** Unique within the runbook, in reading order: the key of caches and predictions. */
  readonly id: number;
  /** May be a template: shown rendered where it can be. */
  readonly name: Dynamic;
  /** The name as it stands in the file, for lists and before it can be rendered. */
  readonly title: string;
  readonly module: string;
  readonly args: DynamicMap;
  readonly at: Position;
  readonly when: readonly Expression[];
  readonly loop: Loop | undefined;
  readonly register: string | undefined;
  readonly notify: readonly Dynamic[];
  readonly become: Dynamic | undefined;
  readonly becomeUser: Dynamic | undefined;
  readonly vars: DynamicMap;
  /** Maps of environment variables, the play's first: of two with one name the later holds. */
  readonly environment: readonly Dynamic[];
  readonly delegation: Delegation | undefined;
  /** Seconds for what an attempt runs on the host. */
  readonly timeout: Dynamic | undefined;
  /** MiB that are kept of each output. */
  readonly outputLimit: Dynamic | undefined;
  /** With those of its play and of the includes around it. */
  readonly tags: readonly string[];
  readonly retries: Dynamic | undefined;
  /** Seconds between attempts. */
  readonly delay: Dynamic | undefined;
  readonly until: Expression | undefined;
  readonly readOnly: boolean;
  readonly changedWhen: readonly Expression[];
  readonly failedWhen: readonly Expression[];
  readonly ignoreErrors: Dynamic | undefined;
  readonly ignoreUnreachable: boolean;
  /** `false`: really runs in dry runs too. `true`: never changes, even in a run. */
  readonly checkMode: boolean | undefined;
  readonly diff: boolean | undefined;
  readonly noLog: Dynamic | undefined;
  readonly runOnce: boolean;
  readonly throttle: Dynamic | undefined;
  /** `path:/x`, `unit:x.service` …: what the task makes beyond what its module can tell. */
  readonly provides: readonly Dynamic[];
  /** Its own line, else that of the nearest include around it. */
  readonly checklist: string | undefined;
}
