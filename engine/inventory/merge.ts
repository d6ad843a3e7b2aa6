// Which value of a variable wins: every host's values from the weakest to the strongest.
import type { GroupDraft, InventoryBuilder, RawVariable } from './model/builder.ts';
import { byCodePoint } from './model/directory.ts';
import type { VarsFiles, VarsRoot } from './sources/vars-files.ts';

export interface VarsRoots {
  /** Beside the sources, in the order of -i. */
  readonly inventory: readonly VarsRoot[];
  /** Beside the runbooks. */
  readonly runbooks: readonly VarsRoot[];
}

/** The values of one host: all of them, weakest first, and the groups that it is in. */
export interface Merged {
  readonly values: readonly RawVariable[];
  /** Parents included, `all` left out, sorted by name. */
  readonly groups: readonly string[];
}

/**
 * Puts the values of each host in order. Weakest first: `all` in the inventory files, the other groups in them,
 * `group_vars` for `all` (beside the inventory, then beside the runbook), `group_vars` for the other groups (likewise),
 * the host in the inventory files, `host_vars` (likewise). Groups go by depth, then `ansible_group_priority`, then name.
 * Source: Ansible 2.14's VariableManager and its default VARIABLE_PRECEDENCE.
 */
export class Precedence {
  readonly #builder: InventoryBuilder;
  readonly #roots: VarsRoots;
  readonly #vars: VarsFiles;
  readonly #depths: ReadonlyMap<string, number>;
  readonly #ofGroups = new Map<string, Promise<readonly RawVariable[]>>();

  /** `builder` must be finished. */
  constructor(builder: InventoryBuilder, roots: VarsRoots, vars: VarsFiles) {
    this.#builder = builder;
    this.#roots = { inventory: lastOfEach(roots.inventory), runbooks: lastOfEach(roots.runbooks) };
    this.#vars = vars;
    this.#depths = depths(builder.groups);
  }

  /** The values of a host whose direct groups are `direct`; `own` are those set for the host itself. */
  async of(host: string, direct: readonly string[], own: readonly RawVariable[]): Promise<Merged> {
    const groups = this.#withParents(direct);
    const key = groups.map((group) => group.name).join('\n');
    const shared = this.#ofGroups.get(key) ?? this.#groupValues(groups);
    this.#ofGroups.set(key, shared);
    const values = [...(await shared), ...own];
    for (const root of [...this.#roots.inventory, ...this.#roots.runbooks]) {
      values.push(...(await this.#vars.of(root, 'host_vars', host)));
    }
    return { values, groups: groups.map((group) => group.name).sort(byCodePoint) };
  }

  async #groupValues(groups: readonly GroupDraft[]): Promise<readonly RawVariable[]> {
    const values: RawVariable[] = [...this.#builder.group('all', undefined).variables];
    for (const group of groups) values.push(...group.variables);
    const { inventory, runbooks } = this.#roots;
    for (const root of [...inventory, ...runbooks]) values.push(...(await this.#vars.of(root, 'group_vars', 'all')));
    for (const root of [...inventory, ...runbooks]) {
      for (const group of groups) values.push(...(await this.#vars.of(root, 'group_vars', group.name)));
    }
    return values;
  }

  /** The groups and all above them but `all`, weakest first. */
  #withParents(direct: readonly string[]): readonly GroupDraft[] {
    const names = new Set(direct);
    for (const name of names) {
      for (const parent of this.#builder.groups.get(name)?.parents ?? []) names.add(parent);
    }
    names.delete('all');
    const groups = [...names].flatMap((name) => this.#builder.groups.get(name) ?? []);
    const depth = (group: GroupDraft) => this.#depths.get(group.name) ?? 0;
    return groups.sort((a, b) => depth(a) - depth(b) || a.priority - b.priority || byCodePoint(a.name, b.name));
  }
}

/** How deep each group lies: the longest way to it from `all`. The builder lets no loop in. */
function depths(groups: ReadonlyMap<string, GroupDraft>): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  const waiting = new Map([...groups.values()].map((group) => [group.name, group.parents.size]));
  const ready = [...groups.values()].filter((group) => group.parents.size === 0);
  for (const group of ready) {
    const depth = known.get(group.name) ?? 0;
    known.set(group.name, depth);
    for (const name of group.children) {
      known.set(name, Math.max(known.get(name) ?? 0, depth + 1));
      const left = (waiting.get(name) ?? 0) - 1;
      waiting.set(name, left);
      const child = groups.get(name);
      if (left === 0 && child) ready.push(child);
    }
  }
  return known;
}

/** A directory that several sources share is read in the place of the last. */
function lastOfEach(roots: readonly VarsRoot[]): readonly VarsRoot[] {
  return roots.filter((root, index) => !roots.slice(index + 1).some((later) => later.path === root.path));
}
