// The inventory as the engine sees it: hosts and groups, each variable with where it came from.
import type { Position } from '../language/position.ts';
import type { Dynamic } from '../language/value.ts';

/** One variable's winning value and what it won over. */
export interface Variable {
  readonly name: string;
  readonly value: Dynamic;
  readonly origin: Origin;
}

export interface Origin {
  /** "group web", "host web1", "host_vars/web1.yml" … */
  readonly from: string;
  readonly at: Position;
}

export interface Group {
  readonly name: string;
  /** Direct children and direct hosts, in the order of the files. */
  readonly children: readonly string[];
  readonly hosts: readonly string[];
  readonly priority: number;
}

export interface Host {
  readonly name: string;
  /** All groups it is in, parents included, `all` and `ungrouped` as Ansible has them in `group_names` left out. */
  readonly groups: readonly string[];
  /** The winning variables. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Every value of every variable, weakest first: what `--explain` shows. */
  readonly history: ReadonlyMap<string, readonly Variable[]>;
}

export interface Inventory {
  /** The `-i` arguments as given. */
  readonly sources: readonly string[];
  /** sha256 (hex) over every file read. */
  readonly digest: string;
  /** In the order of the files. */
  readonly hosts: ReadonlyMap<string, Host>;
  readonly groups: ReadonlyMap<string, Group>;
}
