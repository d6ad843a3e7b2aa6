// A worker's day: waits until there is a queue, takes units of its region from it one after the other, and ends when it is told to.
import { setTimeout as delay } from 'node:timers/promises';
import { ProblemError } from '../../language/problem/problem.ts';
import { Semaphore } from '../../run/session/semaphore.ts';
import type { Broker } from '../broker/broker.ts';
import { Leases } from '../broker/lease.ts';
import { WorkQueue } from '../broker/queue.ts';
import type { WorkerContext } from './context.ts';
import { Worker } from './worker.ts';

/** Works until it is stopped. @throws ProblemError where the broker isn't fit, or refuses it for good */
export async function work(broker: Broker, context: WorkerContext): Promise<void> {
  const { stop, say } = context;
  const opened = await whenSetUp(broker, context);
  if (!opened) return;
  const { leases, queue } = opened;
  const worker = new Worker(broker, leases, context);
  say({ of: 'ready' });
  const places = new Semaphore(context.slots);
  const inHand = new Set<Promise<void>>();
  // One call for work at a time: what comes next goes to whoever has waited longest.
  while (!stop.aborted) {
    await places.enter();
    const taken = await queue.pull(stop).catch((error: unknown) => {
      if (stop.aborted) return undefined;
      throw error;
    });
    const taking = (taken ? worker.take(taken) : Promise.resolve()).finally(() => {
      places.leave();
      inHand.delete(taking);
    });
    inHand.add(taking);
  }
  await Promise.all(inHand);
  await worker.close();
}

/** The first run for a region sets it up: until then there is nothing to do, and what is missing is said once. */
async function whenSetUp(broker: Broker, { region, stop, say }: WorkerContext) {
  for (let told = false; !stop.aborted; told = true) {
    try {
      return { leases: await Leases.open(broker, stop), queue: await WorkQueue.open(broker, region, stop) };
    } catch (error) {
      if (stop.aborted) break;
      if (!(error instanceof ProblemError) || error.problems[0]?.code !== 'broker-unfit') throw error;
      if (!told) say({ of: 'waiting', error });
      await delay(broker.times.pull, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  return undefined;
}
