// From a bare host to a release in service, to the next one under load, and back: with the runbooks that ship.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuiltApp, buildApp } from '../app-build.js';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { address } from '../lab-api.js';
import { load, slowVisit } from './load.ts';
import { lies, look, marks, Platform, visit, why } from './platform.ts';

const SIX_HEADERS = [
  'content-security-policy',
  'strict-transport-security',
  'x-content-type-options',
  'referrer-policy',
  'x-frame-options',
  'permissions-policy',
];
const LINES = ['Build Proof', 'Security', 'Environment', 'Database', 'Service', 'Nginx', 'Audit'];
const DONE = Object.fromEntries(LINES.map((line) => [line, 'x']));

describeLab('bootstrap, deploy, verify, roll back', () => {
  let platform: Platform;
  let host = '';
  let one: BuiltApp;
  let two: BuiltApp;
  beforeAll(async () => {
    [platform, one, two] = await Promise.all([Platform.borrow(1), buildApp(), buildApp({ change: 'v2' })]);
    [host = ''] = platform.hosts;
  }, LAB_START_MS);
  afterAll(() => platform.end());

  /** What the start command of the release in service sets. */
  const started = () =>
    look(
      host,
      `tr '\\0' '\\n' </proc/$(systemctl show -P MainPID 'vantus@*.service' | grep -v '^0*$')/environ | grep ^STARTED`,
    );

  test('bootstrap: what the dry run foresees is what happens, and nothing is left to do', async () => {
    const dry = await platform.run('bootstrap.yml', undefined, '--check');
    expect(dry.status, why(dry)).toBe(0);
    const run = await platform.run('bootstrap.yml');
    expect(run.status, why(run)).toBe(0);
    expect(lies(dry, run, host)).toEqual([]);
    const again = await platform.run('bootstrap.yml');
    expect(again.named(host, 'changed', 'unknown', 'failed')).toEqual([]);
    expect(again.totals(host)).toMatchObject({ changed: 0, messages: 1 });
  });

  test('deploy: the same', async () => {
    const dry = await platform.run('deploy.yml', one, '--check');
    expect(dry.status, why(dry)).toBe(0);
    const run = await platform.run('deploy.yml', one);
    expect(run.status, why(run)).toBe(0);
    expect(lies(dry, run, host)).toEqual([]);
    expect(marks(run)).toEqual(DONE);
    expect(await visit(host, '/proof/build.json')).toContain(one.id);
  });

  test('a second deployment of the same build changes nothing, in one message', async () => {
    const again = await platform.run('deploy.yml', one);
    expect(again.status, why(again)).toBe(0);
    expect(again.named(host, 'changed', 'unknown', 'failed')).toEqual([]);
    expect(again.totals(host)).toMatchObject({ changed: 0, messages: 1 });
    expect(marks(again)).toEqual(DONE);
  });

  test('the host is as promised, by other means than vrun', async () => {
    const headers = (await visit(host, '/', '--dump-header', '-', '--output', '/dev/null')).toLowerCase();
    for (const header of SIX_HEADERS) expect(headers).toContain(`\n${header}: `);
    const listening = await look(host, `ss -Hltn | awk '{ print $4 }' | grep -v '^127' | sed 's/.*://' | sort -nu`);
    expect(listening.split('\n')).toEqual(['22', '80', '443']);
    expect(await look(host, `ufw status | awk '/ALLOW/ && !/v6/ { print $1 }' | sort`)).toBe('22/tcp\n443/tcp\n80/tcp');
    expect(await look(host, 'ps -o user= -p "$(systemctl show -P MainPID vantus@3005)"')).toBe('vantus');
    expect(await look(host, 'systemctl is-enabled vantus@3005 vantus@3006')).toBe('enabled\ndisabled');
    expect(await look(host, 'stat -c "%a %U %G" /etc/default/vantus')).toBe('640 root vantus');
    const exposure = await look(host, `systemd-analyze security --no-pager vantus@3005.service | tail -n 1`);
    expect(Number(/: ([\d.]+)/.exec(exposure)?.[1])).toBeLessThan(3);
    expect(
      await look(
        host,
        'curl -s -o /dev/null -w "%{http_code}" http://127.0.0.1/ -H "Host: '.concat(host, '.lab.test"'),
      ),
    ).toBe('301');
  });

  test('secrets made on the host are nowhere on this machine', async () => {
    const values = await look(host, `sed -n 's/^[A-Z_]*\\(SECRET\\|KEY\\)=//p' /etc/default/vantus`);
    const secrets = values.split('\n').map((value) => value.replaceAll('"', ''));
    expect(secrets).toHaveLength(5);
    const written = platform.project.everything();
    for (const secret of secrets) expect(written.includes(secret)).toBe(false);
    expect(await look(host, `journalctl --no-pager -o cat | grep -cF "${secrets.join('\n')}"`)).toBe('0');
  });

  test('verify finds nothing, in one message, and the seven lines are done', async () => {
    const verify = await platform.run('verify.yml', one);
    expect(verify.status, why(verify)).toBe(0);
    expect(verify.named(host, 'changed', 'unknown', 'failed')).toEqual([]);
    expect(verify.totals(host).messages).toBe(1);
    expect(marks(verify)).toEqual(DONE);
  });

  test('the next version takes over under load: no request fails, nor one that comes in slowly', async () => {
    const traffic = load(`https://${address(host)}/api/proof/headers`, `${host}.lab.test`);
    const slow = await slowVisit(address(host), `${host}.lab.test`, '/api/proof/headers');
    const deployment = platform.run('deploy.yml', two, '-e', '{"start_command": "STARTED=anew node server.js"}');
    await look(
      host,
      `until [ "$(readlink /var/www/vantus/current)" = releases/${two.id} ]; do sleep 0.1; done; sleep 4`,
    );
    expect(await slow.rest()).toBe('HTTP/1.1 200 OK');
    const run = await deployment;
    expect(run.status, why(run)).toBe(0);
    const { requests, faults } = await traffic.stop();
    expect(faults).toEqual([]);
    expect(requests).toBeGreaterThan(100);
    expect(await visit(host, '/proof/build.json')).toContain(two.id);
    expect(await look(host, 'systemctl is-active vantus@3005 vantus@3006')).toBe('inactive\nactive');
    expect(await started()).toBe('STARTED=anew');
  });

  test('assets of the release before stay served', async () => {
    const page = await look(
      host,
      `cat $(find /var/www/vantus/releases/${one.id}/.next/static -type f | head -n 1) | sha256sum`,
    );
    const path = await look(host, `cd /var/www/vantus/releases/${one.id}/.next && find static -type f | head -n 1`);
    expect(await visit(host, `/_next/${path}`, '--dump-header', '-', '--output', '/dev/null')).toMatch(
      /^HTTP\/\S+ 200/,
    );
    expect(page).not.toBe('');
  });

  test('a tampered file is named by verify, and its line has failed', async () => {
    await look(host, 'echo "// changed" >>/var/www/vantus/current/server.js');
    const verify = await platform.run('verify.yml', two);
    expect(verify.status).toBe(2);
    expect(verify.stdout).toMatch(/modified\s+server\.js/);
    expect(marks(verify)).toMatchObject({ 'Build Proof': '!' });
  });

  test('rollback: the release before, within three messages, in the chain', async () => {
    const before = platform.project.entries().length;
    const dry = await platform.run('rollback.yml', two, '--check');
    const run = await platform.run('rollback.yml', two);
    expect(run.status, why(run)).toBe(0);
    expect(lies(dry, run, host)).toEqual([]);
    expect(run.totals(host).messages).toBeLessThanOrEqual(3);
    expect(await visit(host, '/proof/build.json')).toContain(one.id);
    // By the command that it was deployed with.
    expect(await started()).toBe('');
    expect(platform.project.entries().length).toBe(before + 4);
    expect((await platform.project.vrun('audit', 'verify')).status).toBe(0);
    const verify = await platform.run('verify.yml', one);
    expect(verify.status, why(verify)).toBe(0);
    expect(verify.totals(host).messages).toBe(1);
    expect(marks(verify)).toEqual(DONE);
  });

  test('the report ends with the checklist', () => {
    const reports = platform.project.reports().map((path) => readFileSync(path, 'utf8'));
    expect(reports.findLast((text) => !text.startsWith('# Dry run'))).toContain('[x] Service');
  });
});
