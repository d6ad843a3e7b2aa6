// Where the hosts of a batch are brought through a play: in this process, or by workers elsewhere.
import type { HostState } from '../host/state.ts';
import type { PlayServices } from '../together/services.ts';
import { type HostOutcome, runHost } from './run-host.ts';

export interface Dispatcher {
  /** Resolves with what became of each host, in their order, once nothing is at work on any. Never throws for what a host does. */
  run(batch: readonly HostState[], services: PlayServices): Promise<readonly HostOutcome[]>;
}

/** All hosts in this process, as many at a time as `forks` lets. */
export const here: Dispatcher = {
  run: (batch, services) => Promise.all(batch.map((host) => runHost(host, services))),
};
