// The main job: bootstrap.yml on bare hosts, once as a dry run, and twice for real.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { exec } from '../lab-api.js';
import { lies, Platform, why } from './platform.ts';

describeLab('bootstrap.yml', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.borrow(2);
  }, LAB_START_MS);
  afterAll(() => platform.end());

  test('the law of the dry run, host by host: on a bare host only what a package brings may be unknown', async () => {
    const dry = await platform.run('bootstrap.yml', undefined, '--check');
    expect(dry.status, why(dry)).toBe(0);
    for (const host of platform.hosts) {
      expect(dry.named(host, 'unknown')).toEqual(['Certificates are renewed by themselves']);
      // One message for all tasks, one for the handlers that they would notify.
      expect(dry.totals(host)).toMatchObject({ failed: 0, messages: 2 });
      expect((await exec(host, 'getent passwd vantus; ls /etc/vrun /run/vrun.lock')).stdout).toBe('');
    }
    const run = await platform.run('bootstrap.yml');
    expect(run.status, why(run)).toBe(0);
    for (const host of platform.hosts) expect(lies(dry, run, host)).toEqual([]);
  });

  test('the second run changes nothing in a single message a host, and a dry run agrees', async () => {
    for (const options of [[], ['--check']]) {
      const run = await platform.run('bootstrap.yml', undefined, ...options);
      expect(run.status, why(run)).toBe(0);
      for (const host of platform.hosts) {
        expect(run.named(host, 'changed', 'unknown', 'failed')).toEqual([]);
        expect(run.totals(host)).toMatchObject({ changed: 0, messages: 1 });
      }
    }
  });

  test('the hosts are as the runbook says, by other means than vrun', async () => {
    for (const host of platform.hosts) {
      const { stdout } = await exec(
        host,
        `stat -c '%n %a %U %G' /var/www/vantus /var/log/vantus /var/lib/vantus /var/lib/vantus/uploads
         getent passwd vantus | cut -d: -f7
         systemctl is-active nginx certbot.timer
         node --version | cut -d. -f1
         ufw status | awk '/ALLOW/ && !/v6/ { print $1 }' | sort
         sshd -T | tr 'A-Z' 'a-z' | sed 's/prohibit-password/without-password/' | grep -E '^(passwordauthentication|permitrootlogin) '
         nginx -t 2>&1 | grep -c successful
         cat /etc/apt/apt.conf.d/20auto-upgrades | grep -c '"1"'
         logrotate --debug /etc/logrotate.d/vantus 2>&1 | grep -c ^error
         ls /run/vrun.lock /var/lib/vrun/handlers 2>/dev/null`,
      );
      expect(stdout.split('\n')).toEqual([
        '/var/www/vantus 755 root root',
        '/var/log/vantus 750 vantus vantus',
        '/var/lib/vantus 750 vantus vantus',
        '/var/lib/vantus/uploads 750 vantus vantus',
        '/usr/sbin/nologin',
        'active',
        'active',
        'v20',
        '22/tcp',
        '443/tcp',
        '80/tcp',
        'permitrootlogin without-password',
        'passwordauthentication no',
        '1',
        '2',
        '0',
        expect.stringMatching(/^(\/var\/lib\/vrun\/handlers:)?$/),
        ...(stdout.includes('handlers:') ? [''] : []),
      ]);
    }
  });

  test('one file changed by hand on one host: that task there, its handler, and nothing else anywhere', async () => {
    const [one = '', other = ''] = platform.hosts;
    await exec(one, 'echo "PasswordAuthentication yes" >>/etc/ssh/sshd_config.d/10-vantus.conf');
    const run = await platform.run('bootstrap.yml');
    expect(run.status, why(run)).toBe(0);
    expect(run.named(one, 'changed')).toEqual(['Logins by key only', 'Reload sshd']);
    expect(run.named(other, 'changed')).toEqual([]);
    expect(run.totals(other).messages).toBe(1);
  });

  test('ssh-keygen accepts every entry of the chain', () => {
    const entries = platform.project.entries();
    expect(entries.length).toBeGreaterThanOrEqual(10);
    const signers = join(platform.project.directory, '.vrun/allowed_signers');
    const [, identity = ''] = /^(\S+) /.exec(readFileSync(signers, 'utf8')) ?? [];
    for (const entry of entries) {
      const text = readFileSync(entry, 'utf8');
      const line = text.slice(0, text.indexOf('\n') + 1);
      const signature = platform.project.write('signature', text.slice(line.length));
      const said = execFileSync(
        'ssh-keygen',
        ['-Y', 'verify', '-f', signers, '-I', identity, '-n', 'vrun-audit-entry-v1', '-s', signature],
        { input: line },
      );
      expect(said.toString()).toContain('Good "vrun-audit-entry-v1" signature');
    }
  });

  test('one flipped byte in any entry or journal line fails the verification, which names the place', async () => {
    const whole = await platform.project.vrun('audit', 'verify');
    expect(whole.status, whole.stdout + whole.stderr).toBe(0);
    for (const [index, file] of [...platform.project.entries(), ...platform.project.journals()].entries()) {
      const bytes = readFileSync(file);
      const at = Math.floor(((index * 37 + 11) % 97) * (bytes.length / 97));
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      writeFileSync(file, flipped);
      const said = await platform.project.vrun('audit', 'verify');
      writeFileSync(file, bytes);
      expect(said.status, `${file} at ${at}`).toBe(2);
      const place = file.endsWith('journal.jsonl') ? file.split('/').at(-2) : file.split('/').at(-1);
      expect(said.stdout + said.stderr).toContain(place);
    }
    expect((await platform.project.vrun('audit', 'verify')).status).toBe(0);
  });
});
