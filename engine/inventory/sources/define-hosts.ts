// One line or key of an inventory that names hosts: makes them, with their port and variables.
import type { Position } from '../../language/problem/position.ts';
import type { YamlNode } from '../../language/yaml/node.ts';
import type { InventoryBuilder, InventorySource } from '../model/builder.ts';
import { readHostPattern } from '../pattern/range-name.ts';

export interface HostDefinition {
  /** As written: a name, an address, with ranges, perhaps with a port. */
  readonly pattern: string;
  readonly at: Position;
  readonly group: string;
  readonly variables: readonly { readonly name: string; readonly node: YamlNode }[];
}

/** Adds the hosts to `builder`; a pattern that can't be read is a Problem. */
export function defineHosts(builder: InventoryBuilder, source: InventorySource, definition: HostDefinition): void {
  const { pattern, at, group } = definition;
  const read = readHostPattern(pattern);
  if (read.kind === 'fault') {
    builder.problems.push({
      code: 'inventory-shape',
      summary: 'This names no host',
      detail: `${read.fault.charAt(0).toUpperCase()}${read.fault.slice(1)}.`,
      at,
    });
    return;
  }
  for (const name of read.names) {
    const known = builder.hosts.get(name);
    const host = builder.host(name, group, at, source);
    const set = (variable: string, node: YamlNode) =>
      host.variables.push({ name: variable, node, from: `host ${name}`, at: node.at, directory: source.directory });
    if (read.port !== undefined) {
      if (known) builder.problems.push(unusedPort(name, read.port, known.at, at));
      else set('ansible_port', portNode(read.port, at));
    }
    for (const variable of definition.variables) set(variable.name, variable.node);
  }
}

function portNode(port: number, at: Position): YamlNode {
  return { kind: 'scalar', value: port, raw: String(port), quoted: false, tag: undefined, at, locate: () => at };
}

/** Ansible takes a port only where a host is first named, and says nothing of the others. */
function unusedPort(host: string, port: number, first: Position | undefined, at: Position) {
  return {
    code: 'inventory-shape',
    severity: 'warning',
    summary: `The port ${port} isn’t used`,
    detail: `A port after the name counts where the host is named first; ‹${host}› was named ${first ? `in ${first.file}:${first.line}` : 'before'}.`,
    hint: `Write it there, or as a variable: ansible_port=${port}`,
    at,
  } as const;
}
