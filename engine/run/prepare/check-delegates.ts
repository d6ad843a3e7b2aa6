// What can be said of `delegate_to` before anything is connected to: a group is no host, and a stranger may be a slip.
import { findHost, type Inventory } from '../../inventory/model/inventory.ts';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { Task } from '../../language/runbook/runbook.ts';

/** Problems of a delegate that is named literally. */
export function delegateProblems({ delegation }: Task, inventory: Inventory): readonly Problem[] {
  if (delegation?.to.kind !== 'literal') return [];
  const { at } = delegation.to;
  const name = String(delegation.to.value);
  if (findHost(inventory, name)) return [];
  if (inventory.groups.has(name)) {
    return [
      {
        code: 'bad-value',
        summary: 'A task is delegated to a host',
        detail: `‹${name}› is a group of the inventory.`,
        hint: `Name one of its hosts, or go through them:\n  delegate_to: "{{ item }}"\n  loop: "{{ groups.${name} }}"`,
        at,
      },
    ];
  }
  const near = didYouMean(name, inventory.hosts.keys());
  if (near === undefined) return [];
  return [
    {
      code: 'unknown-host-pattern',
      severity: 'warning',
      summary: `‹${name}› is no host of the inventory`,
      detail: 'It is connected to by that name, with what ssh knows of it.',
      hint: near,
      at,
    },
  ];
}
