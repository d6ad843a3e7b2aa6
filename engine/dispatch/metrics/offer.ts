// A worker's metrics, offered from before it reaches its broker until it ends.
import type { Broker } from '../broker/broker.ts';
import { queueDepth } from '../broker/queue.ts';
import type { Said } from '../worker/context.ts';
import { parseMetricsAddress } from './address.ts';
import { serveMetrics } from './serve.ts';
import { type Watched, WorkerMetrics } from './worker-metrics.ts';

export interface OfferedMetrics {
  /** Where they are, with the port that it came to. */
  readonly url: string;
  /** Takes what the worker says. */
  see(said: Said): void;
  close(): void;
}

export interface Observed extends Pick<Watched, 'name' | 'region' | 'version' | 'slots'> {
  /** Undefined until it is reached. */
  readonly broker: () => Broker | undefined;
}

/** Offers figures at `place`, `[HOST:]PORT`. @throws ProblemError where that isn't this machine's loopback, or the port is taken */
export async function offerMetrics(place: string, { broker, ...worker }: Observed): Promise<OfferedMetrics> {
  const address = parseMetricsAddress(place);
  const metrics = new WorkerMetrics({
    ...worker,
    isConnected: () => broker()?.isConnected ?? false,
    queue: async () => {
      const reached = broker();
      return reached && queueDepth(reached, worker.region);
    },
  });
  const server = await serveMetrics(address, metrics);
  return { url: server.url, see: (said) => metrics.see(said), close: () => server.close() };
}
