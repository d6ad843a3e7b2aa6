// What stands in the way of taking over a server is told at once, before anything is changed; and a first deployment that fails leaves the old one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app-build.js';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { KEPT, RENEW, setUpByHand } from './old-server.ts';
import { look, Platform, visit, why } from './platform.ts';

const PATIENCE_MS = 1_200_000;

/** What an operator may have: how it comes to be, how it is mended, and what is said of it. */
const OBSTACLES: readonly (readonly [make: string, mend: string, said: string])[] = [
  [
    `systemd-run --unit other --quiet node -e 'require("net").createServer().listen(8080)'; n=0; until ss -Hltn 'sport = :8080' | grep -q .; do n=$((n + 1)); [ $n -lt 100 ]; sleep 0.1; done`,
    'systemctl stop other',
    'listens on 8080/tcp, where the firewall would cut it off. Say other_ports: [8080/tcp]',
  ],
  [
    'echo STRIPE_KEY=x >/var/www/vantus/.env',
    'rm /var/www/vantus/.env',
    "/var/www/vantus/.env has what /etc/default/vantus hasn't: STRIPE_KEY.",
  ],
  [
    'chown root /var/lib/vantus/uploads/2025/picture.png',
    'chown vantus /var/lib/vantus/uploads/2025/picture.png',
    "picture.png isn't vantus's",
  ],
  ['mkdir /var/www/vantus/releases', 'rmdir /var/www/vantus/releases', '/var/www/vantus/releases is here already'],
  [
    `sed -i 's|prod.db|shop.db|' /etc/default/vantus`,
    `sed -i 's|shop.db|prod.db|' /etc/default/vantus`,
    'would give DATABASE_URL in /etc/default/vantus another value',
  ],
  [
    `sed -i 's|server_name|server_name shop.example|' /etc/nginx/sites-available/vantus`,
    `sed -i 's|server_name shop.example|server_name|' /etc/nginx/sites-available/vantus`,
    'has shop.example besides',
  ],
  [
    `printf '[Unit]\\n' >/etc/systemd/system/vantus-worker.service`,
    'rm /etc/systemd/system/vantus-worker.service',
    'vantus-worker.service is a name that the runbooks need',
  ],
];

describeLab('a server that can’t be taken over as it is', () => {
  let platform: Platform;
  let host = '';
  let kept = '';
  beforeAll(async () => {
    platform = await Platform.borrow(1);
    [host = ''] = platform.hosts;
    await setUpByHand(host, { site: 'sites-enabled/vantus', home: '/home/vantus', certbot: 'standalone' });
    kept = await look(host, KEPT);
  }, LAB_START_MS);
  afterAll(() => platform.end());

  const state = () =>
    look(
      host,
      'ls -d /var/backups/vantus /etc/vrun/facts.d/* /etc/ufw/user.rules.*; ls /etc/nginx/*/; getent passwd vantus',
    );

  test('bootstrap.yml alone is refused, and says what comes first', async () => {
    const before = await state();
    const run = await platform.run('bootstrap.yml');
    expect(run.status).toBe(2);
    expect(run.stdout).toContain('Run move-in.yml first');
    expect(await state()).toBe(before);
  });

  test(
    'everything that stands in the way is told at once, dry or not, and nothing is changed',
    async () => {
      const before = await state();
      for (const [make] of OBSTACLES) await look(host, make);
      for (const options of [['--check'], []]) {
        const run = await platform.run('move-in.yml', undefined, ...options);
        expect(run.status, why(run)).toBe(2);
        for (const [, , said] of OBSTACLES) expect(why(run)).toContain(said);
        expect(run.named(host, 'changed')).toEqual([]);
      }
      for (const [, mend] of OBSTACLES) await look(host, mend);
      expect(await state()).toBe(before);
      const run = await platform.run('move-in.yml');
      expect(run.status, why(run)).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    'a first deployment that fails once it had taken over brings the old one back, and the next one goes well',
    async () => {
      const bootstrap = await platform.run('bootstrap.yml');
      expect(bootstrap.status, why(bootstrap)).toBe(0);
      const failed = await platform.run('deploy.yml', await buildApp({ change: 'blocked-script' }));
      expect(failed.status).toBe(2);
      expect(failed.named(host, 'changed')).toContain('The new version takes over');
      expect(await look(host, 'systemctl is-active vantus vantus@3005 vantus@3006')).toBe('active\ninactive\ninactive');
      expect(await look(host, 'cat /etc/nginx/sites-enabled/vantus')).toContain('client_max_body_size 20m');
      expect(await visit(host, '/')).toContain('Version eight');

      const good = await buildApp({ change: 'v2' });
      const run = await platform.run('deploy.yml', good);
      expect(run.status, why(run)).toBe(0);
      expect(await visit(host, '/proof/build.json')).toContain(good.id);
      expect(await visit(host, '/api/notes')).toContain('from long before');
      const verify = await platform.run('verify.yml', good);
      expect(verify.status, why(verify)).toBe(0);
      // certbot had it by a server of its own, which would find port 80 taken.
      expect(await look(host, KEPT)).toBe(kept);
      expect(await look(host, RENEW)).toContain('all renewals succeeded');
    },
    PATIENCE_MS,
  );
});
