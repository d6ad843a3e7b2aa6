// A path with a round-trip time, for a machine whose kernel has no netem: node forwarder.js MILLISECONDS ADDRESS…
// listens on a port of its own for each address, tells the ports as JSON, and delays all that passes by half of the time.
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [milliseconds, ...addresses] = process.argv.slice(2);
const roundTrip = Number(milliseconds);

const ports = await Promise.all(
  addresses.map(async (address) => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
      client.on('error', () => {});
      void forward(client, address);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    return server.address().port;
  }),
);
process.stdout.write(`${JSON.stringify(ports)}\n`);
process.stdin.resume().on('end', () => process.exit()); // with whoever started it

/** TCP's own greeting takes a round trip before the client may speak, and half of one more until the host has heard of it. */
async function forward(client, address) {
  await sleep(roundTrip);
  const waiting = [];
  const early = (/** @type {Buffer} */ chunk) => waiting.push(chunk);
  client.on('data', early).resume();
  await sleep(roundTrip / 2);
  client.off('data', early);
  const host = connect({ host: address, port: 22, allowHalfOpen: true, noDelay: true });
  host.on('error', () => client.destroy());
  client.on('close', () => host.destroy());
  for (const chunk of waiting) host.write(chunk);
  delayed(client, host);
  delayed(host, client);
}

/** Timers of the same length end in the order in which they began: nothing overtakes. */
function delayed(from, to) {
  from.on('data', (/** @type {Buffer} */ chunk) => void setTimeout(() => to.write(chunk), roundTrip / 2));
  from.on('end', () => void setTimeout(() => to.end(), roundTrip / 2));
}
