// What a host carries from play to play, and from worker to worker.
import type { HostState } from '../../run/host/state.ts';
import type { Carried } from './entry.ts';

export function carriedOf({ variables, changes, witnessed }: HostState): Carried {
  return { learned: variables.learned, changes, witnessed };
}

/** Nothing that this process knows of the host from an earlier unit counts: others may have been at work there since. */
export function resume(host: HostState, { learned, changes, witnessed }: Carried): void {
  host.life.restart();
  host.reader.forgetAll();
  host.variables.learned.clear();
  for (const [name, value] of learned) host.variables.learned.set(name, value);
  host.changes = changes;
  host.witnessed = witnessed;
}
