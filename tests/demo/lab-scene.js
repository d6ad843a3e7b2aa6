// Three real Debian hosts, as new as just installed: hardened, deployed to, verified, and one of them tampered with.
import { buildApp } from '../lab/app-build.js';
import { ensureUp, exec, reset } from '../lab/lab-api.js';
import { BUILDS } from '../lab/plan.js';
import { dim, heading, note, say } from './print.js';

const HOSTS = ['lab1', 'lab2', 'lab3'];
const TAMPER = `sed -i 's/Version one/Version none/' /var/www/vantus/current/lib/pages.js`;

/** @returns {Promise<import('./scene.js').Scene>} */
export async function labScene() {
  heading('Lab');
  const before = performance.now();
  const seconds = () => ((performance.now() - before) / 1000).toFixed(1);
  const built = buildApp({ out: BUILDS });
  built.catch(() => undefined); // it is waited for below
  await ensureUp(HOSTS, note);
  await reset(...HOSTS);
  note(`${HOSTS.join(', ')}: Debian 12 with systemd, sshd and sudo, clean, after ${seconds()} s`);
  const { id } = await built;
  note(`release ${id}: the application of tests/lab/app, built, tested and signed, after ${seconds()} s`);
  const runbook = (/** @type {string} */ name) => [`runbooks/${name}.yml`, '-i', 'inventory/lab'];
  return {
    acts: [
      { name: 'Bootstrap', tells: 'from bare servers to hardened ones', args: runbook('bootstrap') },
      {
        name: 'Deploy, dry run',
        tells: 'what would change, and nothing is written',
        args: [...runbook('deploy'), '--check'],
      },
      {
        name: 'Deploy',
        tells: 'a signed build, verified, migrated, healthy before it takes over; one server first',
        args: runbook('deploy'),
      },
      {
        name: 'Deploy again',
        tells: 'nothing is left to do: one message for each host',
        args: runbook('deploy'),
      },
      { name: 'Verify', tells: 'the seven lines of the operations guide, read-only', args: runbook('verify') },
      {
        name: 'Verify again',
        tells: 'after somebody changed a file of the release on lab2',
        before: async () => {
          say(`${dim('lab2#')} ${TAMPER}`);
          await exec('lab2', TAMPER);
        },
        args: runbook('verify'),
        status: 2,
      },
    ],
    after: [
      'Look around:  curl --cacert /run/vrun-lab/acme-root.pem --resolve lab1.lab.test:443:10.231.77.11 https://lab1.lab.test/',
      '              npm run lab -- ssh lab1',
      'Next version: npm run lab -- app v2 && node dist/vrun.js runbooks/deploy.yml -i inventory/lab',
      'And back:     node dist/vrun.js runbooks/rollback.yml -i inventory/lab',
      'Stop them:    npm run lab -- down',
    ],
    close: async () => undefined, // the hosts stay, to be looked at
  };
}
