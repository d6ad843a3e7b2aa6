import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Missing, type Output, type Plan } from '../../../engine/module/index.ts';
import { backupScript } from '../../../modules/prisma-migrate/backup.ts';
import prismaMigrate from '../../../modules/prisma-migrate/prisma-migrate.ts';
import type { MigrateState, MigrateWant } from '../../../modules/prisma-migrate/probe.ts';
import { prismaShell } from '../../../modules/prisma-migrate/shell.ts';
import { databaseWords, readDeployFailure, readStatus, type Status } from '../../../modules/prisma-migrate/status.ts';
import { type Answer, withUndone } from '../../../modules/prisma-migrate/undone.ts';
import { bind, type Params } from '../harness/bind.ts';
import { foreseen } from '../harness/foreseen.ts';
import { table } from '../harness/table.ts';

const params = { path: '/srv/app/', env_file: '/etc/default/app', user: 'app' };
const saved = { ...params, backup: { path: '/var/backups/app' } };
const base: MigrateState = {
  kind: 'sqlite',
  exists: true,
  migrations: ['1_a', '2_b'],
  status: { kind: 'up-to-date' },
  canDump: true,
};
const pending = { kind: 'pending', names: ['1_a', '2_b'], foreign: [] } as const;
const output = (status: number, stdout: string): Output => ({
  status,
  stdout,
  stderr: '',
  stdoutBytes: Buffer.from(stdout),
  truncated: false,
  timedOut: false,
});

table(
  prismaMigrate,
  [
    { title: 'up to date', params, have: base, changes: [], result: { pending: [] } },
    {
      title: 'each pending migration is a change, the last one has the step',
      params,
      have: { ...base, status: pending },
      changes: [
        '+ migration 1_a',
        '+ migration 2_b',
        '  $ vrun_said=$(prisma migrate deploy --schema prisma/schema.prisma 2>&1 </dev/null); vrun_status=$?',
      ],
      result: { pending: ['1_a', '2_b'] },
    },
    {
      title: 'a new database, and no list of migrations: Prisma decides',
      params,
      have: { ...base, exists: false, migrations: [], status: { ...pending, names: [] } },
      changes: [
        '+ whatever migrations Prisma finds',
        `  $ vrun_said=$(prisma migrate deploy --schema prisma/schema.prisma 2>&1 </dev/null); vrun_status=$?`,
      ],
      result: { pending: [] },
    },
    {
      title: 'a file that the user may not write to',
      params,
      have: { ...base, status: pending, shut: '/srv/prod.db' },
      changes: [],
      failure: 'app may not write to /srv/prod.db',
    },
    {
      title: 'a backup comes first',
      params: saved,
      have: { ...base, status: pending },
      changes: [
        '! backup of the database in /var/backups/app',
        '+ migration 1_a',
        '+ migration 2_b',
        '  $ vrun_said=$(prisma migrate deploy --schema prisma/schema.prisma 2>&1 </dev/null); vrun_status=$?',
      ],
    },
    {
      title: 'a database that is not there yet has nothing to back up',
      params: saved,
      have: { ...base, exists: false, status: { ...pending, names: ['1_a'] } },
      changes: [
        '+ migration 1_a',
        '  $ vrun_said=$(prisma migrate deploy --schema prisma/schema.prisma 2>&1 </dev/null); vrun_status=$?',
      ],
    },
    {
      title: 'a database that has to be there, and is not',
      params: { ...saved, create: false },
      have: { ...base, exists: false, status: { ...pending, names: ['1_a'] } },
      changes: [],
      failure: 'the file of the database is gone',
    },
    {
      title: 'a backup of PostgreSQL without pg_dump',
      params: saved,
      have: { ...base, kind: 'postgresql', canDump: false, status: pending },
      changes: [],
      failure: 'pg_dump is not on the host',
    },
    {
      title: 'pg_dump is not missed where nothing is pending',
      params: saved,
      have: { ...base, kind: 'postgresql', canDump: false },
      changes: [],
    },
    {
      title: 'a backup of another database',
      params: saved,
      have: { ...base, kind: 'other', canDump: false, status: pending },
      changes: [],
      failure: 'only SQLite and PostgreSQL are backed up',
    },
    {
      title: 'a migration that failed before is left alone',
      params: saved,
      have: { ...base, status: { kind: 'failed', names: ['2_b'] } },
      changes: [],
      failure: 'the migration 2_b failed in an earlier run',
      result: { failed: ['2_b'] },
    },
    {
      title: 'tables that no migration made',
      params,
      have: { ...base, status: { kind: 'unmanaged' } },
      changes: [],
      failure: 'the database has tables that no migration made',
    },
    {
      title: 'a database that does not answer',
      params,
      have: { ...base, status: { kind: 'error', words: "Error: Can't reach database server at `db:5432`" } },
      changes: [],
      failure: 'the database cannot be asked for its migrations',
    },
  ],
  /migrate deploy/,
);

