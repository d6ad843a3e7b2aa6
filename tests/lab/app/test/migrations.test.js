// Both databases have the same history, and every migration says what it does.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const PRISMA = join(import.meta.dirname, '../prisma');
const names = (directory) =>
  readdirSync(directory)
    .filter((name) => /^\d{14}_[a-z0-9_]+$/.test(name))
    .sort();

test('SQLite and PostgreSQL have the same migrations', () => {
  const sqlite = names(join(PRISMA, 'migrations'));
  assert.ok(sqlite.length > 0);
  assert.deepEqual(names(join(PRISMA, 'postgresql/migrations')), sqlite);
  for (const directory of ['migrations', 'postgresql/migrations']) {
    for (const name of sqlite) assert.match(readFileSync(join(PRISMA, directory, name, 'migration.sql'), 'utf8'), /\S/);
  }
});

test('SQLite and PostgreSQL have the same models', () => {
  const models = (file) => readFileSync(join(PRISMA, file), 'utf8').replace(/^[\s\S]*?(?=\n(?:\/\/\/.*\n)?model )/, '');
  assert.equal(models('postgresql/schema.prisma'), models('schema.prisma'));
});
