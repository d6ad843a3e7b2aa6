// Each of the seven lines, made false as operators meet it: verify says so and why, and so does a deployment, which refuses or would put it right.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuiltApp, buildApp } from '../app-build.js';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { ACME, exec } from '../lab-api.js';
import { lies, marks, Platform, why } from './platform.ts';
import type { Said } from './project.ts';
import { FAULTS, type Fault, LINES } from './seven-faults.ts';

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

  const done = async (script: string): Promise<void> => {
    const { status, stderr } = await exec(host, script);
    expect(status, stderr).toBe(0);
  };

  /** With the fault on the host: the line is false in both runs, and both tell why. */
  const isTold = async ({ line, told, deploy, options }: Omit<Fault, 'title' | 'spoil' | 'mend'>) => {
    const looking = platform.run('deploy.yml', build, '--check', ...options);
    // A run puts the record's witness on the host in order; in else the two are in nobody's way.
    if (line === 'Audit') await looking;
    const [deployed, verified] = await Promise.all([looking, platform.run('verify.yml', build, ...options)]);
    expect([verified.status, marks(verified)[line]], words(verified)).toEqual([2, '!']);
    expect(words(verified)).toMatch(told);
    expect(words(deployed)).toMatch(deploy);
    // It refuses, and that line is the one that failed; or there is something to do before all lines are done.
    if (deployed.status === 2) expect(marks(deployed)[line], words(deployed)).toBe('!');
    else
      expect([deployed.status, Object.values(marks(deployed))], words(deployed)).toEqual([
        0,
        expect.arrayContaining([' ']),
      ]);
  };

  test.each(FAULTS)('$line: $title', async ({ spoil, mend, ...fault }) => {
    try {
      await done(spoil);
      await isTold(fault);
    } finally {
      await done(mend);
    }
  });

  test.each([
    { title: 'has expired', days: -1, name: '', told: /expired/ },
    { title: 'runs out within days', days: 5, name: '', told: /5 days|4 days/ },
    { title: 'is for another name', days: 60, name: 'other.example', told: /other\.example|name/ },
  ])('Security: the certificate $title', async ({ days, name, told }) => {
    const { authority, certificate, key } = certificateOf(name || `${host}.lab.test`, days, platform.project.directory);
    const live = `/etc/letsencrypt/live/${host}.lab.test`;
    const put = (file: string, text: string) =>
      `echo ${Buffer.from(text).toString('base64')} | base64 -d >${live}/${file}`;
    try {
      await done(
        `cp -a --dereference ${live} /root/live && ${put('fullchain.pem', certificate)} && ${put('privkey.pem', key)} && systemctl reload nginx && sleep 1`,
      );
      const options = ['-e', `trusted_ca=${authority}`];
      await isTold({ line: 'Security', told, deploy: /certificate/, options });
    } finally {
      // nginx 1.27.4 and later keep a certificate over a reload whose file has the same second and inode.
      await done(
        `cd /root/live && cat fullchain.pem >${live}/fullchain.pem && cat privkey.pem >${live}/privkey.pem && systemctl reload nginx && sleep 1 && rm -r /root/live`,
      );
    }
  });

  test('what a deployment would put right it does, and all is well again', async () => {
    await done(`systemctl disable --now vantus@3005; rm /etc/nginx/sites-enabled/vantus; : >/var/log/vantus/deployments
      sed -i /CSRF_SECRET/d /etc/default/vantus; chmod 0644 /etc/default/vantus`);
    const dry = await platform.run('deploy.yml', build, '--check');
    const run = await platform.run('deploy.yml', build);
    expect(run.status, why(run)).toBe(0);
    expect(lies(dry, run, host)).toEqual([]);
    const verify = await platform.run('verify.yml', build);
    expect(verify.status, why(verify)).toBe(0);
    const again = await platform.run('deploy.yml', build);
    expect(again.named(host, 'changed', 'unknown', 'failed')).toEqual([]);
  });

  test('each has three at least', () => {
    for (const line of LINES) expect(FAULTS.filter((one) => one.line === line).length, line).toBeGreaterThanOrEqual(3);
  });
});

/** What a run tells of what failed or would be changed. */
function words(run: Said): string {
  const changes = run.events.flatMap((event) =>
    (event.type === 'task.finished' || event.type === 'handler.finished') && event.status !== 'ok'
      ? [event.task.name, ...event.changes.map(({ op, what, from, to }) => `  ${op} ${what}: ${from} → ${to}`)]
      : [],
  );
  return [...changes, why(run)].join('\n');
}

/** A certificate of an authority that is trusted beside the lab's. */
function certificateOf(name: string, days: number, directory: string) {
  const file = (path: string) => join(directory, path);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...fresh,
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
    '-subj',
    '/CN=Other',
    '-days',
    '9',
  );
  openssl('req', ...fresh, '-keyout', file('own.key'), '-out', file('own.csr'), '-subj', `/CN=${name}`);
  writeFileSync(file('own.ext'), `subjectAltName=DNS:${name}\n`);
  const signs = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-extfile', file('own.ext')];
  openssl('x509', '-req', '-in', file('own.csr'), ...signs, '-days', String(days), '-out', file('own.pem'));
  const text = (path: string) => readFileSync(path, 'utf8');
  const authority = file('trusted.pem');
  writeFileSync(authority, text(file('ca.pem')) + text(ACME.rootFile));
  return { authority, certificate: text(file('own.pem')) + text(file('ca.pem')), key: text(file('own.key')) };
}