describe('what the steps printed', () => {
  const plan = (given: Params): Plan => prismaMigrate.plan({ ...base, status: pending }, bind(prismaMigrate, given));

  test('all went well', () => {
    expect(plan(saved).after?.([output(0, '/var/backups/app/prod.db.1\n'), output(0, '> fine\n')])).toEqual({
      result: { pending: ['1_a', '2_b'], backup: '/var/backups/app/prod.db.1' },
    });
  });

  test('a migration failed: the words of the database, the backup, and two commands to copy', () => {
    const said = `> Loaded Prisma config\n> Error: external connector error\n> NOT NULL constraint failed: Run.x\n>    0: sql::apply_script\n>            with migration_name="2_b"\n>              at schema/a.rs:113\n`;
    const verdict = plan(saved).after?.([output(0, '/var/backups/app/prod.db.1\n'), output(1, said)]);
    expect(verdict?.result).toMatchObject({ failed: ['2_b'] });
    expect(verdict?.failure?.summary).toBe('the migration 2_b failed');
    expect(verdict?.failure?.detail).toContain(
      'The database says:\n  NOT NULL constraint failed: Run.x\nThe backup from',
    );
    expect(verdict?.failure?.hint).toContain(
      "  sudo -u app sh -c 'cd /srv/app && set -a && . /etc/default/app && set +a && node_modules/.bin/prisma migrate resolve --rolled-back 2_b --schema prisma/schema.prisma'\n",
    );
    expect(verdict?.failure?.hint).toContain('resolve --applied 2_b');
  });

  test('one that failed before, and what is no failure of a migration', () => {
    const earlier = 'The `1_a` migration started at 2026-01-01 00:00:00 UTC failed';
    expect(plan(params).after?.([output(1, `> Error: P3009\n> \n> ${earlier}\n`)])?.failure?.summary).toBe(
      'the migration 1_a failed in an earlier run',
    );
    const away = plan(params).after?.([output(1, "> Error: Can't reach database server at `db:5432`\n")]);
    expect(away?.failure?.summary).toBe('‹prisma migrate deploy› failed');
    expect(away?.result).toEqual({ pending: ['1_a', '2_b'] });
  });
});

describe('prisma migrate status', () => {
  const lines = (text: string) => text.split('\n');

  test.each([
    [0, '1 migration found in prisma/migrations\n\nDatabase schema is up to date!', { kind: 'up-to-date' }],
    [0, 'No migration found in prisma/migrations\n', { kind: 'up-to-date' }],
    [1, 'Following migrations have not yet been applied:\n1_a\n2_b\n\nTo apply …', pending],
    [1, 'Error: SQLITE_ERROR: no such table: _prisma_migrations', pending],
    [1, 'Following migrations have failed:\n1_a\n2_b\n\nDuring …', { kind: 'failed', names: ['1_a', '2_b'] }],
    [1, 'The current database is not managed by Prisma Migrate.\n', { kind: 'unmanaged' }],
    [
      1,
      'Your local migration history …:\n\nThe migration have not yet been applied:\n2_b\n\nThe migrations from the database are not found locally in prisma/migrations:\n3_c\n4_d',
      { kind: 'pending', names: ['2_b'], foreign: ['3_c', '4_d'] },
    ],
    [1, 'Loaded Prisma config from x.\nError: P1001\n\nNo', { kind: 'error', words: 'Error: P1001\nNo' }],
    [127, "/usr/bin/env: 'node': No such file", { kind: 'error', words: "/usr/bin/env: 'node': No such file" }],
    [1, 'Database schema is up to date!', { kind: 'error', words: 'Database schema is up to date!' }],
  ])('%i %j', (code, text, expected) => {
    expect(readStatus(code, lines(text), ['1_a', '2_b'])).toEqual(expected);
  });

  test('a new database is never up to date, not even where no migration is found', () => {
    for (const said of [
      'Error: SQLITE_ERROR: no such table: _prisma_migrations',
      'relation "_prisma_migrations" does not exist',
    ]) {
      expect(readStatus(1, [said], [])).toEqual({ kind: 'pending', names: [], foreign: [] });
    }
  });

  test('a list of what is no name is not believed', () => {
    const text = 'Following migration have not yet been applied:\n$(reboot)\n';
    expect(() => readStatus(1, lines(text), [])).toThrow('no name of a migration');
  });

  test('the native engine names the migration that failed', () => {
    const said = [
      'Error: P3018',
      '',
      'A migration failed to apply.',
      '',
      'Migration name: 2_b',
      '',
      'Database error code: 42P01',
    ];
    expect(readDeployFailure(said)).toMatchObject({ migration: '2_b', before: false });
    expect(databaseWords(said)).toBe(
      'Error: P3018\nA migration failed to apply.\nMigration name: 2_b\nDatabase error code: 42P01',
    );
  });
});

