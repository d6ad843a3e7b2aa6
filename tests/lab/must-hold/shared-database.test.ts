// Two servers that are one site: one PostgreSQL, one set of secrets. Its migrations are applied once.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuiltApp, buildApp } from '../app-build.js';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { postgresOn } from '../lab-api.js';
import { lent } from '../lent.ts';
import { look, Platform, visit, why } from './platform.ts';

describeLab('a database that servers share', () => {
  let platform: Platform;
  const lab = lent();
  let one: BuiltApp;
  let two: BuiltApp;
  let options: readonly string[] = [];
  beforeAll(async () => {
    const server = postgresOn(lab.host);
    [platform, one, two] = await Promise.all([Platform.borrow(2), buildApp(), buildApp({ change: 'v2' })]);
    const { url } = await server;
    const key = (digit: string) => digit.repeat(43);
    const shared = {
      NEXTAUTH_SECRET: key('a'),
      CSRF_SECRET: key('b'),
      CRON_SECRET: key('c'),
      SESSION_ENCRYPTION_KEY: key('d'),
      MFA_ENCRYPTION_KEY: '0'.repeat(64),
    };
    const schema = 'prisma/postgresql/schema.prisma';
    options = [
      '-e',
      JSON.stringify({ shared_secrets: shared, database_url: url, prisma_schema: schema, secrets_per_host: false }),
    ];
    const bootstrap = await platform.run('bootstrap.yml', undefined, '-e', '{"database_tools": ["postgresql-client"]}');
    expect(bootstrap.status, why(bootstrap)).toBe(0);
  }, LAB_START_MS);
  afterAll(() => {
    platform.end();
  });

  const migrated = (build: BuiltApp) => async () => {
    const run = await platform.run('deploy.yml', build, ...options);
    expect(run.status, why(run)).toBe(0);
    const name = 'The database has this release’s migrations'.replace('’', "'");
    const changed = platform.hosts.filter((host) => run.named(host, 'changed').includes(name));
    expect(changed).toEqual([platform.hosts[0]]);
    for (const host of platform.hosts) expect(await visit(host, '/proof/build.json')).toContain(build.id);
  };

  test('the first host migrates, the others find nothing to do', () => migrated(one)());
  test('so with the next version', () => migrated(two)());

  test('each migration is in the database once', async () => {
    const sql =
      'SELECT count(*) = count(DISTINCT migration_name) FROM _prisma_migrations WHERE finished_at IS NOT NULL';
    expect(await look(lab.host, `cd / && runuser -u postgres -- psql -At app -c "${sql}"`)).toBe('t');
  });

  test('a second deployment changes nothing', async () => {
    const again = await platform.run('deploy.yml', two, ...options);
    for (const host of platform.hosts) expect(again.named(host, 'changed', 'failed', 'unknown')).toEqual([]);
  });
});
