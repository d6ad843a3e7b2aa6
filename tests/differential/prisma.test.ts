// What prisma-migrate says is pending, with Prisma itself as the judge: what `prisma migrate deploy` then applies.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import prismaMigrate from '../../modules/prisma-migrate/prisma-migrate.ts';
import { planHere } from '../modules/harness/perform.ts';
import { RUNS } from './runs.ts';

const SOURCE = fileURLToPath(new URL('../lab/app', import.meta.url));
const SECOND = '20260401090000_runs';

let app = '';
beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), 'vrun-prisma-'));
  for (const name of ['package.json', 'package-lock.json', 'prisma', 'prisma.config.js']) {
    cpSync(join(SOURCE, name), join(app, name), { recursive: true });
  }
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], { cwd: app });
}, 600_000);
afterAll(() => rmSync(app, { recursive: true, force: true }));

const database = () => join(app, 'data.db');
const prisma = (...words: string[]) => {
  const env = { ...process.env, DATABASE_URL: `file:${database()}`, CHECKPOINT_DISABLE: '1', NO_COLOR: '1' };
  const { stdout, stderr } = spawnSync('node_modules/.bin/prisma', words, { cwd: app, env, encoding: 'utf8' });
  return stdout + stderr;
};
const SCHEMA = ['--schema', 'prisma/schema.prisma'] as const;
const deploy = () => prisma('migrate', 'deploy', ...SCHEMA);

const DATABASES = {
  absent: () => undefined,
  empty: () => writeFileSync(database(), ''),
  'at the first migration': () => {
    hide(SECOND, deploy);
  },
  migrated: deploy,
  'rolled back': () => {
    deploy();
    execFileSync('node', [
      '-e',
      `const { createClient } = require(${JSON.stringify(join(app, 'node_modules/@libsql/client'))});
createClient({ url: ${JSON.stringify(`file:${database()}`)} }).executeMultiple("UPDATE _prisma_migrations SET rolled_back_at = 1, finished_at = NULL WHERE migration_name = '${SECOND}'; DROP TABLE IF EXISTS Run;");`,
    ]);
  },
} as const;

/** Where the release has its migrations, and what its configuration says of them. */
const PLACES = {
  'beside the schema': undefined,
  elsewhere: 'db/migrations',
  'nowhere, as the configuration has it': 'db/none',
} as const;

/** The migrations directory that holds now. */
let migrations = '';

function hide<T>(name: string, work: () => T): T {
  const aside = join(app, `.${name}`);
  const at = join(migrations, name);
  if (!existsSync(at)) return work();
  renameSync(at, aside);
  try {
    return work();
  } finally {
    renameSync(aside, at);
  }
}

const CASES = Object.entries(PLACES).flatMap(([place, path]) =>
  Object.entries(DATABASES).map(([title, make]) => ({ place, path, title, make })),
);
/** New databases of releases with a configuration first: those are what a bounded run tries. */
const rank = ({ path, title }: (typeof CASES)[number]) => Number(title !== 'absent') * 2 + Number(path === undefined);
const ORDERED = CASES.toSorted((one, other) => rank(one) - rank(other));

test.each(ORDERED.slice(0, RUNS.prisma))(
  'migrations $place, a database that is $title',
  ({ path, make }) => {
    const config = readFileSync(join(SOURCE, 'prisma.config.js'), 'utf8');
    const said = path === undefined ? '' : `migrations: { path: '${path}' },`;
    writeFileSync(join(app, 'prisma.config.js'), config.replace("engine: 'js',", `engine: 'js', ${said}`));
    migrations = join(app, path ?? 'prisma/migrations');
    rmSync(join(app, 'prisma/migrations'), { recursive: true, force: true });
    rmSync(join(app, 'db'), { recursive: true, force: true });
    mkdirSync(dirname(migrations), { recursive: true });
    if (path !== 'db/none') cpSync(join(SOURCE, 'prisma/migrations'), migrations, { recursive: true });
    for (const ending of ['', '-wal', '-shm']) rmSync(`${database()}${ending}`, { force: true });
    make();
    writeFileSync(join(app, 'env'), `DATABASE_URL=file:${database()}\n`);

    const row = { params: { path: app, env_file: join(app, 'env') } };
    const before = existsSync(database());
    const plan = planHere(prismaMigrate, row);
    expect(existsSync(database()), 'asking makes no database').toBe(before);
    expect(plan.failure).toBeUndefined();
    const applied = [...deploy().matchAll(/└─ (\d+_\w+)\//g)].map(([, name]) => name);
    expect(plan.result).toEqual({ pending: applied });
    // Without a list Prisma still makes its table, once.
    if (!before) expect(plan.changes.length).toBe(Math.max(1, applied.length));
    expect(planHere(prismaMigrate, row)).toMatchObject({ changes: [], result: { pending: [] } });
  },
  120_000,
);
