// Background jobs, where they are wanted: they are done by the version in service, also after the next one, and after going back.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuiltApp, buildApp } from '../app-build.js';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { converges, look, Platform, visit, why } from './platform.ts';

const WORKER = ['-e', 'worker=true'];

describeLab('background jobs', () => {
  let platform: Platform;
  let host = '';
  let one: BuiltApp;
  let two: BuiltApp;
  beforeAll(async () => {
    [platform, one, two] = await Promise.all([Platform.borrow(1), buildApp(), buildApp({ change: 'v2' })]);
    [host = ''] = platform.hosts;
  }, LAB_START_MS);
  afterAll(() => platform.end());

  /** Asks for a job, and waits for the note that it writes. */
  const job = async (text: string): Promise<string> => {
    await visit(host, '/jobs', '--data', `text=${text}`);
    for (let tries = 0; tries < 40; tries += 1) {
      const notes = await visit(host, '/api/notes');
      const [note] = new RegExp(`${text}, done by version [^"]*`).exec(notes) ?? [];
      if (note !== undefined) return note;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return `${text} is not done`;
  };

  test('bootstrap and deploy: what the dry run foresees happens, and a second run changes nothing', async () => {
    await converges(platform, host, 'bootstrap.yml', undefined, ...WORKER);
    await converges(platform, host, 'deploy.yml', one, ...WORKER);
  }, 240_000);

  test('the version in service does them; Redis listens to its own server, and the worker is fenced in', async () => {
    expect(await job('first')).toBe('first, done by version 1.0.0');
    expect(await look(host, `ss -Hltn 'sport = :6379' | awk '{ print $4 }' | grep -v -e '^127' -e '^\\[::1\\]'`)).toBe(
      '',
    );
    expect(await look(host, 'ps -o user= -p "$(systemctl show -P MainPID vantus-worker)"')).toBe('vantus');
    const exposure = await look(host, 'systemd-analyze security --no-pager vantus-worker.service | tail -n 1');
    expect(Number(/: ([\d.]+)/.exec(exposure)?.[1])).toBeLessThan(3);
    const verify = await platform.run('verify.yml', one, ...WORKER);
    expect(verify.status, why(verify)).toBe(0);
  });

  test('a job in hand is finished while the next version takes over, which then does the rest', async () => {
    await visit(host, '/jobs', '--data', 'text=long&seconds=12');
    const run = await platform.run('deploy.yml', two, ...WORKER);
    expect(run.status, why(run)).toBe(0);
    expect(await visit(host, '/api/notes')).toContain('long, done by version 1.0.0');
    expect(await job('second')).toBe('second, done by version 2.0.0');
  });

  test('after going back the version before does them', async () => {
    const run = await platform.run('rollback.yml', two, ...WORKER);
    expect(run.status, why(run)).toBe(0);
    expect(run.totals(host).messages).toBeLessThanOrEqual(3);
    expect(await job('third')).toBe('third, done by version 1.0.0');
  });

  test('no longer wanted: bootstrap takes the worker away', async () => {
    const run = await platform.run('bootstrap.yml');
    expect(run.status, why(run)).toBe(0);
    expect(
      await look(host, 'systemctl is-active vantus-worker; ls /etc/systemd/system/vantus-worker.service 2>&1'),
    ).toMatch(/^inactive\nls: cannot access/);
  });

  test('Redis without a worker: it runs, and the application is told where', async () => {
    const redis = ['-e', '{"redis": true}'];
    await look(host, `sed -i /^REDIS_URL/d /etc/default/vantus; systemctl disable --now redis-server`);
    for (const [runbook, build] of [
      ['bootstrap.yml', undefined],
      ['deploy.yml', one],
    ] as const) {
      const run = await platform.run(runbook, build, ...redis);
      expect(run.status, why(run)).toBe(0);
      expect((await platform.run(runbook, build, ...redis)).totals(host)).toMatchObject({ changed: 0, messages: 1 });
    }
    expect(await look(host, 'systemctl is-active redis-server vantus-worker')).toBe('active\ninactive');
    expect(await look(host, 'grep ^REDIS_URL /etc/default/vantus')).toMatch(
      /^REDIS_URL="?redis:\/\/127\.0\.0\.1:6379"?$/,
    );
    const verify = await platform.run('verify.yml', one, ...redis);
    expect(verify.status, why(verify)).toBe(0);
  });
});
