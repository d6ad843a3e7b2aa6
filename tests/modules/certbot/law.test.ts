import { rmSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../../lab/describe-lab.ts';
import { ACME, ACME_CA_ON_HOST, exec, startAcme } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { laws, openProject, vrun } from '../../law/law.ts';

const LIVE = '/etc/letsencrypt/live/site';

const certificate = (server: string, renewBeforeDays = 30) => `
- name: Certificate
  certbot:
    domains: ["{{ inventory_hostname }}.lab.test", "www.{{ inventory_hostname }}.lab.test"]
    cert_name: site
    email: ops@lab.test
    agree_tos: true
    server: ${server}
    ca_bundle: ${ACME_CA_ON_HOST}
    renew_before_days: ${renewBeforeDays}
    deploy_hook: systemctl reload nginx
`;
const site = (name: string) => `
- name: ${name}
  nginx:
    domain: "{{ inventory_hostname }}.lab.test"
    root: /srv
    default_site: true
    tls: { certificate: ${LIVE}/fullchain.pem, key: ${LIVE}/privkey.pem }
`;

laws('certbot', [
  {
    title: 'a site over HTTP, its certificate, and the site over HTTPS, in one runbook',
    tasks: `- name: Package\n  apt: { name: certbot, update_cache: true }\n${site('Site')}${certificate(ACME.directory)}${site('Secure site')}`,
    situations: [
      { title: 'from a bare host', changed: ['Package', 'Site', 'Certificate', 'Secure site'] },
      {
        title: 'from a self-signed certificate',
        given: `certbot delete --non-interactive --cert-name site 2>/dev/null && mkdir ${LIVE} && openssl req -x509 -newkey rsa:2048 -nodes -days 365 \
          -subj /CN=site -keyout ${LIVE}/privkey.pem -out ${LIVE}/fullchain.pem 2>/dev/null`,
        changed: ['Certificate'],
      },
      {
        title: 'from drifted: no timer, another hook, the wrong key',
        given: `systemctl disable --now certbot.timer 2>/dev/null; echo >>/etc/letsencrypt/renewal-hooks/deploy/vrun-site
          openssl genrsa 2048 2>/dev/null >"$(readlink -f ${LIVE}/privkey.pem)"`,
        changed: ['Certificate'],
      },
    ],
    observe: `systemctl reload nginx; sleep 0.5; openssl s_client -connect 127.0.0.1:443 -servername "$(hostname).lab.test" </dev/null 2>/dev/null |
      openssl x509 -noout -issuer -ext subjectAltName 2>/dev/null | sed "s/ = /=/; s/CA .*/CA/; s/$(hostname)/HOST/g"
      systemctl is-enabled certbot.timer; systemctl is-active certbot.timer; wc -l </etc/letsencrypt/renewal-hooks/deploy/vrun-site`,
    observed: `issuer=CN=Pebble Intermediate CA
X509v3 Subject Alternative Name: 
    DNS:HOST.lab.test, DNS:www.HOST.lab.test
enabled
active
4
`,
  },
]);

describeLab('a certificate that ends soon', () => {
  const lab = lent();
  const serial = async () => (await exec(lab.host, `openssl x509 -noout -serial -in ${LIVE}/fullchain.pem`)).stdout;

  beforeAll(async () => {
    const apt = 'DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends';
    const { status, stderr } = await exec(lab.host, `${apt} update && ${apt} install certbot >/dev/null`);
    expect(status, stderr).toBe(0);
  }, LAB_START_MS);

  test('is renewed; where the authority does not answer the old one stays', async () => {
    const acme = await startAcme({ validityDays: 9 });
    const lenient = openProject(certificate(acme.directory, 5));
    const strict = openProject(certificate(acme.directory, 20));
    try {
      const short = await vrun(strict, lab.inventory);
      expect(short.tasks[0]?.status, short.output).toBe('failed');
      expect(short.output).toContain('no more than 20 days left from the start');
      const first = await serial();
      expect(first).toMatch(/^serial=[0-9A-F]+\n$/);
      // What renews it is still to be set up.
      expect((await vrun(lenient, lab.inventory)).tasks.map(({ status }) => status)).toEqual(['changed']);
      expect(await serial()).toBe(first);

      await acme.stop();
      const failed = await vrun(strict, lab.inventory);
      expect(failed.status, failed.output).toBe(2);
      expect(failed.output).toContain('Connection refused');
      expect(await serial()).toBe(first);
      const calm = await vrun(lenient, lab.inventory);
      expect([calm.tasks[0]?.status, calm.messages], calm.output).toEqual(['ok', 1]);

      // A server of this kind forgets its accounts when it stops.
      await acme.start({ validityDays: 90 });
      await exec(lab.host, 'rm -rf /etc/letsencrypt/accounts');
      const dry = await vrun(strict, lab.inventory, '--check');
      expect(dry.tasks[0]?.status, dry.output).toBe('changed');
      expect(await serial()).toBe(first);
      const renewed = await vrun(strict, lab.inventory);
      expect(renewed.tasks[0]?.status, renewed.output).toBe('changed');
      expect(await serial()).not.toBe(first);
      const again = await vrun(strict, lab.inventory);
      expect([again.tasks[0]?.status, again.messages], again.output).toEqual(['ok', 1]);
    } finally {
      await acme.end();
      for (const project of [lenient, strict]) rmSync(project, { recursive: true });
    }
  });

  test('is not asked for while its name does not lead to the site', async () => {
    const project = openProject(certificate(ACME.directory).replaceAll('site\n', 'other\n'));
    try {
      await exec(lab.host, 'systemctl stop nginx');
      const { status, output } = await vrun(project, lab.inventory);
      expect(status, output).toBe(2);
      expect(output).toContain('The authority was not asked');
      expect(
        (await exec(lab.host, 'ls /etc/letsencrypt/live/other /var/www/html/.well-known/acme-challenge')).stdout,
      ).not.toContain('vrun');
    } finally {
      rmSync(project, { recursive: true });
    }
  });
});
