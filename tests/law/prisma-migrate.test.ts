// prisma-migrate on a real host, with the lab's application: its law for SQLite and PostgreSQL, and what a person sees
// when a migration fails, when the server is away, and that no password ever leaves the host.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { APP_ON_HOST, offerApp } from '../lab/app-offer.js';
import { describeLab, LAB_START_MS } from '../lab/describe-lab.ts';
import { borrow, exec, inventoryFile, postgresOn } from '../lab/lab-api.js';
import { openProject, type Said, vrun } from './law.ts';

const BACKUPS = '/var/lib/vantus/backups';

/** A runbook of one task. */
function task(version: string, schema = 'prisma/schema.prisma'): string {
  return `
- name: Database
  prisma-migrate:
    path: /srv/${version}
    schema: ${schema}
    env_file: /etc/default/vantus
    user: vantus
    backup: { path: ${BACKUPS}, keep: 2 }
`;
}

describeLab('prisma-migrate on a real host', () => {
  let host = '';
  let release = () => {};
  let inventory = '';

  const out = async (command: string) => {
    const { status, stdout, stderr } = await exec(host, command);
    expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
    return stdout.trim();
  };
  /** Dry run and run of one task, then both again: what each called the task. */
  const lawOf = async (tasks: string) => {
    const project = openProject(tasks);
    try {
      const before = await state();
      const dry = await vrun(project, inventory, '--check');
      expect(await state(), 'a dry run changes nothing').toEqual(before);
      const run = await vrun(project, inventory);
      const again = await vrun(project, inventory);
      const dryAgain = await vrun(project, inventory, '--check');
      return { dry, run, again, dryAgain };
    } finally {
      rmSync(project, { recursive: true });
    }
  };
  const state = () => out(`ls /var/lib/vantus ${BACKUPS} 2>/dev/null | grep -v -e -shm -e -wal || true`);
  const words = (said: Said) => said.tasks.map(({ status }) => status).join(' ');
  const databaseIs = (url: string) =>
    out(`umask 027; printf '%s\\n' "DATABASE_URL='${url}'" >/etc/default/vantus; chgrp vantus /etc/default/vantus`);
  /** Rows of a query, through the application's own driver. */
  const query = (sql: string) =>
    out(`setpriv --reuid vantus --regid vantus --init-groups node -e '
      const { createClient } = require("/srv/v1/node_modules/@libsql/client");
      createClient({ url: "file:/var/lib/vantus/prod.db" }).execute(process.argv[1])
        .then(({ rows }) => console.log(JSON.stringify(rows)));' '${sql}'`);

  beforeAll(async () => {
    await offerApp(['v1', 'v2', 'v3', 'failing-migration']);
    const loan = await borrow(1);
    [host = ''] = loan.names;
    release = loan.release;
    inventory = await inventoryFile([host]);
    await out(`${APP_ON_HOST} set -e
      node_there; for name in v1 v2 v3; do app_there $name /srv/$name; done; app_there failing-migration /srv/bad
      useradd --system vantus; install -d -o vantus -g vantus /var/lib/vantus`);
    await databaseIs('file:/var/lib/vantus/prod.db');
  }, LAB_START_MS);
  afterAll(() => release());

  test('SQLite: from no database', async () => {
    const { dry, run, again, dryAgain } = await lawOf(task('v1'));
    expect([dry, run, again, dryAgain].map(words), run.output).toEqual(['changed', 'changed', 'ok', 'ok']);
    expect(again.messages).toBe(1);
    expect(await out('stat -c %U /var/lib/vantus/prod.db; ls /var/lib/vantus')).toBe('vantus\nprod.db');
  }, 120_000);

  test('SQLite: two migrations behind, with a backup of what was', async () => {
    await query('INSERT INTO "Note" ("text") VALUES ("kept")');
    const { dry, run, again, dryAgain } = await lawOf(task('v3'));
    expect([dry, run, again, dryAgain].map(words), run.output).toEqual(['changed', 'changed', 'ok', 'ok']);
    expect(run.output).toContain('migration 20260201090000_note_author');
    expect(run.output).toContain('migration 20260301090000_note_author_index');
    expect(await query('SELECT "text", "author" FROM "Note"')).toBe('[{"text":"kept","author":null}]');
    expect(await out(`stat -c '%a %U' ${BACKUPS} ${BACKUPS}/*`)).toBe('700 vantus\n600 vantus');
    const copy = await out(`ls ${BACKUPS}/prod.db.*`);
    expect(
      await out(`cp ${copy} /tmp/copy.db && node -e '
      const { createClient } = require("/srv/v1/node_modules/@libsql/client");
      const db = createClient({ url: "file:/tmp/copy.db" });
      db.execute("SELECT * FROM Note").then(({ rows, columns }) => console.log(rows.length, columns.join()));'`),
    ).toBe('1 id,text,createdAt');
  }, 120_000);

  test('an older release goes back over a newer database: nothing to do', async () => {
    const { dry, run } = await lawOf(task('v1'));
    expect([dry, run].map(words), run.output).toEqual(['ok', 'ok']);
  }, 120_000);

  test('SQLite: a migration that fails is told in the words of the database, and stays for a person', async () => {
    await query('INSERT INTO "Start" ("commit") VALUES ("a")');
    const { dry, run, again, dryAgain } = await lawOf(task('bad'));
    expect([dry, run, again, dryAgain].map(words), run.output).toEqual(['changed', 'failed', 'failed', 'failed']);
    const failure = failureOf(run);
    expect(failure.summary).toBe('the migration 20260401090000_runs failed');
    expect(failure.detail).toContain('NOT NULL constraint failed: Run.stoppedAt');
    expect(failure.detail).toMatch(/The backup from before it: \/var\/lib\/vantus\/backups\/prod\.db\.\d{8}T\d{6}Z/);
    expect(failureOf(again).summary).toBe('the migration 20260401090000_runs failed in an earlier run');

    // Both ways are commands that work as they stand.
    const ways = failure.hint.split('\n').filter((line) => line.startsWith('  sudo '));
    expect(ways.map((way) => /--(rolled-back|applied) 20260401090000_runs/.exec(way)?.[1])).toEqual([
      'rolled-back',
      'applied',
    ]);
    expect(failureOf(again).hint).toBe(failure.hint);
    await query('DROP TABLE "Run"');
    await query('UPDATE "Start" SET "stoppedAt" = CURRENT_TIMESTAMP');
    await out(ways[0] ?? '');
    const repaired = await lawOf(task('bad'));
    expect([repaired.dry, repaired.run, repaired.again].map(words), repaired.run.output).toEqual([
      'changed',
      'changed',
      'ok',
    ]);
    expect(await out(`ls ${BACKUPS} | wc -l`), 'two backups are kept').toBe('2');
  }, 180_000);

  test('PostgreSQL: new, behind, failing, away; its password is never seen', async () => {
    const schema = 'prisma/postgresql/schema.prisma';
    const { url, password, database } = await postgresOn(host);
    await databaseIs(`${url}?schema=public`);
    const sql = (text: string) =>
      out(`cd / && setpriv --reuid postgres --regid postgres --init-groups psql -qAt -d ${database} -c '${text}'`);

    const fresh = await lawOf(task('v1', schema));
    expect([fresh.dry, fresh.run, fresh.again, fresh.dryAgain].map(words), fresh.run.output).toEqual([
      'changed',
      'changed',
      'ok',
      'ok',
    ]);
    const behind = await lawOf(task('v2', schema));
    expect([behind.dry, behind.run, behind.again].map(words), behind.run.output).toEqual(['changed', 'changed', 'ok']);
    expect(await sql('SELECT count(*) FROM _prisma_migrations')).toBe('2');
    expect(await out(`pg_restore --list $(ls ${BACKUPS}/app.* | tail -n 1) | grep -c 'TABLE DATA'`)).toBe('3');

    await sql('INSERT INTO "Start" ("commit") VALUES (1)');
    const failing = await lawOf(task('bad', schema));
    expect([failing.dry, failing.run, failing.again].map(words)).toEqual(['changed', 'failed', 'failed']);
    expect(failureOf(failing.run).detail).toContain('null value in column "stoppedAt" of relation "Run"');

    await out('systemctl stop postgresql@*');
    const away = await lawOf(task('v2', schema));
    expect([away.dry, away.run].map(words)).toEqual(['failed', 'failed']);
    expect(failureOf(away.run)).toMatchObject({
      summary: 'the database cannot be asked for its migrations',
      hint: 'Is the database server running, and does its firewall let this host in?',
    });
    for (const { dry, run, again } of [fresh, behind, failing, away]) {
      for (const said of [dry, run, again]) expect(said.output).not.toContain(password);
    }
  }, 300_000);
});

interface ToldFailure {
  readonly summary: string;
  readonly detail: string;
  readonly hint: string;
}

/** The failure of the one task. */
function failureOf({ output }: Said): ToldFailure {
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue;
    const event: { type?: string; failure?: Partial<ToldFailure> } = JSON.parse(line);
    if (event.type !== 'task.finished' || event.failure === undefined) continue;
    const { summary = '', detail = '', hint = '' } = event.failure;
    return { summary, detail, hint };
  }
  throw new Error(`no task failed:\n${output}`);
}
