// Three real Debian hosts, as new as just installed: hardened, deployed to, verified, and one of them tampered with.
import { buildApp } from '../lab/app-build.js';
import { down, ensureUp, exec, reset, running } from '../lab/lab-api.js';
import { BUILDS, chosenSuite, SUITES } from '../lab/plan.js';
import { dim, heading, note, say } from './print.js';

const HOSTS = ['lab1', 'lab2', 'lab3'];
const TAMPER = `sed -i 's/Version one/Version none/' /var/www/vantus/current/lib/pages.js`;

const AROUND = [
  'The servers run on, to be looked at:',
  '  curl --cacert /run/vrun-lab/acme-root.pem \\',
  '    --resolve lab1.lab.test:443:10.231.77.11 https://lab1.lab.test/',
  '  npm run lab -- ssh lab1',
  'The next version, and back:',
  '  npm run lab -- app v2',
  '  node dist/vrun.js runbooks/deploy.yml -i inventory/lab',
  '  node dist/vrun.js runbooks/rollback.yml -i inventory/lab',
  'Stop them:',
  `  npm run lab -- down ${HOSTS.join(' ')}`,
];

/** @returns {Promise<import('./scene.js').Scene>} */
export async function labScene() {
  heading('Lab');
  const before = performance.now();
  const seconds = () => ((performance.now() - before) / 1000).toFixed(1);
  const built = buildApp({ out: BUILDS });
  built.catch(() => undefined); // it is waited for below
  await ensureUp(HOSTS, note);
  await reset(...HOSTS);
  note(
    `${HOSTS.join(', ')}: ${SUITES[chosenSuite()]?.release} with systemd, sshd and sudo, clean, after ${seconds()} s`,
  );
  const { id } = await built;
  note(`release ${id}: the application of tests/lab/app, built, tested and signed, after ${seconds()} s`);
  const runbook = (/** @type {string} */ name) => [`runbooks/${name}.yml`, '-i', 'inventory/lab'];
  return {
    acts: [
      { name: 'Bootstrap', tells: 'bare servers become hardened ones', args: runbook('bootstrap') },
      {
        name: 'Deploy',
        tells: 'a signed build, healthy before it takes over',
        args: runbook('deploy'),
      },
      { name: 'Deploy again', tells: 'nothing is left to do: one message a host', args: runbook('deploy') },
      { name: 'Verify', tells: 'the seven lines of the operations guide, read-only', args: runbook('verify') },
      {
        name: 'Tampering',
        tells: 'somebody changed a file on lab2, and verify names it',
        before: async () => {
          say(`${dim('lab2#')} ${TAMPER}`);
          await exec('lab2', TAMPER);
        },
        args: runbook('verify'),
        status: 2,
      },
    ],
    close: async ({ keep }) => {
      if (keep) return AROUND;
      await down(HOSTS);
      if ((await running()).length === 0) await down(); // nobody else is here: the network and its services go, too
      return [
        'The servers are stopped again. To look around in them afterwards:',
        '  npm run demo -- --keep',
        'To deploy something yourself: docs/deploying.md',
      ];
    },
  };
}
