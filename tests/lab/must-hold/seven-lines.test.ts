// Each of the seven lines, made false as operators meet it: verify says so, and a deployment refuses or mends it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuiltApp, buildApp } from '../app-build.js';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { exec } from '../lab-api.js';
import { marks, Platform, why } from './platform.ts';

const RELEASE = '/var/www/vantus/current';
const ENVIRONMENT = '/etc/default/vantus';
const DATABASE = '/var/lib/vantus/prod.db';
const LIST = '/var/log/vantus/deployments';
const keep = (file: string) => `cp -a ${file} /root/kept && `;
const put = (file: string) => `cp -a /root/kept ${file}`;

/** What somebody does, and how it is undone. */
interface Fault {
  readonly line: string;
  readonly title: string;
  readonly spoil: string;
  readonly mend: string;
}

const fault = (line: string, title: string, spoil: string, mend: string): Fault => ({ line, title, spoil, mend });
const edited = (line: string, title: string, file: string, edit: string, after = 'true') =>
  fault(line, title, `${keep(file)}${edit} && ${after}`, `${put(file)} && ${after}`);

const FAULTS = [
  edited('Build Proof', 'a file is edited', `${RELEASE}/server.js`, `echo '// x' >>${RELEASE}/server.js`),
  fault('Build Proof', 'a file is added', `touch ${RELEASE}/lib/x.js`, `rm ${RELEASE}/lib/x.js`),
  edited('Build Proof', 'a file is gone', `${RELEASE}/lib/jobs.js`, `rm ${RELEASE}/lib/jobs.js`),
  fault('Security', 'the firewall is off', 'ufw disable', 'ufw --force enable'),
  fault(
    'Security',
    'passwords are taken',
    'echo PasswordAuthentication yes >/etc/ssh/sshd_config.d/05-x.conf',
    'rm /etc/ssh/sshd_config.d/05-x.conf',
  ),
  fault(
    'Security',
    'something else listens',
    'systemd-run --quiet --unit=stray --socket-property=ListenStream=8080 /bin/true',
    'systemctl stop stray.socket',
  ),
  edited(
    'Security',
    'a header is taken out',
    '/etc/nginx/sites-available/vantus',
    'sed -i /X-Frame-Options/d /etc/nginx/sites-available/vantus',
    'systemctl reload nginx && sleep 1',
  ),
  fault(
    'Security',
    'the fence is taken down',
    `mkdir -p /etc/systemd/system/vantus@.service.d && printf '[Service]\\nProtectSystem=no\\nPrivateUsers=no\\nNoNewPrivileges=no\\nCapabilityBoundingSet=~\\nSystemCallFilter=\\nProtectHome=no\\nRestrictNamespaces=no\\n' >/etc/systemd/system/vantus@.service.d/x.conf && systemctl daemon-reload`,
    'rm -r /etc/systemd/system/vantus@.service.d && systemctl daemon-reload',
  ),
  fault('Environment', 'everybody may read it', `chmod 0644 ${ENVIRONMENT}`, `chmod 0640 ${ENVIRONMENT}`),
  edited('Environment', 'a secret is gone', ENVIRONMENT, `sed -i /^CSRF_SECRET/d ${ENVIRONMENT}`),
  edited(
    'Environment',
    'a secret is too short',
    ENVIRONMENT,
    `sed -i 's/^CSRF_SECRET=.*/CSRF_SECRET=x/' ${ENVIRONMENT}`,
  ),
  edited('Environment', 'half of a group', ENVIRONMENT, `echo SMTP_HOST=mail.example >>${ENVIRONMENT}`),
  fault(
    'Environment',
    'everybody may read a backup',
    'install -m 0644 /dev/null /var/lib/vantus/backups/x',
    'rm /var/lib/vantus/backups/x',
  ),
  edited('Database', 'a migration is not applied', DATABASE, `sqlite3 ${DATABASE} 'DELETE FROM _prisma_migrations'`),
  edited(
    'Database',
    'a migration broke off',
    DATABASE,
    `sqlite3 ${DATABASE} 'UPDATE _prisma_migrations SET finished_at = NULL'`,
  ),
  edited('Database', 'it is gone', DATABASE, `rm ${DATABASE}`),
  fault('Nginx', 'a file that it can’t read', 'echo x >/etc/nginx/conf.d/x.conf', 'rm /etc/nginx/conf.d/x.conf'),
  fault('Nginx', 'it is stopped', 'systemctl stop nginx', 'systemctl start nginx'),
  fault('Nginx', 'it won’t start after a reboot', 'systemctl disable nginx', 'systemctl enable nginx'),
  fault('Service', 'it is stopped', 'systemctl stop vantus@3005', 'systemctl start vantus@3005 && sleep 2'),
  fault('Service', 'it won’t start after a reboot', 'systemctl disable vantus@3005', 'systemctl enable vantus@3005'),
  fault(
    'Service',
    'it can’t be started',
    'mv /var/www/vantus/starts /root/starts && systemctl restart vantus@3005; sleep 1',
    'mv /root/starts /var/www/vantus/starts && systemctl restart vantus@3005 && sleep 2',
  ),
  edited('Audit', 'the list of deployments is gone', LIST, `rm ${LIST}`),
  edited('Audit', 'it is emptied', LIST, `truncate -s 0 ${LIST}`),
  edited('Audit', 'it ends otherwise', LIST, `echo 'by hand: release other' >>${LIST}`),
];

describeLab('the seven lines', () => {
  let platform: Platform;
  let host = '';
  let build: BuiltApp;
  beforeAll(async () => {
    [platform, build] = await Promise.all([Platform.borrow(1), buildApp()]);
    [host = ''] = platform.hosts;
    for (const runbook of ['bootstrap.yml', 'deploy.yml']) {
      const run = await platform.run(runbook, build);
      expect(run.status, why(run)).toBe(0);
    }
  }, LAB_START_MS);
  afterAll(() => platform.end());

  test.each(FAULTS)(
    '$line: $title',
    async ({ line, spoil, mend }) => {
      const spoiled = await exec(host, spoil);
      expect(spoiled.status, spoiled.stderr).toBe(0);
      const verify = await platform.run('verify.yml', build);
      const deploy = await platform.run('deploy.yml', build, '--check');
      const mended = await exec(host, mend);
      expect(mended.status, mended.stderr).toBe(0);
      expect([verify.status, marks(verify)[line]], why(verify)).toEqual([2, '!']);
      // It refuses, and that line is the one that failed; or it would mend it.
      const refused = deploy.status === 2 && marks(deploy)[line] === '!';
      expect(refused || deploy.named(host, 'changed').length > 0, why(deploy)).toBe(true);
    },
    60_000,
  );

  test('all is well again', async () => {
    const verify = await platform.run('verify.yml', build);
    expect(verify.status, why(verify)).toBe(0);
    const again = await platform.run('deploy.yml', build);
    expect(again.named(host, 'changed', 'unknown', 'failed')).toEqual([]);
  }, 60_000);

  test('each has three at least', () => {
    const lines = [...new Set(FAULTS.map(({ line }) => line))];
    expect(lines).toHaveLength(7);
    for (const line of lines) expect(FAULTS.filter((one) => one.line === line).length, line).toBeGreaterThanOrEqual(3);
  });
});
