// What a task that failed has left behind, in a sentence: what was done of it, what wasn't, and what nobody knows.
import type { ChangeData, Made } from '../../event/event.ts';
import { changeText } from '../text/phrases.ts';
import type { TaskOutcome } from './summary.ts';

const ORDER: readonly Made[] = ['done', 'partly', 'put back', 'failed', 'not known', 'not begun'];
const MOST_NAMES = 6;

/** `failed half-way: done: user app, groups a → b; not begun: …`; undefined where it left nothing. */
export function halfWayText({
  effect,
  changes,
  failure,
}: Pick<TaskOutcome, 'effect' | 'changes' | 'failure'>): string | undefined {
  if (effect === undefined) return undefined;
  const parts = ORDER.flatMap((made) => {
    const those = changes.filter((change) => change.made === made);
    return those.length === 0 ? [] : [`${made}: ${names(those)}`];
  });
  const what = parts.length === 0 ? 'some of its items were done' : parts.join('; ');
  if (effect === 'half-way') return `failed half-way: ${what}`;
  const how = failure?.code === 'timed-out' ? 'was stopped half-way' : 'was in flight';
  return `${how}: not known whether it changed${parts.length === 0 ? '' : `: ${names(changes.filter(isDoubtful))}`}`;
}

/** The changes of an outcome that were made, so far as they were. */
export function changesMade({
  changes,
  status,
  effect,
}: Pick<TaskOutcome, 'changes' | 'status' | 'effect'>): readonly ChangeData[] {
  if (status === 'changed') return changes;
  return effect === 'half-way' ? changes.filter(({ made }) => made === 'done' || made === 'partly') : [];
}

function isDoubtful({ made }: ChangeData): boolean {
  return made === 'not known';
}

function names(changes: readonly ChangeData[]): string {
  const named = changes.slice(0, MOST_NAMES).map((change) => {
    const { what, values } = changeText(change);
    return values === '' ? what : `${what} (${values})`;
  });
  const more = changes.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
