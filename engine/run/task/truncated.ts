// Outputs that were cut off at their end: what a result says of it, who may not go on with them, and who is warned.

import type { Problem } from '../../language/problem/problem.ts';
import { truncatedFields } from '../../language/value/truncated.ts';
import { outputLimit } from '../../transport/shell/answers.ts';
import type { HostState } from '../host/state.ts';
import type { BoundTask } from '../list/bound.ts';
import { MORE_OUTPUT } from '../message/output-limit.ts';
import type { PlayServices } from '../together/services.ts';
import type { Outcome } from './outcome.ts';

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
    hint: MORE_OUTPUT,
    at: task.at,
  };
  await services.events.happen({ type: 'warning', host: host.name, problem });
}
