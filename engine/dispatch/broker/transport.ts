// The client's connection, mended: it leaves a socket open whose server hasn't said a word yet, and with that the process running.
import { connect } from '@nats-io/transport-node';
import { NodeTransport } from '@nats-io/transport-node/lib/node_transport.js';

const { close } = NodeTransport.prototype;

NodeTransport.prototype.close = async function (this: NodeTransport, error?: Error): Promise<void> {
  await close.call(this, error);
  this.discard();
};

export { connect };
