// The table of faults: what is done to a run, and what has to come of it.
import { CONNECTIONS, SLOWNESS } from './connections.ts';
import { DISKS } from './disks.ts';
import { HOSTS } from './hosts.ts';
import { KILLS } from './kills.ts';
import type { Trial } from './scene.ts';
import { SIGNALS } from './signals.ts';

export type Status = number | string;

export interface Fault {
  readonly group: 'connections' | 'signals' | 'kills' | 'disks' | 'hosts';
  readonly title: string;
  /** In the set that every `npm test` runs; the others only by hand. */
  readonly bounded: boolean;
  /** The exit status of the run that meets the fault, or the signal that ends it; several where time decides. */
  readonly status: Status | readonly Status[];
  /** Usually one; those of a row that was tried at several moments. */
  readonly trials: readonly Trial[];
  /** How many of them the bounded set has; all, when not given. */
  readonly few?: number;
}

export const FAULTS: readonly Fault[] = [...CONNECTIONS, ...SLOWNESS, ...SIGNALS, ...KILLS, ...DISKS, ...HOSTS];
