// The programs that read the environment file and the database's URL on hosts, in each awk; and the one for Node.js.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import APPLIED from '../../../modules/prisma-migrate/applied.sh';
import CLEARED from '../../../modules/prisma-migrate/cleared.awk';
import CONFIGURED from '../../../modules/prisma-migrate/configured.cjs';
import CONNECTION from '../../../modules/prisma-migrate/connection.awk';
import EXPORTS from '../../../modules/prisma-migrate/exports.awk';
import PERCENT from '../../../modules/prisma-migrate/percent.awk';
import RELEASE from '../../../modules/prisma-migrate/release.sh';
import { awk, EACH_AWK } from '../harness/awks.ts';
import { SHELLS } from '../harness/perform.ts';

/** A configuration of Prisma 7. */
const OWN = 'export default defineConfig({ datasource: { url: env("DATABASE_URL") } });';

const EXPORTED: readonly (readonly [line: string, exported: string])[] = [
  ['A=1', "A='1'"],
  ['export A=1', "A='1'"],
  ['  A = x y  ', "A='x y'"],
  ['A="x \\"y\\" $z"', `A='x "y" $z'`],
  ["A='x  y'", "A='x  y'"],
  ["A=it\\'s", "A='it'\\''s'"],
  ['A=x\\ y', "A='x y'"],
  ['A=1\r', "A='1'"],
  ['A=', "A=''"],
  ['# A=1', ''],
  ['1A=1', ''],
  ['nothing', ''],
];

const CONNECTIONS: readonly (readonly [url: string, exported: readonly string[]])[] = [
  ['postgresql://u:p@h:5433/d', ['PGUSER=u', 'PGPASSWORD=p', 'PGPORT=5433', 'PGHOST=h', 'PGDATABASE=d']],
  ['postgres://h/d', ['PGHOST=h', 'PGDATABASE=d']],
  [
    'postgresql://u@[::1]/d?schema=public&sslmode=require',
    ['PGUSER=u', 'PGSSLMODE=require', 'PGHOST=::1', 'PGDATABASE=d'],
  ],
  ['postgresql://u:a%40b%2Fc@h/d', ['PGUSER=u', 'PGPASSWORD=a@b/c', 'PGHOST=h', 'PGDATABASE=d']],
  ['postgresql:///d?host=%2Frun%2Fpg', ['PGHOST=/run/pg', 'PGDATABASE=d']],
];

describe.each(EACH_AWK)('in %s', (_, which) => {
  test.each(EXPORTED)('exports.awk: %j', (line, exported) => {
    expect(awk(which, EXPORTS, { stdin: `${line}\n` })).toBe(exported === '' ? '' : `export ${exported}\n`);
  });

  test.each(['A="x', "A='x", 'A=x\\'])('exports.awk refuses what goes on: %j', (line) => {
    expect(() => awk(which, EXPORTS, { stdin: `${line}\n` })).toThrow('status 3');
  });

  test.each(CONNECTIONS)('connection.awk: %s', (url, exported) => {
    const out = awk(which, `${PERCENT}\n${CONNECTION}`, { env: { DATABASE_URL: url } });
    expect(out).toBe(exported.map((one) => `export ${one.replace('=', "='")}'\n`).join(''));
  });

  test.each([
    ['postgresql://u:secret@h/d', 'at postgresql://u:secret@h/d', '> at (DATABASE_URL)'],
    ['postgresql://u:se%21ret@h/d', 'se!ret, se%21ret', '> (password), (password)'],
    ['postgresql://u:50%off@h/d', '50%off', '> (password)'],
    ['postgresql://u:abc@h/d', 'abc', '> abc'],
    ['file:dev.db', 'at file:dev.db', '> at file:dev.db'],
  ])('cleared.awk: %s', (url, said, cleared) => {
    const out = awk(which, `${PERCENT}\n${CLEARED}`, { stdin: `${said}\n`, env: { DATABASE_URL: url } });
    expect(out).toBe(`${cleared}\n`);
  });
});

