// A parameter that is a list of expressions (`assert`'s `that`): each with its source and what it gives on one host.

import { type Expression, evaluateCondition } from '../expression/expression.ts';
import { type Scope, Unknown } from '../value/value.ts';
import type { Dynamic } from './dynamic.ts';

/** One evaluated expression; `unknown` in a dry run that can't know it. */
export interface ConditionOutcome {
  readonly source: string;
  readonly outcome: boolean | 'unknown';
}

/**
 * What the expressions of `parameter` (as the reader makes it: a list of them) give. An Unknown (`later`) when one of
 * them has to be waited for.
 * @throws ProblemError as `evaluateCondition`.
 */
export function expressionOutcomes(parameter: Dynamic, scope: Scope): readonly ConditionOutcome[] | Unknown {
  const outcomes: ConditionOutcome[] = [];
  for (const expression of expressionsIn(parameter)) {
    const outcome = evaluateCondition(expression, scope);
    if (outcome instanceof Unknown && outcome.until === 'later') return outcome;
    outcomes.push({ source: expression.source, outcome: outcome instanceof Unknown ? 'unknown' : outcome });
  }
  return outcomes;
}

function expressionsIn(parameter: Dynamic): Expression[] {
  if (parameter.kind === 'expression') return [parameter.expression];
  return parameter.kind === 'list' ? parameter.items.flatMap(expressionsIn) : [];
}
