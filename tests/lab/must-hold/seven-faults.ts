// What operators and time do to a server in service: each makes a line of the checklist false. Of a host that runs the lab's application on port 3005.

export const LINES = ['Build Proof', 'Security', 'Environment', 'Database', 'Service', 'Nginx', 'Audit'] as const;

export interface Fault {
  readonly line: (typeof LINES)[number];
  readonly title: string;
  /** What somebody does on the host, and how it is undone. */
  readonly spoil: string;
  readonly mend: string;
  /** The cause, as verify.yml tells it. */
  readonly told: RegExp;
  /** As a deployment does, where that has other words: it refuses, or names what it would put right. */
  readonly deploy: RegExp;
  /** Of both runs. */
  readonly options: readonly string[];
}

const RELEASE = '/var/www/vantus/current';
const START = `/var/www/vantus/starts/$(basename "$(readlink ${RELEASE})")`;
const ENVIRONMENT = '/etc/default/vantus';
const DATABASE = '/var/lib/vantus/prod.db';
const LIST = '/var/log/vantus/deployments';
const SITE = '/etc/nginx/sites-available/vantus';
const UPSTREAM = '/etc/nginx/conf.d/vantus-live.conf';
const DROP_INS = '/etc/systemd/system/vantus@.service.d';
const LIVE = '/etc/vrun/facts.d/vantus.json';
const RELOAD = 'systemctl reload nginx && sleep 1';
/** Until it answers, or for five seconds. */
const RESTART = `systemctl daemon-reload && systemctl restart vantus@3005 && curl -s -o /dev/null --retry 25 --retry-delay 0 --retry-max-time 5 --retry-connrefused http://127.0.0.1:3005/api/proof/headers`;

type Words = { readonly told: RegExp; readonly deploy?: RegExp };

const fault = (
  line: Fault['line'],
  title: string,
  spoil: string,
  mend: string,
  { told, deploy = told }: Words,
  options: readonly string[] = [],
): Fault => ({ line, title, spoil, mend, told, deploy, options });

/** FILE is edited, and put back as it was. */
const edited = (line: Fault['line'], title: string, file: string, edit: string, words: Words, after = 'true') =>
  fault(
    line,
    title,
    `cp -a "${file}" /root/kept && { ${edit.replaceAll('FILE', `"${file}"`)}; } && ${after}`,
    `cp -a --remove-destination /root/kept "${file}" && ${after}`,
    words,
  );

const dropIn = (line: Fault['line'], title: string, settings: string, words: Words, after: string) =>
  fault(
    line,
    title,
    `mkdir ${DROP_INS} && printf '[Service]\\n${settings}\\n' >${DROP_INS}/x.conf && ${after}`,
    `rm -r ${DROP_INS} && ${RESTART}`,
    words,
  );

const inDatabase = (line: Fault['line'], title: string, spoil: string, mend: string, words: Words) =>
  fault(line, title, `sqlite3 ${DATABASE} '${spoil}'`, `sqlite3 ${DATABASE} '${mend}'`, words);

/** Nobody has the database open, and it isn't in its place. */
const offline = (title: string, spoil: string, words: Words) =>
  fault(
    'Database',
    title,
    `systemctl stop vantus@3005 && mkdir /root/database && mv ${DATABASE}* /root/database && ${spoil}`,
    `rm -f ${DATABASE}* && mv /root/database/* /var/lib/vantus && rmdir /root/database && ${RESTART}`,
    words,
  );

