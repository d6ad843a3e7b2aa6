// The table of faults: what is done to a run, and what has to come of it.
import { CONNECTIONS, SLOWNESS } from './connections.ts';
import { DISKS } from './disks.ts';
import type { Trial } from './scene.ts';

export interface Fault {
  readonly group: 'connections' | 'signals' | 'kills' | 'disks' | 'hosts';
  readonly title: string;
  /** In the set that every `npm test` runs; the others only by hand. */
  readonly bounded: boolean;
  /** The exit status of the run that meets the fault, or the signal that ends it. */
  readonly status: number | string;
  readonly trial: Trial;
}

export const FAULTS: readonly Fault[] = [...CONNECTIONS, ...SLOWNESS, ...DISKS];