describe('the shell', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-prisma-'));
  const envFile = join(directory, 'settings');
  afterAll(() => rmSync(directory, { recursive: true }));
  const call = { path: '/', schema: 'x', envFile: undefined, user: undefined, command: ['printf', '%s\\n'] };
  const sh = (script: string, env: Readonly<Record<string, string>> = {}) =>
    execFileSync('sh', ['-c', script], {
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', ...env },
      encoding: 'utf8',
    });

  test.each([
    ['plain=a b  \n', 'plain', 'a b'],
    ['  export  x = "a \\"b\\" $c \\d" \n', 'x', 'a "b" $c \\d'],
    ["x='it''s $(id)'\n", 'x', 'its $(id)'],
    ["x=it\\'s # no comment\n", 'x', "it's # no comment"],
    ['x=1\nx="2"\r\n', 'x', '2'],
    ['# x=0\n; x=0\nbad-name=0\n=0\nx=$(touch /tmp/x)\n', 'x', '$(touch /tmp/x)'],
  ])('a settings file is read as systemd reads it: %j', (text, name, value) => {
    const script = prismaShell({ ...call, envFile }).text;
    writeFileSync(envFile, text);
    expect(sh(`${script}\nprintf %s "$${name}"`)).toBe(value);
  });

  test('a value without an end is refused', () => {
    const script = prismaShell({ ...call, envFile }).text;
    writeFileSync(envFile, "x='a\nb'\n");
    expect(sh(`(${script}) 2>&1; echo $?`)).toBe(`a value in ${envFile} has no end on its line\n1\n`);
  });

  test('whatever the password is, neither it nor the URL is printed', () => {
    const secret = fc.string({ minLength: 4, maxLength: 20, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(secret, (password) => {
        const url = `postgresql://app:${encodeURIComponent(password)}@db/app?schema=public`;
        const script = `${prismaShell(call).text}\nprisma "$DATABASE_URL" "$P" "Error at $DATABASE_URL." "x$P" | cleared`;
        const printed = sh(script, { DATABASE_URL: url, P: password });
        expect(printed).toBe('> (DATABASE_URL)\n> (password)\n> Error at (DATABASE_URL).\n> x(password)\n');
      }),
      { numRuns: 25 },
    );
  });

  test.each([
    ['6', '', '--stdin --schema x'],
    ['7', 'case $* in *--schema*) echo "unknown or unexpected option: --schema"; exit 1;; esac', '--stdin'],
  ])('Prisma %s executes SQL', (_, refusal, words) => {
    const prisma = join(directory, 'prisma');
    writeFileSync(prisma, `#!/bin/sh\n${refusal}\necho "$* <$(cat)"; exit 3\n`, { mode: 0o755 });
    const script = `${prismaShell({ ...call, command: [prisma] }).text}\nexecute 'SELECT 1'; echo $?`;
    expect(sh(script)).toBe(`db execute ${words} <SELECT 1\n3\n`);
  });

  test.each([
    ['file:/data/x.db', 'sqlite3'],
    ['file:./x.db', 'prisma'],
    ['file:x.db?connection_limit=1', 'prisma'],
  ])('%s is copied by %s', (url, program) => {
    const bin = join(directory, `bin-${program}-${url.length}`);
    mkdirSync(bin);
    // Writes the copy that its SQL names, as either does.
    const copies = (name: string, sql: string) =>
      writeFileSync(
        join(bin, name),
        `#!/bin/sh\nto=$(${sql} | sed -n "s/.*VACUUM INTO '\\(.*\\)'.*/\\1/p"); echo ${name} >"$to"\n`,
        { mode: 0o755 },
      );
    copies('sqlite3', `printf '%s\\n' "$@"`);
    copies('prisma', 'cat');
    const want: MigrateWant = { ...call, command: [join(bin, 'prisma')], backup: undefined, create: true, timeout: 1 };
    const script = backupScript({ ...want, backup: { path: join(bin, 'kept'), keep: 1 } }).text;
    const copy = sh(script, { DATABASE_URL: url, PATH: `${bin}:${process.env.PATH ?? ''}` }).trim();
    expect(readFileSync(copy, 'utf8')).toBe(`${program}\n`);
    expect(copy).toContain('/kept/x.db.');
  });

  test('pg_dump gets what the URL says, decoded', () => {
    const want: MigrateWant = { ...call, backup: { path: '/nonexistent', keep: 1 }, create: true, timeout: 1 };
    const script = backupScript({ ...want, backup: { path: '/tmp', keep: 1 } }).text;
    const start = script.indexOf('vrun_exports=$(LC_ALL=C awk');
    const connection = script.slice(start, script.indexOf('\n', script.indexOf('eval "$vrun_exports"')));
    const read = (url: string) => sh(`${connection}\nenv | grep ^PG | sort`, { DATABASE_URL: url }).trim().split('\n');
    expect(read("postgresql://a%40b:it's%2F1@db.example:5433/app?schema=public&sslmode=require")).toEqual([
      'PGDATABASE=app',
      'PGHOST=db.example',
      "PGPASSWORD=it's/1",
      'PGPORT=5433',
      'PGSSLMODE=require',
      'PGUSER=a@b',
    ]);
    expect(read('postgres://app:%C3%A9@db/app')).toContain('PGPASSWORD=é');
    expect(read('postgres://app@[::1]/app')).toEqual(['PGDATABASE=app', 'PGHOST=::1', 'PGUSER=app']);
    expect(read('postgres://app:x@localhost/app?host=/run/postgresql')).toContain('PGHOST=/run/postgresql');
  });
});

