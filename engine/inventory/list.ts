// What `vrun inventory --list` and `--host` print: the JSON of `ansible-inventory`, secrets masked.

import { isList } from '../base/plain-data.ts';
import type { Dynamic } from '../language/dynamic/dynamic.ts';
import { withoutText } from '../language/value/float.ts';
import { Secret } from '../language/value/secret.ts';
import { isPassword } from './connection/names.ts';
import { byCodePoint } from './model/directory.ts';
import { findHost, type Host, hostsOf, type Inventory } from './model/inventory.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Set for every host, and left out of lists as Ansible does. */
const INTERNAL = new Set(['inventory_dir', 'inventory_file', 'inventory_hostname', 'group_names', 'groups', 'omit']);

/** The inventory as `ansible-inventory --list` prints it: `_meta.hostvars`, then each group's children and hosts. */
export function listInventory(inventory: Inventory): Json {
  const list: Record<string, Json> = { _meta: { hostvars: hostVariables(inventory) } };
  const seen = new Set(['all']);
  for (const name of seen) {
    const group = inventory.groups.get(name);
    if (!group) continue;
    for (const child of group.children) seen.add(child);
    const entry: Record<string, Json> = {};
    if (group.children.length > 0) entry.children = group.children;
    if (group.hosts.length > 0 && name !== 'all') entry.hosts = group.hosts;
    if (Object.keys(entry).length > 0) list[name] = entry;
  }
  return sorted(list);
}

/** One host's variables as `ansible-inventory --host` prints them; undefined when there is no such host. */
export function listHost(inventory: Inventory, name: string): Json | undefined {
  const host = findHost(inventory, name);
  return host && sorted(variablesOf(host));
}

/** The text of {@link listInventory} and {@link listHost} as `ansible-inventory` prints it, with its line break. */
export function listText(list: Json): string {
  return `${JSON.stringify(list, null, 4)}\n`;
}

/** The tree that `ansible-inventory --graph` prints, from `group` down, or undefined when there is no such group. */
export function graphText(inventory: Inventory, group = 'all'): string | undefined {
  if (!inventory.groups.has(group)) return undefined;
  const lines: string[] = [];
  const add = (name: string, depth: number) => {
    const shown = inventory.groups.get(name);
    if (!shown) return;
    lines.push(indented(`@${name}:`, depth));
    for (const child of shown.children) add(child, depth + 1);
    if (name !== 'all') lines.push(...shown.hosts.map((host) => indented(host, depth + 1)));
  };
  add(group, 0);
  return `${lines.join('\n')}\n`;
}

/** A variable's value as written; a password of the connection is masked in clear text, too. */
export function variableAsWritten(name: string, value: Dynamic): Json {
  const secret = isPassword(name) && value.kind === 'literal' && value.value !== null;
  return secret ? String(new Secret(name, '')) : valueAsWritten(value);
}

/** A value as written: templates and expressions as their text, secrets as their mask. */
export function valueAsWritten(value: Dynamic): Json {
  switch (value.kind) {
    case 'literal':
      return value.value instanceof Secret ? String(value.value) : withoutText(value.value);
    case 'template':
      return value.template.source;
    case 'expression':
      return `!expr ${value.expression.source}`;
    case 'list':
      return value.items.map(valueAsWritten);
    case 'map':
      return Object.fromEntries(value.entries.map((entry) => [entry.key, valueAsWritten(entry.value)]));
  }
}

function hostVariables(inventory: Inventory): Json {
  const entries: [string, Json][] = [];
  for (const name of hostsOf(inventory.groups, 'all')) {
    const host = inventory.hosts.get(name);
    const variables = host ? variablesOf(host) : {};
    if (Object.keys(variables).length > 0) entries.push([name, variables]);
  }
  return Object.fromEntries(entries);
}

function variablesOf(host: Host): { readonly [key: string]: Json } {
  const shown = [...host.variables.values()].filter((variable) => !INTERNAL.has(variable.name));
  return Object.fromEntries(shown.map((variable) => [variable.name, variableAsWritten(variable.name, variable.value)]));
}

/** Maps in the order of their keys, at every depth; lists stay as they are. */
function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => byCodePoint(a, b))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

function indented(text: string, depth: number): string {
  return depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`;
}
