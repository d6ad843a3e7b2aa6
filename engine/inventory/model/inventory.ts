// The inventory as the engine sees it: hosts and groups, each variable with where it came from.

import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import type { Position } from '../../language/problem/position.ts';

/** One variable's value and where it was set. */
export interface Variable {
  readonly name: string;
  readonly value: Dynamic;
  readonly origin: Origin;
}

export interface Origin {
  /** "group web", "host web1", "host_vars/web1.yml" … */
  readonly from: string;
  readonly at: Position;
  /** Absolute: what relative paths in the value are relative to, the directory of the inventory. */
  readonly directory: string;
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
  /** Ansible's `group_names`: all groups it is in, parents included, sorted, `all` left out; else `ungrouped`. */
  readonly groups: readonly string[];
  /** The winning variables. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Every value of every variable, weakest first: what `--explain` shows. */
  readonly history: ReadonlyMap<string, readonly Variable[]>;
}

export interface Inventory {
  /** The `-i` arguments as given. */
  readonly sources: readonly string[];
  /** sha256 (hex) over every file read and everything that a dynamic inventory printed. */
  readonly digest: string;
  /** In the order of the files. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** `all` and `ungrouped` are always there. */
  readonly groups: ReadonlyMap<string, Group>;
  /** This machine, for a play on `localhost` where no source names it: reached without ssh, in no group but `all`. */
  readonly localhost: Host;
}

/** The names of this machine that need not be in an inventory. */
export const LOCALHOST: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** Every host, and this machine, which a play or a task may name though no source does. */
export function everyHost({ hosts, localhost }: Inventory): readonly Host[] {
  return [...hosts.values(), localhost];
}

/** The host called `name`, the implicit localhost included. */
export function findHost(inventory: Inventory, name: string): Host | undefined {
  const known = inventory.hosts.get(name);
  if (known || !LOCALHOST.includes(name)) return known;
  return { ...inventory.localhost, name };
}

/** All hosts of a group, its children's included, each once: its own first, then level by level, as Ansible has them. */
export function hostsOf(groups: ReadonlyMap<string, Group>, name: string): readonly string[] {
  const seen = new Set<string>([name]);
  const hosts = new Set<string>();
  for (const group of seen) {
    for (const host of groups.get(group)?.hosts ?? []) hosts.add(host);
    for (const child of groups.get(group)?.children ?? []) seen.add(child);
  }
  return [...hosts];
}
