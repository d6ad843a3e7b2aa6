// `delegate_to`: who acts in the place of the host.
import type { Fields } from './fields.ts';
import type { Delegation } from './runbook.ts';

/** What the task or block at `fields` delegates to, with what it says of `become`; `outer` is of the blocks around. */
export function readDelegation(fields: Fields, outer: Delegation | undefined): Delegation | undefined {
  const to = fields.text('delegate_to');
  if (!to && !outer) return undefined;
  const own = { become: fields.boolean('become'), becomeUser: fields.text('become_user') };
  if (to) return { to, ...own };
  return outer && { to: outer.to, become: own.become ?? outer.become, becomeUser: own.becomeUser ?? outer.becomeUser };
}
