// The client's connection, mended where it would hang.
import { connect } from '@nats-io/transport-node';
import { NodeTransport } from '@nats-io/transport-node/lib/node_transport.js';

/** Between two tries to connect again, in ms, and up to as much more: not all workers at once. */
const PAUSE = 250;

const { close } = NodeTransport.prototype;

/** It leaves a socket open whose server hasn't said a word yet, and with that the process running. */
NodeTransport.prototype.close = async function (this: NodeTransport, error?: Error): Promise<void> {
  await close.call(this, error);
  this.discard();
};

/**
 * Says how long to wait before the next try to connect again. The client adds it to the wall clock's time of its last try: once that
 * clock is set back it would wait for it to come round. So the pace is kept here, and what is due is due in any case.
 */
export function paced(): () => number {
  let due = 0;
  return () => {
    const left = due - performance.now();
    if (left > PAUSE / 10) return left;
    due = performance.now() + PAUSE * (1 + Math.random());
    return Number.MIN_SAFE_INTEGER / 2;
  };
}

export { connect };
