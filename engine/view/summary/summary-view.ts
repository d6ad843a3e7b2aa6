// A view that only remembers: what the report is written from.
import { accumulate } from './accumulate.ts';
import { newSummary, type RunSummary } from './summary.ts';
import type { Clock, View } from './view.ts';

/** A view whose `summary` holds the run so far. */
export function collectView({
  clock,
}: {
  readonly clock: Clock;
}): Required<Pick<View, 'event' | 'recall'>> & { readonly summary: RunSummary } {
  const summary = newSummary();
  return {
    summary,
    event: (event) => {
      accumulate(summary, event, clock());
    },
    recall: (event, at) => {
      accumulate(summary, event, at);
    },
  };
}
