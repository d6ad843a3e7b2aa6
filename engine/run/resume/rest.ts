// What a resumed run still has to do: for each play who has to come through it, in the batches that it had, and what counts there.
import type { Play } from '../../language/runbook/runbook.ts';
import { allTasks } from '../../language/runbook/task-tree.ts';
import { listEntries } from '../list/expand.ts';
import { makes } from '../list/makes.ts';
import { playsOf, type RunPlan } from '../plan/run-plan.ts';
import type { SharedOutcome } from '../together/run-once.ts';
import type { Needs } from './needs.ts';
import { type Past, type PlayPast, placeOf } from './past.ts';

/** Of a play that had begun. */
export interface PlayRest {
  /** All hosts that it began with, in its order. */
  readonly hosts: readonly string[];
  /** Who has to come through it. Of these the ones in `begun` begin it again. */
  readonly left: ReadonlySet<string>;
  readonly begun: ReadonlySet<string>;
  /** They count among the failures of their batch. */
  readonly failed: ReadonlySet<string>;
  /** `meta: end_play` has come, and no other batch begins; `isOver`: who ended it doesn't come there again. */
  readonly isEnded: boolean;
  readonly isOver: boolean;
  /** What was done once for all hosts, by the turn: it isn't done again. */
  readonly once: ReadonlyMap<string, SharedOutcome>;
}

/** Who isn't through, and who has learned there what is looked at later; a play that hadn't begun isn't among them. */
export function restOf(plan: RunPlan, past: Past, needs: Needs): ReadonlyMap<Play, PlayRest> {
  const plays = playsOf(plan);
  const left = new Map<Play, ReadonlySet<string>>();
  for (const [index, play] of [...plays.entries()].reverse()) {
    const later = plays.slice(index + 1).map((other) => [other, left.get(other) ?? new Set<string>()] as const);
    left.set(play, leftOf(play, later));
  }
  return new Map(
    plays.flatMap((play) => {
      const of = past.of(play);
      return of ? [[play, restIn(of, left.get(play) ?? new Set())] as const] : [];
    }),
  );

  function leftOf(play: Play, later: readonly (readonly [Play, ReadonlySet<string>])[]): ReadonlySet<string> {
    const of = past.of(play);
    const able = (of?.hosts ?? plan.hosts.get(play) ?? []).filter((host) => !past.out.has(host));
    const open = able.filter((host) => !of?.through.has(host));
    // A host that is only foreseen to be as it should be is so in the memory of one process.
    const looksBack = (other: Play) => plan.check || needs.needs(other, play);
    const all = [...later, [play, new Set(open)] as const].some(
      ([other, hosts]) => hosts.size > 0 && looksBack(other) && needs.readsOthers(other),
    );
    const again = (host: string) => later.some(([other, hosts]) => hosts.has(host) && looksBack(other));
    return new Set(able.filter((host) => all || open.includes(host) || again(host)));
  }

  function restIn(of: PlayPast, left: ReadonlySet<string>): PlayRest {
    const { hosts, begun, failed, endedBy } = of;
    const isOver = [...endedBy].some((host) => !left.has(host));
    return {
      hosts,
      begun,
      failed,
      left,
      isEnded: endedBy.size > 0,
      isOver,
      once: plan.check ? new Map() : doneOnce(of, left),
    };
  }
}

/**
 * Tasks with run_once that need not come again: their place is told by the runbook alone, they leave no name behind, and they
 * have changed something, or the host that did them doesn't come to them again.
 */
function doneOnce({ play, once }: PlayPast, left: ReadonlySet<string>): ReadonlyMap<string, SharedOutcome> {
  const tasks = allTasks(play.tasks);
  const isAlone = (place: string) => tasks.filter(({ at }) => placeOf(at) === place).length === 1;
  return new Map(
    listEntries(play.tasks, '').flatMap((entry) => {
      if (entry.kind !== 'task' || !entry.instance.task.runOnce) return [];
      const { task, order } = entry.instance;
      const place = placeOf(task.at);
      const done = once.get(place);
      if (!done || makes(task).length > 0 || !isAlone(place)) return [];
      const { status, host } = done;
      if (status !== 'changed' && !(status === 'ok' && !left.has(host))) return [];
      return [[order.join('.'), { failed: undefined, status, learned: new Map() }] as const];
    }),
  );
}
