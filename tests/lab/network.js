// The lab's bridge: the only thing that the lab adds to this machine's network.
import { attempt, run } from './command.js';
import { withLock } from './lock.js';
import { BRIDGE, CONTROLLER_ADDRESS } from './plan.js';

/** Makes the bridge unless it is there. It has no port but the hosts', and nothing is forwarded from it. */
export async function makeBridge() {
  await withLock('bridge', async () => {
    if ((await attempt('ip', ['link', 'show', 'dev', BRIDGE])).status === 0) return;
    // Without an address of its own a bridge has the lowest of its ports', and so another one whenever a host comes or goes.
    const own = ['address', '02:00:00:00:00:01'];
    await run('ip', ['link', 'add', BRIDGE, ...own, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0']);
    await run('ip', ['address', 'add', `${CONTROLLER_ADDRESS}/24`, 'dev', BRIDGE]);
    await run('ip', ['link', 'set', BRIDGE, 'up']);
  });
}

/** Removes the bridge if it is there. */
export async function removeBridge() {
  await withLock('bridge', () => attempt('ip', ['link', 'delete', 'dev', BRIDGE]));
}
