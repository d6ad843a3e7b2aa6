// A worker of its own process that holds a lease, and says whether it does whenever it is asked: node held.js ADDRESS KEY
import { connectBroker } from '../../../engine/dispatch/broker/connect.ts';
import { Leases } from '../../../engine/dispatch/broker/lease.ts';
import { QUICK } from './quick.ts';

const [, , address = '', key = ''] = process.argv;
const broker = await connectBroker({ servers: [address], name: 'held', times: QUICK }, AbortSignal.timeout(20_000));
const lease = await (await Leases.open(broker)).acquire(JSON.parse(key));
const say = (): void => {
  process.send?.({ isHeld: lease?.isHeld(), epoch: lease?.epoch, lost: lease?.lost.aborted });
};
process.on('message', say);
say();
