// What a host carries from play to play, and from worker to worker.
import type { HostState } from '../../run/host/state.ts';
import type { PredictionInput } from '../../run/predict/prediction.ts';
import type { Carried } from './entry.ts';

/** The content of a foreseen file goes with it up to this size, in bytes; of a larger one it is only known that it is there. */
const CARRIED = 256 * 1024;

export function carriedOf({ variables, changes, witnessed, prediction }: HostState): Carried {
  return { learned: variables.learned, changes, witnessed, pending: prediction.inputs.map(portable) };
}

/** Nothing that this process knows of the host from an earlier unit counts: others may have been at work there since. */
export function resume(host: HostState, carried: Carried): void {
  host.life.restart();
  host.reader.forgetAll();
  takeOver(host, carried);
}

/** Takes what the host carries in the place of what is known. */
export function takeOver(host: HostState, { learned, changes, witnessed, pending }: Carried): void {
  host.variables.learned.clear();
  for (const [name, value] of learned) host.variables.learned.set(name, value);
  host.changes = changes;
  host.witnessed = witnessed;
  host.prediction.resume(pending);
}

function portable(input: PredictionInput): PredictionInput {
  if (!('effects' in input)) return input;
  const effects = input.effects.map((effect) =>
    'content' in effect && effect.content.size > CARRIED ? ({ path: effect.path, kind: 'anything' } as const) : effect,
  );
  return { ...input, effects };
}