describe('configured.cjs', () => {
  const tell = (loader: string | undefined, config: string): string => {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'vrun-prisma-programs-')));
    try {
      const own = join(directory, 'node_modules/@prisma/config');
      mkdirSync(own, { recursive: true });
      writeFileSync(join(directory, 'package.json'), '{}');
      if (loader !== undefined) writeFileSync(join(own, 'index.js'), loader);
      const words = [config, join(directory, 'nowhere'), join(directory, 'package.json')];
      const { stdout, stderr } = spawnSync(process.execPath, ['-e', CONFIGURED, ...words], {
        cwd: directory,
        encoding: 'utf8',
      });
      return (stdout + stderr).replaceAll(directory, '');
    } finally {
      rmSync(directory, { recursive: true });
    }
  };

  test.each([
    ['no loader', undefined, '', ''],
    ['not read', 'exports.loadConfigFromFile = async () => ({ error: {} })', '', ''],
    ['nothing said', 'exports.loadConfigFromFile = async () => ({ config: {} })', '', 'vrun:\n'],
    ['said', 'exports.loadConfigFromFile = async () => ({ config: { migrations: { path: "m" } } })', '', 'vrun:/m\n'],
    [
      'said by a configuration of that name',
      'exports.loadConfigFromFile = async ({ configFile }) => ({ config: { migrations: { path: configFile } } })',
      'own',
      'vrun:/own\n',
    ],
  ])('%s', (_, loader, config, told) => {
    expect(tell(loader, config)).toBe(told);
  });
});

describe.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))(
  'applied.sh in %s',
  (_, [file = '', ...first]) => {
    /** Whether Prisma needn't be asked, where the database's client prints these rows. */
    const isApplied = (rows: string, files: Readonly<Record<string, string>>, url = 'file:/srv/prod.db') => {
      const directory = mkdtempSync(join(tmpdir(), 'vrun-applied-'));
      try {
        for (const [path, text] of Object.entries(files)) {
          mkdirSync(join(directory, dirname(path)), { recursive: true });
          writeFileSync(join(directory, path), text);
        }
        const client = `printf '%s' '${rows}'`;
        const script = `cd ${directory}; as() { case $1 in node) echo vrun:;; *) ${client};; esac; }; sqlite3() { :; }; psql() { :; }
vrun_schema=prisma/schema.prisma vrun_config= vrun_program=prisma vrun_configured= vrun_connection='{}' vrun_file=\${DATABASE_URL#file:}
${RELEASE.text}
${APPLIED.text}
applied`;
        const { status, stdout } = spawnSync(file, [...first, '-c', script], {
          encoding: 'utf8',
          env: { PATH: process.env.PATH, DATABASE_URL: url },
        });
        expect(stdout).toBe('');
        return status === 0;
      } finally {
        rmSync(directory, { recursive: true });
      }
    };
    const migrations = { 'prisma/migrations/1_a/migration.sql': '', 'prisma/migrations/2_b/migration.sql': '' };
    const schema = { ...migrations, 'prisma/schema.prisma': 'url = env("DATABASE_URL")' };
    const both = '+1_a\n+2_b\n';

    test.each([
      ['all are applied', both, schema],
      ['another of an earlier release too', `+0_z\n${both}`, schema],
      ['by a configuration', both, { ...migrations, 'prisma.config.ts': 'url: process.env.DATABASE_URL' }],
      ['by a configuration that says nothing else', both, { ...migrations, 'prisma.config.ts': OWN }],
    ])('%s', (_title, rows, files) => {
      expect(isApplied(rows, files)).toBe(true);
      expect(isApplied(rows, files, 'postgresql://h/d?schema=app')).toBe(true);
    });

    test.each([
      ['one is pending', '+1_a\n', schema],
      ['one whose name goes on', '+1_a\n+2_bc\n', schema],
      ['one was rolled back', `-0_z\n${both}`, schema],
      ['one was rolled back, not the first', `${both}-3_c\n`, schema],
      ['a table without rows', '', schema],
      ['a release without migrations', both, { 'prisma/schema.prisma': 'url = env("DATABASE_URL")' }],
      ['another address', both, { ...migrations, 'prisma/schema.prisma': 'url = env("APP_URL")' }],
      ['an address of its own for migrations', both, { ...schema, 'prisma.config.ts': 'DIRECT_URL ?? DATABASE_URL' }],
    ])('in doubt: %s', (_title, rows, files) => {
      expect(isApplied(rows, files)).toBe(false);
    });

    test.each(['file:prod.db', 'mysql://h/d', 'postgresql://h/d?schema=a%22b'])('in doubt: %s', (url) => {
      expect(isApplied(both, schema, url)).toBe(false);
    });
  },
);
