// The name of a variable where one is written.

import type { Position } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';
import { reservedName } from '../value/names.ts';

/** True when `name` can be a variable; otherwise the Problem is reported. */
export function checkName(name: string, at: Position, reading: { readonly problems: Problem[] }): boolean {
  const why = reservedName(name);
  if (why === undefined) return true;
  reading.problems.push({
    code: 'reserved-name',
    summary: 'Not a name for a variable',
    detail: `‹${name}› can't be a variable: ${why}.`,
    hint: 'Choose another name.',
    at,
  });
  return false;
}
