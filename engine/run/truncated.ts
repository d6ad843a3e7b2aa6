// Outputs that were cut off at their end: what a result says of it, who may not go on with them, and who is warned.

import { MOST_OUTPUT } from '../language/limits.ts';
import type { Problem } from '../language/problem.ts';
import { truncatedFields } from '../language/truncated.ts';
import { outputLimit } from '../transport/answers.ts';
import type { BoundTask, ReadyItem } from './bound.ts';
import type { HostState } from './host-state.ts';
import type { Outcome } from './outcome.ts';
import { happen, type PlayServices } from './play-services.ts';

/** The failure of a probe that can't be understood, since its end is missing. */
export function readTooMuch({ module }: ReadyItem): Problem {
  return {
    code: 'output-truncated',
    summary: 'the host has more to say than is taken',
    detail: `The probe of ‹${module.name}› prints more than is kept of an output: what it says would be half the truth.`,
    hint: HINT,
  };
}

/** A warning where a task registers or judges a result that was cut off. */
export async function warnOfCut(
  { instance: { task }, items }: BoundTask,
  outcomes: readonly Outcome[],
  { host, services }: { readonly host: HostState; readonly services: PlayServices },
): Promise<void> {
  const names = new Set(outcomes.flatMap(({ result }) => truncatedFields(result)));
  const used = task.register !== undefined || task.until || task.failedWhen.length + task.changedWhen.length > 0;
  if (names.size === 0 || !used) return;
  const ready = items.find((item) => item.ready);
  const mebibytes = (ready?.outputLimit ?? outputLimit) / 1024 / 1024;
  const problem: Problem = {
    code: 'output-truncated',
    summary: `‹${task.title}› printed more than is kept`,
    detail: `Of ${[...names].join(' and ')} there is more than ${mebibytes} MiB. What reads it in a condition or a template fails.`,
    hint: HINT,
    at: task.at,
  };
  await happen(services, { type: 'warning', host: host.name, problem });
}

const HINT = `Let it print less, or say ‹output_limit: 4› in the task: MiB that are kept of each output, up to ${MOST_OUTPUT}.`;
