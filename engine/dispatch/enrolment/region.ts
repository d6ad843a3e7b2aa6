// Which region a host is in: whose workers reach it.
import type { Host } from '../../inventory/model/inventory.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { Float } from '../../language/value/float.ts';
import type { Scope, Value } from '../../language/value/value.ts';
import { isName, MAIN_REGION, NAME_FORM } from './worker.ts';

/** The variable that says it. */
const NAME = 'vrun_region';

/**
 * The host's region: its variable `vrun_region`, else `main`. `scope` is as for the connection: without anything that came back
 * from a host. What is no region's name adds a Problem, at the place where the inventory sets it, and is undefined.
 */
export function regionOf(host: Host, scope: Scope, problems: Problem[]): string | undefined {
  let value: Value | undefined;
  try {
    value = scope.lookup(NAME);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
  if (value === undefined) return MAIN_REGION;
  const text = value instanceof Float ? value.text : typeof value === 'object' ? '' : String(value);
  if (isName(text)) return text;
  const at = host.variables.get(NAME)?.origin.at;
  problems.push({
    code: 'bad-value',
    summary: `‹${NAME}› must be the name of a region`,
    detail: `This is for the host ‹${host.name}›.`,
    hint: NAME_FORM,
    ...(at && { at }),
  });
  return undefined;
}
