// A probe that printed more than is kept of an output.
import { MOST_OUTPUT } from '../../base/limits.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { ReadyItem } from '../list/bound.ts';

/** The failure of a probe that can't be understood, since its end is missing. */
export function readTooMuch({ module }: ReadyItem): Problem {
  return {
    code: 'output-truncated',
    summary: 'the host prints more than is kept',
    detail: `The probe of ‹${module.name}› prints more than is kept of an output, so its end is missing and nothing can be told from it.`,
    hint: MORE_OUTPUT,
  };
}

/** What to do about it. */
export const MORE_OUTPUT = `Let it print less, or say ‹output_limit: 4› in the task: MiB that are kept of each output, up to ${MOST_OUTPUT}.`;
