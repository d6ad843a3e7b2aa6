// The inventory while its sources are read: hosts, groups and variables as they are named, in order.
import type { Position } from '../../language/problem/position.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { YamlNode } from '../../language/yaml/node.ts';

/** A variable as read: its value is made once everything is read and the secrets are open. */
export interface RawVariable {
  readonly name: string;
  readonly node: YamlNode;
  readonly from: string;
  readonly at: Position;
  /** Absolute: what relative paths in it are relative to. */
  readonly directory: string;
}

/** Where a source stands: positions come from its text, relative paths start at `directory`. */
export interface InventorySource {
  /** As the user gave it, or within the directory that the user gave. */
  readonly file: string;
  readonly path: string;
  /** Absolute. */
  readonly directory: string;
}

export interface GroupDraft {
  readonly name: string;
  readonly at: Position | undefined;
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  readonly parents: Set<string>;
  /** In the order of reading: of two with one name the later wins. */
  readonly variables: RawVariable[];
  priority: number;
}

export interface HostDraft {
  readonly name: string;
  readonly at: Position | undefined;
  readonly source: InventorySource | undefined;
  readonly variables: RawVariable[];
}

/** Collects what the sources say, in Ansible's order, and keeps the groups free of loops. */
export class InventoryBuilder {
  readonly groups = new Map<string, GroupDraft>();
  readonly hosts = new Map<string, HostDraft>();
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    this.problems = problems;
    this.group('all', undefined);
    this.group('ungrouped', undefined);
    this.addChild('all', 'ungrouped', undefined);
  }

  /** The group, made if it isn’t there yet. */
  group(name: string, at: Position | undefined): GroupDraft {
    const known = this.groups.get(name);
    if (known) return known;
    const group: GroupDraft = {
      name,
      at,
      hosts: new Set(),
      children: new Set(),
      parents: new Set(),
      variables: [],
      priority: 1,
    };
    this.groups.set(name, group);
    return group;
  }

  /** The host, made if it isn’t there yet, and put into `group`. */
  host(
    name: string,
    group: string | undefined,
    at: Position | undefined,
    source: InventorySource | undefined,
  ): HostDraft {
    const known = this.hosts.get(name);
    const host = known ?? { name, at, source, variables: [] };
    if (!known) this.hosts.set(name, host);
    if (group !== undefined) this.group(group, at).hosts.add(name);
    return host;
  }

  /** Puts the group `child` into the group `parent`; a loop is a Problem and is left out. */
  addChild(parent: string, child: string, at: Position | undefined): void {
    const above = this.group(parent, at);
    const below = this.group(child, at);
    if (parent === 'ungrouped' || (child === 'ungrouped' && parent !== 'all')) {
      this.problems.push({
        code: 'inventory-shape',
        summary: '‹ungrouped› holds no group and is in none',
        detail: 'It has the hosts that are in no other group; Ansible loses them where it is part of one.',
        hint: 'Use a group of another name.',
        ...(at && { at }),
      });
      return;
    }
    if (parent === child || this.#isAbove(child, parent)) {
      this.problems.push({
        code: 'inventory-shape',
        summary: 'A group holds itself',
        detail:
          parent === child
            ? `‹${child}› is named among its own children.`
            : `‹${child}› can't be in ‹${parent}›, since ‹${parent}› is in ‹${child}›.`,
        hint: 'Remove one of the two.',
        ...(at && { at }),
      });
      return;
    }
    above.children.add(child);
    below.parents.add(parent);
  }

  /** Sets a group's variable; `ansible_group_priority` orders the group and is no variable. */
  setGroupVariable(group: GroupDraft, variable: RawVariable): void {
    if (variable.name !== 'ansible_group_priority') {
      group.variables.push(variable);
      return;
    }
    const { node } = variable;
    const value = node.kind === 'scalar' ? Number(node.value) : Number.NaN;
    if (Number.isSafeInteger(value) && node.kind === 'scalar' && node.value !== null && node.value !== '') {
      group.priority = value;
      return;
    }
    this.problems.push({
      code: 'bad-value',
      summary: 'A group’s priority must be a whole number',
      detail: '`ansible_group_priority` decides which of two groups of the same depth wins; the default is 1.',
      at: node.at,
    });
  }

  /** Every group gets under `all`; `ungrouped` gets exactly the hosts that no other group has. */
  finish(): void {
    for (const group of this.groups.values()) {
      if (group.name !== 'all' && group.parents.size === 0) this.addChild('all', group.name, undefined);
    }
    const grouped = new Set<string>();
    for (const group of this.groups.values()) {
      if (group.name === 'all' || group.name === 'ungrouped') continue;
      for (const host of group.hosts) grouped.add(host);
    }
    const ungrouped = this.group('ungrouped', undefined);
    for (const host of [...ungrouped.hosts]) if (grouped.has(host)) ungrouped.hosts.delete(host);
    for (const host of this.hosts.keys()) if (!grouped.has(host)) ungrouped.hosts.add(host);
  }

  #isAbove(name: string, below: string): boolean {
    const seen = new Set<string>();
    const open = [below];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === name) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(this.groups.get(next)?.parents ?? []));
    }
    return false;
  }
}
