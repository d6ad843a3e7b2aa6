// The law of the dry run, of any runbook: changed in the dry run ⊆ changed in the run ⊆ changed or unknown in the dry run.
import type { Event, Status } from '../../../engine/event/event.ts';

/** One task, or one item of its loop, as events tell of it. */
interface Told {
  readonly name: string;
  readonly status: Status;
  readonly rescued: boolean;
  readonly reason: string;
}

/** What each outcome in a run allows the dry run to have said. */
const ALLOWED: Readonly<Partial<Record<Status, readonly Status[]>>> = {
  ok: ['ok', 'unknown'],
  changed: ['changed', 'unknown'],
  skipped: ['skipped', 'unknown'],
};

/** Where the two differ otherwise than the law allows; behind a failure that the dry run could not foresee nothing is compared. */
export function breaches(dry: readonly Event[], run: readonly Event[]): readonly string[] {
  const foretold = new Map<string, Told[]>();
  for (const told of toldBy(dry)) foretold.set(told.name, [...(foretold.get(told.name) ?? []), told]);
  const found: string[] = [];
  for (const { name, status, reason } of toldBy(run)) {
    const said = foretold.get(name)?.shift();
    const failed = status === 'failed' || status === 'ignored' || status === 'unreachable';
    if (failed && (said === undefined || said.status === 'changed' || said.status === 'ok')) break;
    if (failed) continue;
    if (said && ALLOWED[status]?.includes(said.status)) continue;
    found.push(
      `${name}: the dry run said ${said ? `${said.status} (${said.reason})` : 'nothing'}, the run ${status} (${reason})`,
    );
  }
  return found;
}

/** How many tasks a dry run left unknown, of how many. */
export function unknowns(dry: readonly Event[]): { readonly unknown: number; readonly all: number } {
  const all = toldBy(dry);
  return { unknown: all.filter(({ status }) => status === 'unknown').length, all: all.length };
}

function toldBy(events: readonly Event[]): readonly Told[] {
  return events.flatMap((event) => {
    if (event.type !== 'task.finished' && event.type !== 'handler.finished') return [];
    const { task, item, status, rescued = false, reason, failure } = event;
    const name = `${event.host} ${task.name}${item === undefined ? '' : `(${item})`}`;
    return [{ name, status, rescued, reason: reason ?? failure?.summary ?? '' }];
  });
}
