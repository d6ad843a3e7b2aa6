// A process of its own that connects, closes once it is told to, and ends when nothing holds it: node leaving.mjs ADDRESS
import { setTimeout as delay } from 'node:timers/promises';
import { connectBroker } from '../../../engine/dispatch/broker/connect.ts';
import { QUICK } from './quick.ts';

const [, , address = ''] = process.argv;
const options = { servers: [address], name: 'leaving', times: QUICK };
try {
  const broker = await connectBroker(options, AbortSignal.timeout(20_000));
  process.send?.('connected');
  while (broker.isConnected) await delay(10); // until it is noticed that the server hangs
  await broker.close();
} catch {
  process.exitCode = 3;
}
process.disconnect();
