// One unit of work: its hosts are brought through their play by the same loop as without a dispatcher.
import type { Redactor } from '../../event/redact.ts';
import type { ProblemError } from '../../language/problem/problem.ts';
import type { Play, Runbook } from '../../language/runbook/runbook.ts';
import { tasksOf } from '../../language/runbook/task-tree.ts';
import type { Registry } from '../../module/registry.ts';
import type { HostStates } from '../../run/host/hosts.ts';
import { playsAndRunbooks, type RunPlan } from '../../run/plan/run-plan.ts';
import { runbookKey } from '../../run/play/play.ts';
import { runHost } from '../../run/play/run-host.ts';
import { isTogether } from '../../run/play/turn.ts';
import { Interrupted } from '../../run/session/interrupted.ts';
import { readsOthers } from '../../run/task/list.ts';
import { failureOf } from '../../run/task/report.ts';
import type { PlayServices, RunServices } from '../../run/together/services.ts';
import { carriedOf, resume } from '../wire/carried.ts';
import type { Unit } from '../wire/entry.ts';
import {
  type LastStanding,
  RemoteEvents,
  RemotePlayEnd,
  RemoteTogether,
  type ToCoordinator,
} from './remote-services.ts';

/** A run as a worker has read it: the same that the coordinator has. */
export interface WorkersRun {
  readonly plan: RunPlan;
  readonly states: HostStates;
  readonly services: Pick<RunServices, 'run' | 'person' | 'registry' | 'sources' | 'forks'>;
  readonly redactor: Redactor;
}

export interface UnitContext extends ToCoordinator {
  /** The worker's name. */
  readonly worker: string;
  readonly standing: LastStanding;
  /** Of the attempt: hosts refuse a lower one than they have seen. */
  readonly epoch: number;
  /** Aborted once nothing more is to be begun: cancelled by the coordinator, or lost. */
  readonly stop: AbortSignal;
  /** Aborted once the unit is another's: connections are dropped where they are, and nothing is said any more. */
  readonly lost: AbortSignal;
  /** Whether it may be by now, by the clock. */
  readonly isFenced: () => boolean;
}

/** Resolves once all hosts of the unit are through. Never throws for what a host does. @throws Interrupted once it is lost */
export async function runUnit(unit: Unit, run: WorkersRun, context: UnitContext): Promise<void> {
  const { play, runbook } = playOf(unit, run.plan);
  const { logs, standing, stop, lost, isFenced } = context;
  const hosts = [...unit.hosts].map(([name, carried]) => ({
    host: run.states.get(name) ?? unknown(`host ${name}`),
    carried,
  }));
  const names = hosts.map(({ host }) => host.name);
  const { id, check } = run.plan;
  const services: PlayServices = {
    ...run.services,
    run: { ...run.services.run, witness: unit.witness },
    events: new RemoteEvents(logs, run.redactor, { id, check }, names),
    delegates: run.states,
    isLast: () => true,
    stop,
    isFenced,
    play,
    runbookKey: runbookKey(runbook),
    wants: new Map(),
    together: new RemoteTogether(unit, {
      coordinator: context,
      standing,
      states: run.states,
      play: { meets: meets(play, run.services.registry), readsOthers: tasksOf(play).some(readsOthers) },
    }),
    playEnd: new RemotePlayEnd(logs, standing),
  };
  run.states.enter(
    context.epoch,
    hosts.map(({ host }) => host),
  );
  const drop = () => {
    for (const { host } of hosts) host.session.cut();
  };
  lost.addEventListener('abort', drop, { once: true });
  await Promise.all(
    hosts.map(async ({ host, carried }) => {
      resume(host, carried);
      await logs.add(host.name, { is: 'begun', unit: unit.id, worker: context.worker });
      const before = host.session.messages;
      const outcome = await runHost(host, services);
      if (lost.aborted || isFenced()) throw new Interrupted();
      await logs.add(host.name, {
        is: 'done',
        outcome,
        out: host.life.isOut,
        messages: host.session.messages - before,
        carried: carriedOf(host),
      });
    }),
  ).finally(() => lost.removeEventListener('abort', drop));
}

/** The run can't be read here, which is the end of it for the hosts of the unit. */
export async function refuseUnit(unit: Unit, { problems }: ProblemError, { logs, worker }: UnitContext): Promise<void> {
  const [problem] = problems;
  if (!problem) return;
  await Promise.all(
    [...unit.hosts].map(async ([host, carried]) => {
      const failure = failureOf({
        ...problem,
        detail: `The worker ‹${worker}› says: ${problem.detail ?? problem.summary}`,
      });
      const event = { type: 'host.failed', host, unreachable: false, failure } as const;
      void logs.add(host, { is: 'begun', unit: unit.id, worker });
      void logs.add(host, { is: 'event', event });
      void logs.add(host, { is: 'failed' });
      await logs.add(host, { is: 'done', outcome: 'done', out: true, messages: 0, carried });
    }),
  );
}

function playOf({ play }: Unit, plan: RunPlan): { readonly play: Play; readonly runbook: Runbook } {
  return playsAndRunbooks(plan)[play] ?? unknown(`play ${play}`);
}

/** It would be another run than the coordinator's: files and version are the same, so that this can't be. */
function unknown(what: string): never {
  throw new RangeError(`the run has no ${what}`);
}

/** Whether its hosts wait for each other anywhere in the play: only then the coordinator has to know how far each has come. */
function meets(play: Play, registry: Registry): boolean {
  return tasksOf(play).some(
    (task) => task.runOnce || task.module === 'meta' || readsOthers(task) || isTogether(task, registry),
  );
}
