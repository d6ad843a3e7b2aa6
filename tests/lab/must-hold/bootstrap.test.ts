// The main job: bootstrap.yml on bare hosts, once as a dry run, and twice for real.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { borrow, exec, inventoryFile } from '../lab-api.js';
import { LabProject, RUNBOOKS } from './project.ts';

const BOOTSTRAP = join(RUNBOOKS, 'bootstrap.yml');

describeLab('bootstrap.yml', () => {
  const project = new LabProject();
  let hosts: readonly string[] = [];
  let release = () => {};
  let inventory = '';
  beforeAll(async () => {
    const loan = await borrow(2);
    hosts = loan.names;
    release = loan.release;
    inventory = await inventoryFile(loan.names);
  }, LAB_START_MS);
  afterAll(() => {
    release();
    project.remove();
  });

  test('the law of the dry run, host by host: on a bare host only the health check may be unknown', async () => {
    const dry = await project.json(BOOTSTRAP, '-i', inventory, '--check');
    expect(dry.status, dry.stderr).toBe(0);
    for (const host of hosts) {
      expect(dry.named(host, 'unknown')).toEqual(['Healthy through nginx']);
      // One message for all tasks, one for the handlers that they would notify.
      expect(dry.totals(host)).toMatchObject({ failed: 0, messages: 2 });
      expect((await exec(host, 'getent passwd vantus; ls /etc/default/vantus /run/lock/vrun')).stdout).toBe('');
    }
    const run = await project.json(BOOTSTRAP, '-i', inventory);
    expect(run.status, run.stderr).toBe(0);
    for (const host of hosts) {
      const changed = run.named(host, 'changed');
      expect(changed).toEqual(expect.arrayContaining([...dry.named(host, 'changed')]));
      expect(dry.named(host, 'changed', 'unknown')).toEqual(expect.arrayContaining([...changed]));
    }
  });

  test('the second run changes nothing in a single message a host, and a dry run agrees', async () => {
    for (const options of [[], ['--check']]) {
      const run = await project.json(BOOTSTRAP, '-i', inventory, ...options);
      expect(run.status, run.stderr).toBe(0);
      for (const host of hosts) {
        expect(run.named(host, 'changed', 'unknown', 'failed')).toEqual([]);
        expect(run.totals(host)).toMatchObject({ changed: 0, messages: 1 });
      }
    }
  });

  test('the hosts are as the runbook says, by other means than vrun', async () => {
    for (const host of hosts) {
      const { stdout } = await exec(
        host,
        `stat -c '%n %a %U %G' /var/www/vantus /var/log/vantus /var/lib/vantus /var/lib/vantus/uploads /etc/default/vantus
         getent passwd vantus | cut -d: -f7
         systemctl is-active vantus nginx; systemctl is-enabled vantus
         ufw status | grep -c ALLOW
         curl -s -o /dev/null -w '%{http_code}\\n' -H 'Host: vantus.example' http://127.0.0.1/
         ls /run/lock/vrun /var/lib/vrun/handlers 2>/dev/null`,
      );
      expect(stdout.split('\n')).toEqual([
        '/var/www/vantus 755 vantus vantus',
        '/var/log/vantus 750 vantus vantus',
        '/var/lib/vantus 750 vantus vantus',
        '/var/lib/vantus/uploads 750 vantus vantus',
        '/etc/default/vantus 640 root vantus',
        '/usr/sbin/nologin',
        'active',
        'active',
        'enabled',
        expect.stringMatching(/^[36]$/),
        '200',
        expect.stringMatching(/^(\/var\/lib\/vrun\/handlers:)?$/),
        ...(stdout.includes('handlers:') ? [''] : []),
      ]);
    }
  });

  test('one file changed by hand on one host: that task there, its handler, and nothing else anywhere', async () => {
    const [one = '', other = ''] = hosts;
    await exec(one, 'echo "# by hand" >>/etc/default/vantus');
    const run = await project.json(BOOTSTRAP, '-i', inventory);
    expect(run.status, run.stderr).toBe(0);
    expect(run.named(one, 'changed')).toEqual(['Settings', 'Restart the application']);
    expect(run.named(other, 'changed')).toEqual([]);
    expect(run.totals(other).messages).toBe(1);
  });

  test('ssh-keygen accepts every entry of the chain', () => {
    const entries = project.entries();
    expect(entries.length).toBeGreaterThanOrEqual(10);
    const signers = join(project.directory, '.vrun/allowed_signers');
    const [, identity = ''] = /^(\S+) /.exec(readFileSync(signers, 'utf8')) ?? [];
    for (const entry of entries) {
      const text = readFileSync(entry, 'utf8');
      const line = text.slice(0, text.indexOf('\n') + 1);
      const signature = project.write('signature', text.slice(line.length));
      const said = execFileSync(
        'ssh-keygen',
        ['-Y', 'verify', '-f', signers, '-I', identity, '-n', 'vrun-audit-entry-v1', '-s', signature],
        { input: line },
      );
      expect(said.toString()).toContain('Good "vrun-audit-entry-v1" signature');
    }
  });

  test('one flipped byte in any entry or journal line fails the verification, which names the place', async () => {
    const whole = await project.vrun('audit', 'verify');
    expect(whole.status, whole.stdout + whole.stderr).toBe(0);
    for (const [index, file] of [...project.entries(), ...project.journals()].entries()) {
      const bytes = readFileSync(file);
      const at = Math.floor(((index * 37 + 11) % 97) * (bytes.length / 97));
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      writeFileSync(file, flipped);
      const said = await project.vrun('audit', 'verify');
      writeFileSync(file, bytes);
      expect(said.status, `${file} at ${at}`).toBe(2);
      const place = file.endsWith('journal.jsonl') ? file.split('/').at(-2) : file.split('/').at(-1);
      expect(said.stdout + said.stderr).toContain(place);
    }
    expect((await project.vrun('audit', 'verify')).status).toBe(0);
  });
});
