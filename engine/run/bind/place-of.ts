// Where an item of a task acts, and as whom: `become`, and `delegate_to`.

import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import { evaluate } from '../../language/dynamic/evaluate.ts';
import type { Position } from '../../language/problem/position.ts';
import type { Delegation, Play, Task } from '../../language/runbook/runbook.ts';
import { findUnknown } from '../../language/value/find-unknown.ts';
import { type Scope, Unknown } from '../../language/value/value.ts';
import type { HostVariables } from '../host/variables.ts';
import type { ActsAs, BecomeDefaults } from '../list/acting-as.ts';
import type { Delegate } from './delegate.ts';
import { booleanOf, known } from './settings.ts';

/** What decides where a task acts. */
export interface PlaceContext {
  readonly play: Play;
  readonly variables: HostVariables;
  /** Who runs a task that says nothing of `become`. */
  readonly become: BecomeDefaults;
  /** Finds the host that a task is delegated to. */
  readonly delegate: (name: string, at: Position) => Delegate;
}

/** Where an item acts and as whom; `where` is its module's word. An Unknown when the delegate isn't known yet. */
export function placeOf(task: Task, where: ActsAs['on'], scope: Scope, context: PlaceContext): ActsAs | Unknown {
  if (where === 'controller') return { on: 'controller', user: undefined };
  const delegate = task.delegation && delegateOf(task.delegation, scope, context);
  if (delegate instanceof Unknown) return delegate;
  const { play, become } = context;
  if (task.delegation && delegate?.local) {
    const { become: said, becomeUser } = task.delegation;
    const on = booleanOf(said, scope) ?? (delegate.become.own ? delegate.become.on : false);
    return { on: 'host', user: userOf(on, becomeUser, delegate.become, scope), delegate: delegate.name };
  }
  const usual = delegate?.become ?? become;
  const on = booleanOf(task.become ?? play.become, scope) ?? usual.on;
  return { on: 'host', user: userOf(on, task.becomeUser ?? play.becomeUser, usual, scope), delegate: delegate?.name };
}

function userOf(on: boolean, user: Dynamic | undefined, usual: BecomeDefaults, scope: Scope): string | undefined {
  if (!on) return undefined;
  return user === undefined ? usual.user : String(known(user, scope));
}

/** The host that acts instead; undefined when it is the task's own. */
function delegateOf({ to }: Delegation, scope: Scope, context: PlaceContext): Delegate | Unknown | undefined {
  const value = evaluate(to, scope);
  const unknown = findUnknown(value);
  if (unknown) return unknown;
  if (value === context.variables.host.name) return undefined;
  return context.delegate(typeof value === 'string' ? value : '', to.at);
}
