// YAML inventories: groups of `hosts`, `vars` and `children`, as Ansible writes them.
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import type { Position } from '../../language/problem/position.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../../language/yaml/node.ts';
import type { GroupDraft, InventoryBuilder, InventorySource } from '../model/builder.ts';
import { defineHosts } from './define-hosts.ts';

const SECTIONS = ['hosts', 'vars', 'children'] as const;

/** Adds what `root`, a whole file, says. Source: Ansible's `yaml` inventory plugin; what it skips is a Problem here. */
export function addYaml(builder: InventoryBuilder, source: InventorySource, root: YamlNode): void {
  if (root.kind !== 'map') {
    shape(
      builder,
      root.at,
      'An inventory is a map of groups',
      'Write the group, then its hosts:\n    web:\n      hosts:\n        web1:',
    );
    return;
  }
  const plugin = root.entries.find((entry) => entry.key === 'plugin' && entry.value.kind === 'scalar');
  if (plugin) {
    builder.problems.push({
      code: 'not-built',
      summary: 'This configures an inventory plugin of Ansible',
      detail: 'vrun runs no Ansible plugins.',
      hint: 'Give an executable that prints the inventory as JSON, for example a script that calls ‹ansible-inventory --list›.',
      at: plugin.keyAt,
    });
    return;
  }
  for (const entry of root.entries) addGroup(builder, source, entry);
}

function addGroup(builder: InventoryBuilder, source: InventorySource, entry: YamlEntry): void {
  const { key, keyAt, value } = entry;
  if (key === '') {
    shape(builder, keyAt, 'A group needs a name', 'Remove the empty key.');
    return;
  }
  if (value.kind === 'scalar' && value.value === null) {
    builder.group(key, keyAt);
    return;
  }
  if (value.kind !== 'map') {
    shape(builder, value.at, `The group ‹${key}› must be a map`, 'A group has ‹hosts›, ‹vars› and ‹children›.');
    return;
  }
  const group = builder.group(key, keyAt);
  for (const section of value.entries) addSection(builder, source, group, section);
}

function addSection(builder: InventoryBuilder, source: InventorySource, group: GroupDraft, section: YamlEntry): void {
  const { key, keyAt } = section;
  if (key !== 'hosts' && key !== 'vars' && key !== 'children') {
    builder.problems.push({
      code: 'inventory-shape',
      summary: `A group has no ‹${key}›`,
      detail: `The group ‹${group.name}› can have ‹hosts›, ‹vars› and ‹children›.`,
      hint:
        didYouMean(key, SECTIONS) ??
        `If ‹${key}› is a group in it, put it under ‹children›; if a variable, under ‹vars›.`,
      at: keyAt,
    });
    return;
  }
  const map = sectionMap(builder, section);
  if (map === undefined) return;
  for (const entry of map.entries) {
    if (key === 'vars') {
      builder.setGroupVariable(group, {
        name: entry.key,
        node: entry.value,
        from: `group ${group.name}`,
        at: entry.keyAt,
        directory: source.directory,
      });
    } else if (key === 'children') {
      addGroup(builder, source, entry);
      if (builder.groups.has(entry.key)) builder.addChild(group.name, entry.key, entry.keyAt);
    } else {
      addHost(builder, source, group, entry);
    }
  }
}

function addHost(builder: InventoryBuilder, source: InventorySource, group: GroupDraft, entry: YamlEntry): void {
  const { value } = entry;
  if (value.kind !== 'map' && !isEmpty(value)) {
    shape(
      builder,
      value.at,
      `The variables of ‹${entry.key}› must be a map`,
      'Write each as ‹name: value› below the host.',
    );
    return;
  }
  const variables = value.kind === 'map' ? value.entries.map(({ key, value: node }) => ({ name: key, node })) : [];
  defineHosts(builder, source, { pattern: entry.key, at: entry.keyAt, group: group.name, variables });
}

/** A section's map: a plain word stands for one member without a value, nothing for no member. */
function sectionMap(builder: InventoryBuilder, section: YamlEntry): YamlMap | undefined {
  const { key, value } = section;
  if (value.kind === 'map') return value;
  if (value.kind === 'scalar' && value.value === null) return undefined;
  if (value.kind === 'scalar' && typeof value.value === 'string' && key !== 'vars') {
    const nothing: YamlNode = { ...value, value: null, raw: '' };
    return { kind: 'map', entries: [{ key: value.value, keyAt: value.at, value: nothing }], at: value.at };
  }
  const hint =
    value.kind === 'list' ? 'Write each as a key, with a colon: ‹web1:› instead of ‹- web1›.' : 'Write each as a key.';
  shape(builder, value.at, `‹${key}› must be a map`, key === 'vars' ? 'Write each variable as ‹name: value›.' : hint);
  return undefined;
}

/** What Python takes for false stands for no variables, as in Ansible. */
function isEmpty(node: YamlNode): boolean {
  if (node.kind === 'list') return node.items.length === 0;
  return node.kind === 'scalar' && (node.value === null || node.value === '');
}

function shape(builder: InventoryBuilder, at: Position, summary: string, hint: string): void {
  builder.problems.push({ code: 'inventory-shape', summary, hint, at });
}
