// What goes through the broker, from the outside: what each thing is sealed for, and what can be read of it without a key.

import type { Commission } from '../seal/commission.ts';
import type { RunKey } from '../seal/run-key.ts';
import { opened, sealed } from '../seal/sealed.ts';
import { packed, unpacked } from './packed.ts';

/** The place that something is sealed for: nothing opens at another one. */
export const place = {
  work: (run: string, unit: number) => `work/${run}/${unit}`,
  log: (run: string, host: string, epoch: number) => `ev/${run}/${host}/${epoch}`,
  call: (run: string) => `co/${run}`,
  reply: (run: string, host: string, epoch: number, number: number) => `re/${run}/${host}/${epoch}/${number}`,
  word: (run: string) => `ctl/${run}`,
  bundle: (run: string) => `bundle/${run}`,
  piece: (run: string) => `piece/${run}`,
};

/** @throws ProblemError `seal-broken` */
export function close(key: RunKey, where: string, data: unknown): Uint8Array {
  return sealed(key, where, packed(data));
}

/** What `close` was given: the caller knows its type. @throws ProblemError `seal-broken` */
export function open(key: RunKey, where: string, bytes: Uint8Array): unknown {
  return unpacked(opened(key, where, bytes));
}

/** A unit of work as it lies in the queue. `key` is the region's, wrapped for its workers; that and `sealed` are base64. */
export interface WorkEnvelope {
  readonly run: string;
  readonly unit: number;
  readonly version: string;
  readonly key: string;
  readonly commission: Commission;
  /** The unit itself, or the name of the object that holds it. */
  readonly sealed?: string;
  readonly object?: string;
}
