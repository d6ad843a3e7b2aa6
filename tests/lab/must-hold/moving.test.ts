// A server that was set up by hand is taken over by what docs/migrating.md says, under load, and goes back, and forward again.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocksOf } from '../../docs/markdown.ts';
import { type BuiltApp, buildApp } from '../app-build.js';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { address } from '../lab-api.js';
import { visits } from './load.ts';
import { KEPT, RENEW, setUpByHand } from './old-server.ts';
import { lies, look, marks, Platform, visit, why } from './platform.ts';
import type { Said } from './project.ts';

const SEVEN = ['Audit', 'Build Proof', 'Database', 'Environment', 'Nginx', 'Security', 'Service'];
/** All of it takes minutes where others work, too. */
const PATIENCE_MS = 1_200_000;

/** The commands of a block of the document, in order: a runbook and its options. */
function commands(use: string): readonly (readonly [string, ...string[]])[] {
  const text = blocksOf('docs/migrating.md').find((block) => block.use === use)?.text ?? '';
  return [...text.matchAll(/^vrun runbooks\/(\S+) -i inventory\/prod *((?:--?\w+ *)*)(?:#.*)?$/gm)].map(
    ([, runbook = '', options = '']) => [runbook, ...options.split(' ').filter((word) => word !== '')],
  );
}

describeLab('a server that was set up by hand', () => {
  let platform: Platform;
  let host = '';
  let build: BuiltApp;
  let kept = '';
  let pid = '';
  beforeAll(async () => {
    [platform, build] = await Promise.all([Platform.borrow(1), buildApp({ change: 'v2' })]);
    [host = ''] = platform.hosts;
    await setUpByHand(host);
    kept = await look(host, KEPT);
    pid = await look(host, 'systemctl show -P MainPID vantus.service');
  }, LAB_START_MS);
  afterAll(() => platform.end());

  const types = ([runbook, ...options]: readonly [string, ...string[]]): Promise<Said> =>
    platform.run(runbook, build, ...options);
  const running = () => look(host, 'systemctl is-active vantus vantus@3005 vantus@3006');

  test(
    'the commands of the document: each dry run is true, no visitor is lost, and the old unit is stopped once',
    async () => {
      const traffic = visits(address(host), `${host}.lab.test`, '/notes');
      const typed = commands('move');
      expect(typed.map((words) => words.join(' '))).toEqual([
        ...['move-in.yml', 'bootstrap.yml', 'deploy.yml'].flatMap((name) => [`${name} --check`, name]),
        'verify.yml',
      ]);
      let dry: Said | undefined;
      for (const command of typed) {
        // Nothing before has started it anew.
        if (command[0] === 'deploy.yml') expect(await look(host, 'systemctl show -P MainPID vantus.service')).toBe(pid);
        const run = await types(command);
        expect(run.status, `${command.join(' ')}: ${why(run)}`).toBe(0);
        if (dry !== undefined) expect(lies(dry, run, host)).toEqual([]);
        dry = command.includes('--check') ? run : undefined;
        if (command[0] === 'verify.yml')
          expect(marks(run)).toEqual(Object.fromEntries(SEVEN.map((line) => [line, 'x'])));
      }
      const { requests, faults } = await traffic.stop();
      expect(faults).toEqual([]);
      expect(requests).toBeGreaterThan(100);
    },
    PATIENCE_MS,
  );

  test('rows, settings with their comments, uploads and the certificate are as they were', async () => {
    expect(await visit(host, '/api/notes')).toContain('from long before');
    expect(await look(host, KEPT)).toBe(kept);
    expect(await look(host, 'stat -c "%a %U %G" /etc/default/vantus')).toBe('640 root vantus');
    expect(await visit(host, '/proof/build.json')).toContain(build.id);
    expect(await running()).toBe('inactive\ninactive\nactive');
    expect(await look(host, 'systemctl is-enabled vantus vantus@3006')).toBe('disabled\nenabled');
    expect(await look(host, 'stat -c "%a %U" /var/backups/vantus')).toBe('700 root');
    expect(await look(host, 'sqlite3 /var/backups/vantus/database "SELECT count(*) FROM Note"')).toBe('2');
  });

  test(
    'second runs change nothing',
    async () => {
      for (const runbook of ['move-in.yml', 'bootstrap.yml', 'deploy.yml']) {
        const again = await types([runbook]);
        expect(again.status, why(again)).toBe(0);
        expect(again.named(host, 'changed', 'unknown', 'failed')).toEqual([]);
        expect(again.totals(host).messages, runbook).toBeLessThanOrEqual(1);
      }
    },
    PATIENCE_MS,
  );

  test('the certificate is renewed as its timer does it', async () => {
    expect(await look(host, RENEW)).toContain('all renewals succeeded');
  });

  test(
    'the way back: the old unit, its site and its tree; and forward again. No visitor is lost',
    async () => {
      const traffic = visits(address(host), `${host}.lab.test`, '/notes');
      const [command = ['']] = commands('back');
      const dry = await types([...command, '--check']);
      const run = await types(command);
      expect(run.status, why(run)).toBe(0);
      expect(lies(dry, run, host)).toEqual([]);
      expect(await running()).toBe('active\ninactive\ninactive');
      expect(await visit(host, '/')).toContain('Version eight');
      expect(await visit(host, '/api/notes')).toContain('from before');
      expect(await look(host, 'cat /etc/nginx/sites-enabled/*')).toContain('client_max_body_size 20m');
      expect(await look(host, 'stat -c %U /var/www/vantus')).toBe('vantus');

      const forward = await types(['deploy.yml']);
      expect(forward.status, why(forward)).toBe(0);
      expect((await traffic.stop()).faults).toEqual([]);
      expect(await visit(host, '/proof/build.json')).toContain(build.id);
      expect(await running()).toBe('inactive\ninactive\nactive');
    },
    PATIENCE_MS,
  );

  test(
    'what is no longer wanted goes, and the platform is whole',
    async () => {
      const three = await buildApp({ change: 'v3' });
      const next = await platform.run('deploy.yml', three);
      expect(next.status, why(next)).toBe(0);
      const gone = blocksOf('docs/migrating.md').find(({ use }) => use === 'gone')?.text ?? '';
      await look(host, gone);
      expect(await look(host, 'ls /var/www/vantus; ls -d /var/backups/vantus; systemctl cat vantus 2>&1')).toMatch(
        /^current\nreleases\nslots\nstarts\nstatic\nNo files found/,
      );
      for (const runbook of ['bootstrap.yml', 'verify.yml', 'rollback.yml']) {
        const run = await platform.run(runbook, three);
        expect(run.status, why(run)).toBe(0);
      }
      expect(await visit(host, '/proof/build.json')).toContain(build.id);
    },
    PATIENCE_MS,
  );
});
