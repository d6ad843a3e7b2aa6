// The database at DATABASE_URL, a file of SQLite, without an engine that would have to be downloaded.
import { PrismaLibSQL } from '@prisma/adapter-libsql';
import { PrismaClient } from '@prisma/client';

let opened;

/** The client, connected once in a process. */
export function database() {
  opened ??= open();
  return opened;
}

async function open() {
  const client = new PrismaClient({ adapter: new PrismaLibSQL({ url: process.env.DATABASE_URL ?? '' }) });
  // Two versions and the worker write to the file side by side during a deployment.
  await client.$queryRawUnsafe('PRAGMA journal_mode = WAL');
  await client.$queryRawUnsafe('PRAGMA busy_timeout = 5000');
  return client;
}