test.each([
  [{ ...params, path: 'srv' }, 'absolute'],
  [{ ...params, env_file: 'x' }, 'absolute'],
  [{ ...params, backup: { path: 'x' } }, 'absolute'],
  [{ ...params, schema: '/x/schema.prisma' }, 'inside the application'],
  [{ ...params, schema: '../schema.prisma' }, 'inside the application'],
  [{ ...params, user: 'a b' }, 'Not the name of a user'],
  [{ ...params, command: ['a\nb'] }, 'control characters'],
])('parameters that are refused: %j', (given, words) => {
  expect(() => bind(prismaMigrate, given)).toThrow(words);
});

test.each([
  ['/srv/app', true],
  ['/srv/app/prisma/schema.prisma', true],
  ['/srv/app/node_modules/.bin/prisma', true],
  ['/etc/default/app', true],
  ['/srv/app/server.js', false],
])('in a dry run nobody knows what is pending once %s is to change: %s', (path, isUnknown) => {
  const want = bind(prismaMigrate, { path: '/srv/app', env_file: '/etc/default/app' });
  const then = prismaMigrate.pending(base, want, foreseen([{ path, kind: 'anything' }]));
  expect(then instanceof Missing).toBe(isUnknown);
});

describe('what the status leaves out', () => {
  const upToDate: Status = { kind: 'up-to-date' };
  const behind: Status = { kind: 'pending', names: ['3_c'], foreign: ['9_x'] };
  const release = ['1_a', '2_b', '3_c'];
  const raised = (text: string) => ({ code: 1, lines: ['Database error: ERROR P0001', `Error: ERROR: ${text}`] });

  test.each<readonly [string, Status, Answer | undefined, Status]>([
    ['nothing', upToDate, { code: 0, lines: [] }, upToDate],
    ['a database that is not asked', behind, undefined, behind],
    ['rolled back, to be applied again', upToDate, raised('vrun:-2_b'), { ...behind, names: ['2_b'], foreign: [] }],
    ['in the order of the release', behind, raised('vrun:-2_b'), { ...behind, names: ['2_b', '3_c'] }],
    ['rolled back, and of another release', upToDate, raised('vrun:-8_y'), upToDate],
    ['failed, with others behind it', behind, raised('vrun:-1_a !2_b'), { kind: 'failed', names: ['2_b'] }],
    [
      'SQLite',
      upToDate,
      { code: 1, lines: ["Error: JSON path error near 'vrun:-2_b'"] },
      { ...behind, names: ['2_b'], foreign: [] },
    ],
    ['no table yet', behind, { code: 1, lines: ['Error: SQLITE_ERROR: no such table: _prisma_migrations'] }, behind],
    ['no answer', upToDate, { code: 1, lines: ['Error: locked'] }, { kind: 'error', words: 'Error: locked' }],
    [
      'a failure stays one',
      { kind: 'failed', names: ['2_b'] },
      raised('vrun:!2_b'),
      { kind: 'failed', names: ['2_b'] },
    ],
  ])('%s', (_, status, undone, expected) => {
    expect(withUndone(status, undone, release)).toEqual(expected);
  });
});
