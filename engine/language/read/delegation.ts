// `delegate_to`: who acts in the place of the host.

import type { Delegation } from '../runbook/runbook.ts';
import type { Fields } from './fields.ts';

/** What the task or block at `fields` delegates to, with what it says of `become`; `outer` is of the blocks around. */
export function readDelegation(fields: Fields, outer: Delegation | undefined): Delegation | undefined {
  const to = fields.text('delegate_to');
  if (!to && !outer) return undefined;
  if (to?.kind === 'literal' && !isHostName(String(to.value))) {
    fields.reading.problems.push({
      code: 'bad-value',
      summary: 'Not the name of a host',
      detail: `‹${String(to.value)}› can't be one.`,
      hint: 'Write a host of the inventory, or the name or address of another one.',
      at: to.at,
    });
    return undefined;
  }
  const own = { become: fields.boolean('become'), becomeUser: fields.text('become_user') };
  if (to) return { to, ...own };
  return outer && { to: outer.to, become: own.become ?? outer.become, becomeUser: own.becomeUser ?? outer.becomeUser };
}

/** True for what can be a host's name or address: it stands on command lines, and never looks like an option there. */
export function isHostName(name: string): boolean {
  return /^(?!-)[\p{L}\p{N}_.:%-]+$/u.test(name);
}
