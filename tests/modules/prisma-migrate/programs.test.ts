// The programs that read the environment file and the database's URL on hosts, in each awk; and the one for Node.js.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import CLEARED from '../../../modules/prisma-migrate/cleared.awk';
import CONFIGURED from '../../../modules/prisma-migrate/configured.cjs';
import CONNECTION from '../../../modules/prisma-migrate/connection.awk';
import EXPORTS from '../../../modules/prisma-migrate/exports.awk';
import PERCENT from '../../../modules/prisma-migrate/percent.awk';
import { awk, EACH_AWK } from '../harness/awks.ts';

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
    ['nothing said', 'exports.loadConfigFromFile = async () => ({})', '', ''],
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
