// prisma-migrate on a real host, with the lab's application: its law for SQLite and PostgreSQL, and what a person sees
// when a migration fails, when the server is away, and that no password ever leaves the host.
import { rmSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { APP_ON_HOST, offerApp } from '../../lab/app-offer.js';
import { describeLab, LAB_START_MS } from '../../lab/describe-lab.ts';
import { exec, postgresOn } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { openProject, type Said, vrun } from '../../law/law.ts';

/** A run takes two to three seconds of processor time on the host, Prisma's own; two cores may be shared by many. */
const PATIENCE = 600_000;

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
  const lab = lent();

  const out = async (command: string) => {
    const { status, stdout, stderr } = await exec(lab.host, command);
    expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
    return stdout.trim();
  };
  /** A dry run first, which must change nothing, then a run, and as many more as are wanted: `runs` 4 ends in a dry run. */
  const lawOf = async (tasks: string, runs: 2 | 3 | 4) => {
    const project = openProject(tasks);
    try {
      const before = await state();
      const said = [await vrun(project, lab.inventory, '--check')];
      expect(await state(), 'a dry run changes nothing').toEqual(before);
      while (said.length < runs)
        said.push(await vrun(project, lab.inventory, ...(said.length === 3 ? ['--check'] : [])));
      const [dry, run, again = run] = said;
      if (!dry || !run || !again) throw new Error('there were fewer runs');
      return { said, run, again, statuses: said.map(({ tasks: [one] }) => one?.status ?? '') };
    } finally {
      rmSync(project, { recursive: true });
    }
  };
  const state = () => out(`ls /var/lib/vantus ${BACKUPS} 2>/dev/null | grep -v -e -shm -e -wal || true`);
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
    await out(`${APP_ON_HOST} set -e
      node_there; for name in v1 v2 v3; do app_there $name /srv/$name; done; app_there failing-migration /srv/bad
      useradd --system vantus; install -d -o vantus -g vantus /var/lib/vantus`);
    await databaseIs('file:/var/lib/vantus/prod.db');
  }, LAB_START_MS);

  test(
    'SQLite: from no database',
    async () => {
      const { statuses, run, again } = await lawOf(task('v1'), 4);
      expect(statuses, run.output).toEqual(['changed', 'changed', 'ok', 'ok']);
      expect(again.messages).toBe(1);
      expect(await out('stat -c %U /var/lib/vantus/prod.db; ls /var/lib/vantus')).toBe('vantus\nprod.db');
    },
    PATIENCE,
  );

  test(
    'SQLite: two migrations behind, with a backup of what was',
    async () => {
      await query('INSERT INTO "Note" ("text") VALUES (7)');
      const { statuses, run } = await lawOf(task('v3'), 3);
      expect(statuses, run.output).toEqual(['changed', 'changed', 'ok']);
      expect(run.output).toContain('migration 20260201090000_note_author');
      expect(run.output).toContain('migration 20260301090000_note_author_index');
      expect(await query('SELECT "text", "author" FROM "Note"')).toBe('[{"text":"7","author":null}]');
      expect(await out(`stat -c '%a %U' ${BACKUPS} ${BACKUPS}/*`)).toBe('700 vantus\n600 vantus');
      const copy = await out(`ls ${BACKUPS}/prod.db.*`);
      expect(
        await out(`cp ${copy} /tmp/copy.db && node -e '
      const { createClient } = require("/srv/v1/node_modules/@libsql/client");
      const db = createClient({ url: "file:/tmp/copy.db" });
      db.execute("SELECT * FROM Note").then(({ rows, columns }) => console.log(rows.length, columns.join()));'`),
      ).toBe('1 id,text,createdAt');
    },
    PATIENCE,
  );

  test(
    'an older release goes back over a newer database: nothing to do',
    async () => {
      const { statuses, run } = await lawOf(task('v1'), 2);
      expect(statuses, run.output).toEqual(['ok', 'ok']);
    },
    PATIENCE,
  );

  test(
    'SQLite: a migration that fails is told in the words of the database, and stays for a person',
    async () => {
      await query('INSERT INTO "Start" ("commit") VALUES (7)');
      const { statuses, run, again } = await lawOf(task('bad'), 4);
      expect(statuses, run.output).toEqual(['changed', 'failed', 'failed', 'failed']);
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
      const repaired = await lawOf(task('bad'), 3);
      expect(repaired.statuses, repaired.run.output).toEqual(['changed', 'changed', 'ok']);
      expect(await out(`ls ${BACKUPS} | wc -l`), 'two backups are kept').toBe('2');
    },
    PATIENCE,
  );

  test(
    'PostgreSQL: new, behind, failing, away; its password is never seen',
    async () => {
      const schema = 'prisma/postgresql/schema.prisma';
      const { url, password, database } = await postgresOn(lab.host);
      await databaseIs(`${url}?schema=public`);
      const sql = (text: string) =>
        out(`cd / && setpriv --reuid postgres --regid postgres --init-groups psql -qAt -d ${database} -c '${text}'`);

      const fresh = await lawOf(task('v1', schema), 3);
      expect(fresh.statuses, fresh.run.output).toEqual(['changed', 'changed', 'ok']);
      const behind = await lawOf(task('v2', schema), 2);
      expect(behind.statuses, behind.run.output).toEqual(['changed', 'changed']);
      expect(await sql('SELECT count(*) FROM _prisma_migrations')).toBe('2');
      expect(await out(`pg_restore --list $(ls ${BACKUPS}/app.* | tail -n 1) | grep -c 'TABLE DATA'`)).toBe('3');

      await sql('INSERT INTO "Start" ("commit") VALUES (1)');
      const failing = await lawOf(task('bad', schema), 2);
      expect(failing.statuses, failing.run.output).toEqual(['changed', 'failed']);
      expect(failureOf(failing.run).detail).toContain('null value in column "stoppedAt" of relation "Run"');

      await out('systemctl stop postgresql@*');
      const away = await lawOf(task('v2', schema), 2);
      expect(away.statuses, away.run.output).toEqual(['failed', 'failed']);
      expect(failureOf(away.run)).toMatchObject({
        summary: 'the database cannot be asked for its migrations',
        hint: 'Is the database server running, and does its firewall let this host in?',
      });
      for (const { output } of [fresh, behind, failing, away].flatMap(({ said }) => said)) {
        expect(output).not.toContain(password);
      }
    },
    PATIENCE,
  );
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
