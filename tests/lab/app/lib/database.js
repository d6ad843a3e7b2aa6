// The database behind DATABASE_URL: a file of SQLite, or a PostgreSQL server; the same tables in both.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Connects.
 * @param {string} url
 */
export async function openDatabase(url) {
  return url.startsWith('file:') ? openSqlite(url) : openPostgres(url);
}

/** @param {string} url */
async function openSqlite(url) {
  const { PrismaLibSQL } = await import('@prisma/adapter-libsql');
  const { PrismaClient } = require('../generated/sqlite');
  const client = new PrismaClient({ adapter: new PrismaLibSQL({ url }) });
  // The old version and the new one write to the file side by side during a deployment.
  await client.$queryRawUnsafe('PRAGMA journal_mode = WAL');
  await client.$queryRawUnsafe('PRAGMA busy_timeout = 5000');
  return { kind: 'sqlite', client };
}

/** @param {string} url */
async function openPostgres(url) {
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const { PrismaClient } = require('../generated/postgresql');
  const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, connectionTimeoutMillis: 5000 }) });
  await client.$connect();
  return { kind: 'postgresql', client };
}
