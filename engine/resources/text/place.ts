// Where something new goes in a text: behind a line or before one.
import type { ParameterProblem } from '../../language/runbook/catalog.ts';

/** A task says one of the two. */
export function checkOnePlace({
  insertafter = 'EOF',
  insertbefore,
}: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  if (insertbefore === undefined || insertafter === 'EOF') return [];
  return [
    {
      parameter: 'insertbefore',
      summary: 'insertafter or insertbefore, not both',
      hint: 'Leave one of them out.',
    },
  ];
}
