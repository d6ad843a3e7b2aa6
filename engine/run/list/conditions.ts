// Conditions of which all must hold, three-valued.
import { type Expression, evaluateCondition } from '../../language/expression/expression.ts';
import { type Scope, Unknown } from '../../language/value/value.ts';

/**
 * Evaluated in order, stopping at the first that is false: `has(vars.x)` guards what comes after it. `unknown` is what
 * isn't known of the conditions around these.
 * @throws ProblemError for an undefined variable or a value that is no boolean
 */
export function allHold(conditions: readonly Expression[], scope: Scope, unknown?: Unknown): boolean | Unknown {
  let found = unknown;
  for (const expression of conditions) {
    const outcome = evaluateCondition(expression, scope);
    if (outcome === false) return false;
    if (outcome instanceof Unknown && found?.until !== 'later') found = outcome;
  }
  return found ?? true;
}
