// Does one background job after the other; SIGTERM lets the one in hand finish.
import { database } from '../lib/database.js';
import { JOBS, redis } from '../lib/jobs.js';

const queue = redis();
if (queue === undefined) throw new Error('REDIS_URL is missing');
const client = await database();

let stopping = false;
process.on('SIGTERM', () => {
  stopping = true;
});
console.log('doing jobs');
while (!stopping) {
  const [, text] = (await queue.blpop(JOBS, 1)) ?? [];
  if (text !== undefined) await client.note.create({ data: { text, author: 'worker' } });
}
process.exit(0);
