// Metrics of a worker that isn't there, asked for over HTTP.
import type { QueueDepth } from '../../../engine/dispatch/broker/queue.ts';
import { serveMetrics } from '../../../engine/dispatch/metrics/serve.ts';
import { WorkerMetrics } from '../../../engine/dispatch/metrics/worker-metrics.ts';
import type { Said } from '../../../engine/dispatch/worker/context.ts';

export interface Offered {
  readonly url: string;
  see(said: Said): void;
  text(): Promise<string>;
  /** Each figure's value, by its name with its labels. */
  values(): Promise<Record<string, number>>;
  close(): void;
}

export interface World {
  readonly isConnected?: boolean;
  readonly queue?: QueueDepth | undefined | 'throws';
  readonly port?: number;
}

/** The world is looked at whenever figures are asked for. @throws ProblemError */
export async function offer(world: World = {}): Promise<Offered> {
  const metrics = new WorkerMetrics({
    name: 'eu-1',
    region: 'eu',
    version: '1.2.3',
    slots: 4,
    isConnected: () => world.isConnected ?? true,
    queue: async () => {
      if (world.queue === 'throws') throw new Error('on purpose');
      return world.queue;
    },
  });
  const { url, close } = await serveMetrics({ host: '127.0.0.1', port: world.port ?? 0 }, metrics);
  const text = async () => (await fetch(url)).text();
  const values = async () =>
    Object.fromEntries(
      [...(await text()).matchAll(/^([^#\s]\S*(?: [^ \n]+")*\}?) (\S+)$/gm)].map(([, name = '', value]) => [
        name,
        Number(value),
      ]),
    );
  return { url, see: (said) => metrics.see(said), text, values, close };
}
