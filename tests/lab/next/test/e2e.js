// From an empty database to the first administrator: with Prisma's command line and the seed, as on a server.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { database } from '../lib/database.js';

const ROOT = join(import.meta.dirname, '..');
const directory = mkdtempSync(join(tmpdir(), 'vantus-'));
after(() => rmSync(directory, { recursive: true }));
process.env.DATABASE_URL = `file:${join(directory, 'test.db')}`;
process.env.CHECKPOINT_DISABLE = '1'; // Prisma asks nobody for a newer version

const run = (file, args, env = {}) =>
  execFileSync(file, args, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...env }, stdio: 'pipe' });

test('all migrations are applied, and the seed makes one administrator however often it runs', async () => {
  run('node_modules/.bin/prisma', ['migrate', 'deploy']);
  const first = {
    BOOTSTRAP_ACCOUNT_ENABLED: 'true',
    ADMIN_BOOTSTRAP_EMAIL: 'a@example.com',
    ADMIN_BOOTSTRAP_PASSWORD: 'p',
  };
  for (let times = 0; times < 2; times += 1) run(process.execPath, ['scripts/seed.js'], first);
  const client = await database();
  assert.equal(await client.administrator.count(), 1);
  assert.deepEqual(await client.note.create({ data: { text: 'one' }, select: { author: true } }), {
    author: 'visitor',
  });
  await client.$disconnect();
});
