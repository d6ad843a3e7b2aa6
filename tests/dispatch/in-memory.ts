// A dispatched run in one process: coordinator and workers as they are, with nothing but packed bytes between them.
import { setImmediate } from 'node:timers/promises';
import { RemoteDispatcher } from '../../engine/dispatch/coordinator/remote-dispatcher.ts';
import type { Call, Entry, Reply, Unit } from '../../engine/dispatch/wire/entry.ts';
import { packed, unpacked } from '../../engine/dispatch/wire/packed.ts';
import { HostLogs } from '../../engine/dispatch/worker/host-log.ts';
import { LastStanding } from '../../engine/dispatch/worker/remote-services.ts';
import { runUnit, type WorkersRun } from '../../engine/dispatch/worker/run-unit.ts';
import type { RunPlan } from '../../engine/run/plan/run-plan.ts';
import type { Dispatcher } from '../../engine/run/play/dispatcher.ts';

/** What is sent is seen as it is read at the other end. */
const sent = <T>(data: T): T => unpacked(packed(data)) as T;

/**
 * `runs` are the workers, each with the run as it has read it. Units go to them in turn. `lose`: whether the worker is gone
 * once it has kept so many messages in all; then another begins with its hosts.
 */
export function inMemory(
  plan: RunPlan,
  runs: readonly WorkersRun[],
  { stop, lose = () => false }: { readonly stop: AbortSignal; readonly lose?: ((kept: number) => boolean) | undefined },
): Dispatcher {
  const work = new Set<Promise<void>>();
  let turn = 0;
  let epoch = 0;
  let kept = 0;
  const standings = new Set<LastStanding>();
  const begin = async (unit: Unit): Promise<void> => {
    const run = runs[turn % runs.length];
    turn += 1;
    epoch += 1;
    if (!run) return;
    const own = epoch;
    const lost = new AbortController();
    const standing = new LastStanding(unit.changes);
    standings.add(standing);
    const logs = new HostLogs(async (host, entries: readonly Entry[]) => {
      await setImmediate();
      kept += 1;
      if (!lost.signal.aborted && lose(kept)) lost.abort();
      if (lost.signal.aborted) throw new Error('the worker is gone');
      dispatcher.see(sent({ host, epoch: own, entries }));
    });
    const call = async (host: string, number: number) => {
      for (;;) {
        const reply: Reply = sent(await dispatcher.reply(sent<Call>({ run: plan.id, host, epoch: own, number })));
        if (reply.is !== 'wait') return reply;
      }
    };
    const context = {
      logs,
      call,
      worker: `w${turn}`,
      standing,
      epoch: own,
      stop: AbortSignal.any([stop, lost.signal]),
      lost: lost.signal,
      isFenced: () => lost.signal.aborted,
    };
    await runUnit(unit, run, context).catch((error: unknown) => {
      if (!lost.signal.aborted) throw error;
    });
    standings.delete(standing);
    if (lost.signal.aborted) await begin(unit);
  };
  const dispatcher = new RemoteDispatcher(
    plan,
    {
      submit: async (_region, unit) => {
        const running = begin(sent(unit));
        work.add(running);
        running.catch(() => undefined);
      },
      cancel: async () => {
        await Promise.all(work);
      },
      tell: (_region, standing) => {
        for (const one of standings) one.hear(sent(standing));
      },
    },
    { bundle: () => '', regionOf: () => 'main', workers: () => runs.length },
  );
  return dispatcher;
}