export const FAULTS: readonly Fault[] = [
  edited('Build Proof', 'a file is edited', `${RELEASE}/server.js`, `echo '// x' >>FILE`, {
    told: /modified {2}server\.js/,
  }),
  fault('Build Proof', 'a file is added', `touch ${RELEASE}/lib/x.js`, `rm ${RELEASE}/lib/x.js`, {
    told: /extra {2}lib\/x\.js/,
  }),
  edited('Build Proof', 'a file is gone', `${RELEASE}/lib/jobs.js`, 'rm FILE', { told: /missing {2}lib\/jobs\.js/ }),
  edited(
    'Build Proof',
    'its proof is of another commit',
    `${RELEASE}/public/proof/build.json`,
    `sed -i 's/"commit": *"..../"commit": "0000/' FILE`,
    { told: /build\.json: commit is 0000\w+, and \w+ was signed/ },
  ),
  fault(
    'Build Proof',
    'another release runs in its place',
    `cd /var/www/vantus && cp -a "$(readlink -f current)" releases/other && cp "${START}" starts/other &&
     sed -i 's/"commit": *"..../"commit": "0000/' releases/other/public/proof/build.json &&
     ln -sfn /var/www/vantus/releases/other slots/3005 && ${RESTART}`,
    `cd /var/www/vantus && ln -sfn "$(readlink -f current)" slots/3005 && ${RESTART}; rm -r releases/other starts/other`,
    { told: /It shows commit 0000\w+/, deploy: /slots\/3005/ },
  ),
  fault(
    'Build Proof',
    'a gate did not run',
    'true',
    'true',
    { told: /gate Playwright e2e suite is not among those of the build/ },
    ['-e', JSON.stringify({ gates: ['ESLint enforced', 'Playwright e2e suite'] })],
  ),
  edited('Build Proof', 'nobody knows what runs', LIVE, 'rm FILE', {
    told: /Nothing was deployed/,
    deploy: /The new version takes over/,
  }),

  fault('Security', 'the firewall is off', 'ufw disable', 'ufw --force enable', { told: /The firewall of \w+ is off/ }),
  fault('Security', 'it lets everything in', 'ufw default allow incoming', 'ufw default deny incoming', {
    told: /incoming/,
  }),
  fault('Security', 'a rule of it is deleted', 'ufw delete allow 443/tcp', 'ufw allow 443/tcp', { told: /443\/tcp/ }),
  fault('Security', 'another port is open in it', 'ufw allow 8080/tcp', 'ufw delete allow 8080/tcp', {
    told: /8080\/tcp/,
  }),
  fault(
    'Security',
    'passwords are taken',
    'echo PasswordAuthentication yes >/etc/ssh/sshd_config.d/05-x.conf',
    'rm /etc/ssh/sshd_config.d/05-x.conf',
    { told: /passwords/ },
  ),
  fault(
    'Security',
    'something else listens',
    'systemd-run --quiet --unit=stray --socket-property=ListenStream=8080 /bin/true',
    'systemctl stop stray.socket',
    { told: /Also listening: \S*8080/ },
  ),
  edited(
    'Security',
    'the service is open to all',
    START,
    `sed -i 's/^exec env/exec env HOSTNAME=0.0.0.0/' FILE`,
    { told: /It listens on (0\.0\.0\.0|\*):3005/ },
    RESTART,
  ),
  dropIn('Security', 'the service runs as root', 'User=root', { told: /would run as root/ }, 'systemctl daemon-reload'),
  dropIn(
    'Security',
    'its fence is taken down',
    'ProtectSystem=no\\nPrivateUsers=no\\nNoNewPrivileges=no\\nCapabilityBoundingSet=~\\nSystemCallFilter=\\nProtectHome=no\\nRestrictNamespaces=no',
    { told: /Overall exposure level for vantus@3005/ },
    'systemctl daemon-reload',
  ),
  edited(
    'Security',
    'a header is taken out',
    SITE,
    'sed -i /X-Frame-Options/d FILE',
    { told: /X-Frame-Options/i, deploy: /vantus/ },
    RELOAD,
  ),
  edited(
    'Security',
    'a policy in the way of the page’s scripts',
    SITE,
    `sed -i "s/add_header X-Frame-Options/add_header Content-Security-Policy \\"script-src 'none'\\" always;\\n    &/" FILE`,
    { told: /script-src/, deploy: /vantus/ },
    RELOAD,
  ),

  fault('Environment', 'everybody may read it', `chmod 0644 ${ENVIRONMENT}`, `chmod 0640 ${ENVIRONMENT}`, {
    told: /0644/,
  }),
  fault('Environment', 'it is the service’s own', `chown vantus ${ENVIRONMENT}`, `chown root ${ENVIRONMENT}`, {
    told: /owner/,
  }),
  edited('Environment', 'a secret is gone', ENVIRONMENT, 'sed -i /^CSRF_SECRET/d FILE', { told: /CSRF_SECRET/ }),
  edited('Environment', 'a secret is too short', ENVIRONMENT, `sed -i 's/^CSRF_SECRET=.*/CSRF_SECRET=x/' FILE`, {
    told: /CSRF_SECRET/,
  }),
  edited('Environment', 'another domain', ENVIRONMENT, `sed -i 's/^DEPLOY_DOMAIN=.*/DEPLOY_DOMAIN=x.example/' FILE`, {
    told: /DEPLOY_DOMAIN/,
  }),
  edited('Environment', 'half of a group', ENVIRONMENT, 'echo SMTP_HOST=mail.example >>FILE', { told: /SMTP_PORT/ }),
  edited('Environment', 'the file is gone', ENVIRONMENT, 'rm FILE', { told: /\/etc\/default\/vantus/ }),
  fault(
    'Environment',
    'everybody may read a backup',
    'install -m 0644 /dev/null /var/lib/vantus/backups/x',
    'rm /var/lib/vantus/backups/x',
    { told: /Others may read \S+backups\/x/ },
  ),

  inDatabase(
    'Database',
    'a migration is pending',
    'CREATE TABLE kept AS SELECT * FROM _prisma_migrations; DELETE FROM _prisma_migrations',
    'INSERT INTO _prisma_migrations SELECT * FROM kept; DROP TABLE kept',
    { told: /migration 20260105090000_init/ },
  ),
  inDatabase(
    'Database',
    'a migration broke off',
    'UPDATE _prisma_migrations SET finished_at = NULL',
    'UPDATE _prisma_migrations SET finished_at = started_at',
    { told: /20260105090000_init failed in an earlier run/ },
  ),
  offline('it is gone', 'true', { told: /the file of the database is gone/ }),
  offline('it is damaged', `head -c 65536 /dev/zero >${DATABASE} && chown vantus: ${DATABASE}`, {
    told: /cannot be asked for its migrations/,
  }),

  fault('Nginx', 'a file that it can’t read', 'echo x >/etc/nginx/conf.d/x.conf', 'rm /etc/nginx/conf.d/x.conf', {
    told: /conf\.d\/x\.conf/,
  }),
  fault('Nginx', 'it is stopped', 'systemctl stop nginx', 'systemctl start nginx', {
    told: /nginx\.service: inactive/,
  }),
  fault('Nginx', 'it won’t start after a reboot', 'systemctl disable nginx', 'systemctl enable nginx', {
    told: /nginx\.service: disabled/,
  }),
  fault(
    'Nginx',
    'the site is disabled',
    `mv /etc/nginx/sites-enabled/vantus /root && ${RELOAD}`,
    `mv /root/vantus /etc/nginx/sites-enabled && ${RELOAD}`,
    { told: /nginx site vantus: \S+ → enabled/ },
  ),
  edited(
    'Nginx',
    'it leads elsewhere',
    UPSTREAM,
    'sed -i s/3005/3006/ FILE',
    { told: /leads elsewhere than to port 3005/, deploy: /The new version takes over/ },
    RELOAD,
  ),

  fault('Service', 'it is stopped', 'systemctl stop vantus@3005', RESTART, { told: /vantus@3005\.service/ }),
  fault('Service', 'it won’t start after a reboot', 'systemctl disable vantus@3005', 'systemctl enable vantus@3005', {
    told: /vantus@3005\.service/,
  }),
  dropIn(
    'Service',
    'it ends now and then, and is started again',
    'RuntimeMaxSec=2',
    { told: /ended by itself and was started again, \d+ times/ },
    `systemctl daemon-reload && systemctl restart vantus@3005 && sleep 5 && rm ${DROP_INS}/x.conf && systemctl daemon-reload && sleep 3`,
  ),
  inDatabase(
    'Service',
    'it answers with an error',
    'ALTER TABLE Note RENAME TO Gone',
    'ALTER TABLE Gone RENAME TO Note',
    {
      told: /status is 50\d/,
    },
  ),
  fault(
    'Service',
    'the disk is nearly full',
    `mkdir /mnt/small && mount -t tmpfs -o size=200m tmpfs /mnt/small && cp -a /var/lib/vantus/. /mnt/small && mount --bind /mnt/small /var/lib/vantus`,
    'umount /var/lib/vantus /mnt/small && rmdir /mnt/small',
    { told: /Only \d+ MiB of disk/ },
  ),

  edited('Audit', 'the list of deployments is gone', LIST, 'rm FILE', { told: /deployments/ }),
  edited('Audit', 'it is emptied', LIST, 'truncate -s 0 FILE', { told: /deployments/ }),
  edited('Audit', 'it ends otherwise', LIST, `echo 'by hand: release other' >>FILE`, { told: /deployments/ }),
  fault(
    'Audit',
    'the record’s witness is gone',
    'mv /var/lib/vrun/witness /root',
    'rm -rf /var/lib/vrun/witness; mv /root/witness /var/lib/vrun',
    { told: /witness/ },
  ),
];
