// What makes a run of a dead one again: its identity, who goes on with it, and what it did before.
import type { DeadRun } from '../../audit/dead-run.ts';
import type { RunRecord } from '../../audit/record.ts';
import type { Resuming } from '../../audit/resume.ts';
import type { Event } from '../../event/event.ts';
import type { Resumption } from '../../run/play/run.ts';
import { VERSION } from '../shared/version.ts';
import type { Identity } from './reach-hosts.ts';

/** To its tasks it is the run that it was, begun when it was and by whom it was. */
export function identityAgain({
  run,
  open: { at, operator },
  resumed,
}: DeadRun): Pick<Identity, 'id' | 'started' | 'operator' | 'part'> {
  return { id: run, started: new Date(at), operator, part: partOf(resumed.length) };
}

export function resumingOf({ run, resumed }: DeadRun, operator: string): Resuming {
  return { run, operator, version: VERSION, before: resumed.length };
}

/** Its events so far, told to who tells of the whole run, too. */
export function resumptionOf(
  record: RunRecord,
  operator: string,
  audience: readonly { readonly recall?: (event: Event, at: number) => void }[],
): Resumption {
  return { earlier: recalled(record, audience), by: { operator, version: VERSION, inFlight: record.inFlight } };
}

async function* recalled(record: RunRecord, audience: Parameters<typeof resumptionOf>[2]): AsyncGenerator<Event> {
  for await (const { n: _, prev: __, at, ...event } of record.earlier()) {
    // An event without its stamp; TypeScript can't take it off member by member.
    for (const one of audience) one.recall?.(event as Event, Date.parse(at));
    yield event as Event;
  }
}

function partOf(resumed: number): number {
  return resumed + 2;
}
