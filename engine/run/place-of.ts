// Where an item of a task acts, and as whom: `become`, and `delegate_to`.
import { evaluate, findUnknown } from '../language/evaluate.ts';
import type { Delegation, Task } from '../language/runbook.ts';
import { type Dynamic, type Scope, Unknown } from '../language/value.ts';
import type { BindContext } from './bind.ts';
import type { HostState } from './host-state.ts';
import type { Place } from './session.ts';
import { booleanOf, known } from './settings.ts';

type PlaceContext = Pick<BindContext, 'play' | 'become' | 'variables' | 'delegate'>;

/** Where an item acts and as whom; `where` is its module's word. An Unknown when the delegate isn't known yet. */
export function placeOf(task: Task, where: Place['on'], scope: Scope, context: PlaceContext): Place | Unknown {
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

function userOf(on: boolean, user: Dynamic | undefined, usual: HostState['become'], scope: Scope): string | undefined {
  if (!on) return undefined;
  return user === undefined ? usual.user : String(known(user, scope));
}

/** The host that acts instead; undefined when it is the task's own. */
function delegateOf({ to }: Delegation, scope: Scope, context: PlaceContext): HostState | Unknown | undefined {
  const value = evaluate(to, scope);
  const unknown = findUnknown(value);
  if (unknown) return unknown;
  if (value === context.variables.host.name) return undefined;
  return context.delegate(typeof value === 'string' ? value : '', to.at);
}
