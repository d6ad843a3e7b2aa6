// The coordinator's word to the workers of a run: said without an answer, so that what has to be heard is said again until its effect is seen.
import type { Broker } from './broker.ts';
import { talkSubject } from './subjects.ts';

/** Says it to whoever listens at these names now. It is lost where the broker is away. */
export function tell(broker: Broker, names: readonly string[], bytes: Uint8Array): void {
  if (broker.isConnected) broker.nc.publish(talkSubject(names), bytes);
}

/** Hears what is told at these names, until what it returns is called. `onError` is told where the broker doesn't let us listen. */
export function hear(
  broker: Broker,
  names: readonly string[],
  heard: (bytes: Uint8Array) => void,
  onError: (error: Error) => void,
): () => void {
  const subscription = broker.nc.subscribe(talkSubject(names), {
    callback: (error, message) => (error === null ? heard(message.data) : onError(error)),
  });
  return () => subscription.unsubscribe();
}
