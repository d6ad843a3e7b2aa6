// What can be said only once all sources are read.

import type { Problem } from '../../language/problem/problem.ts';
import { reservedName } from '../../language/value/names.ts';
import type { InventoryBuilder, RawVariable } from './builder.ts';

/** The Problem of sources that name no host at all. */
export function noHosts(sources: readonly string[]): Problem {
  return {
    code: 'inventory-empty',
    summary: 'The inventory has no hosts',
    detail: `Read ${sources.map((source) => `‹${source}›`).join(' and ')}; no host is named there.`,
    hint: 'A file of YAML names hosts below ‹hosts:› of a group; of INI one a line. For one host: -i HOST,',
  };
}

/** A host and a group of one name are told apart by their place only. */
export function warnOfSharedNames(builder: InventoryBuilder): void {
  for (const host of builder.hosts.values()) {
    const group = builder.groups.get(host.name);
    if (!group) continue;
    const at = group.at ?? host.at;
    builder.problems.push({
      code: 'inventory-shape',
      severity: 'warning',
      summary: 'A host and a group have the same name',
      detail: `The pattern ‹${host.name}› means the host alone.`,
      hint: 'Rename one of them.',
      ...(at && { at }),
    });
  }
}

/** Variables that vrun's own names or the languages' words hide. Once a name: it may be set for a thousand hosts. */
export function warnOfReservedNames(variables: Iterable<RawVariable>, problems: Problem[]): void {
  const seen = new Set<string>();
  for (const { name, at } of variables) {
    // It is among them itself.
    if (seen.has(name) || name === 'inventory_dir') continue;
    seen.add(name);
    // Ansible allows other names, such as `a-b`; only no template can say them.
    const why = /^[A-Za-z_]\w*$/.test(name) ? reservedName(name) : undefined;
    if (why === undefined) continue;
    problems.push({
      code: 'reserved-name',
      severity: 'warning',
      summary: 'A variable that can’t be used under its name',
      detail: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
      hint: 'Choose another name.',
      at,
    });
  }
}

/** Not a warning. */
export function isError(problem: Problem): boolean {
  return problem.severity !== 'warning';
}
