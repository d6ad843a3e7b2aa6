// Many hosts: one sshd that answers on a thousand addresses is a thousand hosts for whoever connects to it.
import { join } from 'node:path';
import { address } from '../../lab/lab-api.js';
import { cleanHosts, onAll, wayTo } from '../hosts.js';
import { BENCH } from '../place.js';
import { run } from '../program.js';
import { vrun } from '../sides/vrun.js';

/** Where the addresses are: 254 in each block. */
const NETWORK = '10.233.0.0/22';

/** @type {import('../runner.js').Scene} */
export const many = {
  async prepare(stage, { addresses = 1 }) {
    const [host] = stage.way.hosts;
    if (!host || addresses > 4 * 254) throw new Error(`${addresses} addresses are not to be had.`);
    const runbook = join(BENCH, 'server.yml');
    await cleanHosts([host]);
    await vrun.run({ ...stage, runbook }); // untimed: what all of them are held against
    await onAll(
      [host],
      `ip route replace local ${NETWORK} dev lo && echo MaxStartups 200 >>/etc/ssh/sshd_config && systemctl restart ssh`,
    );
    await run('ip', ['route', 'replace', NETWORK, 'via', address(host.lab)]);
    const hosts = Array.from({ length: addresses }, (_, index) => {
      const own = `10.233.${Math.floor(index / 254)}.${(index % 254) + 1}`;
      return { ...host, name: own, address: own };
    });
    return { runbook, check: true, usage: true, way: await wayTo(hosts, stage.directory) };
  },
  async end() {
    await run('ip', ['route', 'delete', NETWORK], { mayFail: true }); // it may not have come to that
  },
};
