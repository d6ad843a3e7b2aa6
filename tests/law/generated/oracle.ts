// The law of the dry run, of any runbook: changed in the dry run ⊆ changed in the run ⊆ changed or unknown in the dry run.
import type { Event, Status } from '../../../engine/event/event.ts';

/** One task, or one item of its loop, as events tell of it. */
interface Told {
  readonly name: string;
  readonly status: Status;
  readonly handler: boolean;
  readonly reason: string;
}

/** What each outcome in a run allows the dry run to have said. */
const ALLOWED: Readonly<Partial<Record<Status, readonly Status[]>>> = {
  ok: ['ok', 'unknown'],
  changed: ['changed', 'unknown'],
  skipped: ['skipped', 'unknown'],
  // With check_mode: true a run tells no more than a dry run.
  unknown: ['unknown'],
};

/** Where the two differ otherwise than the law allows; behind a failure that the dry run could not foresee nothing is compared. */
export function breaches(dry: readonly Event[], run: readonly Event[]): readonly string[] {
  const foretold = new Map<string, Told[]>();
  for (const told of toldBy(dry)) foretold.set(told.name, [...(foretold.get(told.name) ?? []), told]);
  const found: string[] = [];
  // Where a flush may come, nobody can tell how often a handler runs.
  const has = (events: readonly Event[], ...wanted: readonly Status[]) =>
    toldBy(events).some(({ handler, status }) => handler && wanted.includes(status));
  for (const { name, status, reason, handler } of toldBy(run)) {
    const said = foretold.get(name)?.shift();
    const failed = status === 'failed' || status === 'ignored' || status === 'unreachable';
    if (failed && (handler || said === undefined || said.status === 'changed' || said.status === 'ok')) return found;
    if (failed) continue;
    if (
      handler &&
      (status === 'changed' ? has(dry, 'changed', 'unknown') : !has(dry, 'changed') || has(run, 'changed'))
    ) {
      continue;
    }
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
    const { task, item, status, reason, failure } = event;
    const name = `${event.host} ${task.name}${item === undefined ? '' : `(${item})`}`;
    const handler = event.type === 'handler.finished';
    return [{ name, status, handler, reason: reason ?? failure?.summary ?? '' }];
  });
}
