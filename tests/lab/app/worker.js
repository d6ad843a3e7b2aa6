// Starts the worker: settings, database, Redis, and then one job after the other; SIGTERM lets the one in hand finish.
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from './lib/database.js';
import { doJobs } from './lib/jobs.js';
import { openRedis } from './lib/redis.js';
import { readRelease } from './lib/release.js';
import { readSettings, refusal } from './lib/settings.js';

const { settings, problems } = readSettings(process.env, { worker: true });
const refused = refusal({ uid: process.getuid?.(), problems });
if (refused !== undefined) {
  process.stderr.write(`${refused}\n`);
  process.exit(78); // EX_CONFIG of sysexits.h
}

const { version } = readRelease(import.meta.dirname);
const { client } = await openDatabase(settings.databaseUrl);
const redis = await openRedis(settings.redisUrl);
let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    stopping = true;
  });
}

console.log(`doing jobs, version ${version}`);
await doJobs(
  redis,
  async ({ text, seconds = 0 }) => {
    await sleep(seconds * 1000);
    await client.note.create({ data: { text: `${text}, done by version ${version}` } });
  },
  () => stopping,
);
await client.$disconnect();
redis.close();
console.log('stopped');
process.exit(0);
