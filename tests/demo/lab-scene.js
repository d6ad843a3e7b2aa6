// Three real Debian hosts, as new as just installed.
import { ensureUp, reset } from '../lab/lab-api.js';
import { heading, note } from './print.js';

const HOSTS = ['lab1', 'lab2', 'lab3'];

/** @returns {Promise<import('./scene.js').Scene>} */
export async function labScene() {
  heading('Lab');
  const before = performance.now();
  await ensureUp(HOSTS, note);
  await reset(...HOSTS);
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  note(`${HOSTS.join(', ')}: Debian 12 with systemd, sshd, sudo, ufw and nginx, clean, after ${seconds} s`);
  return {
    what: 'three new Debian servers',
    args: ['runbooks/bootstrap.yml', '-i', 'inventory/lab'],
    after: [
      'Look around:  npm run lab -- ssh lab1',
      'Break one:    npm run lab -- ssh lab1 sudo chmod 777 /etc/default/vantus',
      '              node dist/vrun.js runbooks/bootstrap.yml -i inventory/lab --check --diff',
      'Stop them:    npm run lab -- down',
    ],
    close: async () => undefined, // the hosts stay, to be looked at
  };
}
