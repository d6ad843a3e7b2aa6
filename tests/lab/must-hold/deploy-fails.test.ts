// Deployments that must not happen, and those that go back by themselves: what serves goes on serving.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuiltApp, buildApp } from '../app-build.js';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { look, marks, Platform, visit, why } from './platform.ts';

describeLab('a deployment that fails', () => {
  let platform: Platform;
  let first = '';
  let second = '';
  let good: BuiltApp;
  beforeAll(async () => {
    [platform, good] = await Promise.all([Platform.borrow(2), buildApp()]);
    [first = '', second = ''] = platform.hosts;
    for (const runbook of ['bootstrap.yml', 'deploy.yml']) {
      const run = await platform.run(runbook, good);
      expect(run.status, why(run)).toBe(0);
    }
  }, LAB_START_MS);
  afterAll(() => platform.end());

  /** Both hosts run the good build, and nothing of another one. */
  const untouched = async () => {
    for (const host of platform.hosts) {
      expect(await visit(host, '/proof/build.json')).toContain(good.id);
      expect(await look(host, 'systemctl is-active vantus@3005 vantus@3006')).toBe('active\ninactive');
      expect(await look(host, 'readlink /var/www/vantus/current')).toBe(`releases/${good.id}`);
    }
  };

  test('a migration that fails: the database’s words, two ways on, the old version serves, the next host is untouched', async () => {
    const bad = await buildApp({ change: 'failing-migration' });
    const run = await platform.run('deploy.yml', bad);
    expect(run.status).toBe(2);
    expect(run.stdout).toMatch(/NOT NULL constraint failed/);
    expect(run.stdout).toContain('--rolled-back');
    expect(run.stdout).toContain('--applied');
    expect(run.named(second, 'ok', 'changed', 'failed', 'skipped')).toEqual([]);
    expect(marks(run)).toMatchObject({ Database: '!' });
    await untouched();
    expect(await look(second, 'ls /var/www/vantus/releases')).toBe(good.id);
    // The database of the first host knows the failure until somebody resolves it.
    await look(
      first,
      `sqlite3 /var/lib/vantus/prod.db "DELETE FROM _prisma_migrations WHERE finished_at IS NULL; DROP TABLE IF EXISTS Run"`,
    );
  });

  test('a release that crashes at start: its last journal lines, and back by itself', async () => {
    const bad = await buildApp({ change: 'crashing' });
    const run = await platform.run('deploy.yml', bad);
    expect(run.status).toBe(2);
    expect(run.stdout).toContain('the licence of version five cannot be read');
    expect(run.named(second, 'ok', 'changed', 'failed', 'skipped')).toEqual([]);
    expect(marks(run)).toMatchObject({ Service: '!' });
    await untouched();
  });

  test('a release that is never healthy: back by itself', async () => {
    const run = await platform.run('deploy.yml', await buildApp({ change: 'unhealthy' }));
    expect(run.status).toBe(2);
    await untouched();
  });

  test('a release that is open to all, whatever it is told: back by itself', async () => {
    const run = await platform.run('deploy.yml', await buildApp({ change: 'open' }));
    expect(run.status).toBe(2);
    expect(run.stdout).toMatch(/It listens on \S+:3006/);
    expect(marks(run)).toMatchObject({ Security: '!' });
    await untouched();
  });

  test('a release whose page has a script that its own policy blocks: back by itself', async () => {
    const run = await platform.run('deploy.yml', await buildApp({ change: 'blocked-script' }));
    expect(run.status).toBe(2);
    expect(run.stdout).toContain('script');
    expect(run.named(first, 'failed')).toContain('A browser blocks nothing of the page');
    expect(marks(run)).toMatchObject({ Security: '!' });
    await untouched();
  });

  test.each([
    ['npm start', 'own-port'],
    ['PORT=3005 node server.js', 'v2'],
  ] as const)(
    'refused: a start command that names a port (%s), before anything is touched',
    async (command, change) => {
      const run = await platform.run(
        'deploy.yml',
        await buildApp({ change }),
        '-e',
        JSON.stringify({ start_command: command }),
      );
      expect(run.status).toBe(2);
      expect(run.stdout).toContain(`‹${command}› names a port of its own`);
      for (const host of platform.hosts) expect(run.named(host, 'changed')).toEqual([]);
      await untouched();
    },
  );

  test('refused: an unsigned build, before anything is touched', async () => {
    const out = join(platform.project.directory, 'unsigned');
    const build = await buildApp({ change: 'v2', out });
    writeFileSync(join(build.tree, 'manifest.json.sig'), '');
    const run = await platform.run('deploy.yml', build);
    expect(run.status).toBe(2);
    expect(run.stdout).toContain('manifest.json.sig');
    expect(marks(run)).toMatchObject({ 'Build Proof': '!' });
    for (const host of platform.hosts) expect(run.named(host, 'changed')).toEqual([]);
    await untouched();
  });

  test('refused: a dirty commit, unless it is allowed', async () => {
    const build = await buildApp({ change: 'v2', dirty: true });
    const run = await platform.run('deploy.yml', build);
    expect(run.status).toBe(2);
    expect(run.stdout).toContain('allow_dirty=true');
    await untouched();
    const dry = await platform.run('deploy.yml', build, '--check', '-e', '{"allow_dirty": true}');
    expect(dry.status, why(dry)).toBe(0);
  });

  test('refused: a host whose firewall is off', async () => {
    await look(first, 'ufw disable');
    const run = await platform.run('deploy.yml', good);
    await look(first, 'ufw --force enable');
    expect(run.status).toBe(2);
    expect(run.stdout).toContain(`The firewall of ${first} is off`);
    await untouched();
  });

  test('refused: a service that would run as root', async () => {
    const unit = '/etc/systemd/system/vantus@.service';
    await look(first, `sed -i.kept 's/^User=.*/User=root/' ${unit} && systemctl daemon-reload`);
    const run = await platform.run('deploy.yml', good);
    await look(first, `mv ${unit}.kept ${unit} && systemctl daemon-reload`);
    expect(run.status).toBe(2);
    expect(run.stdout).toContain('would run as root');
    await untouched();
  });
});
