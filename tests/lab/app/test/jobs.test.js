// Jobs, with a server in this process that knows the few commands of Redis that they need.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { doJobs, enqueue } from '../lib/jobs.js';
import { openRedis, readReply } from '../lib/redis.js';

/** @type {Map<string, string[]>} */
const lists = new Map();
const list = (key) => lists.get(key) ?? lists.set(key, []).get(key);
const bulk = (text) => (text === undefined ? '$-1\r\n' : `$${Buffer.byteLength(text)}\r\n${text}\r\n`);
const move = (from, to) => {
  const text = list(from).shift();
  if (text !== undefined) list(to).push(text);
  return bulk(text);
};
const commands = {
  AUTH: (password) => (password === 'p@ss' ? '+OK\r\n' : '-ERR wrong password\r\n'),
  RPUSH: (key, text) => `:${list(key).push(text)}\r\n`,
  LMOVE: move,
  BLMOVE: move,
  LREM: (key, _count, text) => `:${list(key).splice(list(key).indexOf(text), 1).length}\r\n`,
};
const server = createServer((socket) => {
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (let asked = readReply(received, 0); asked; asked = readReply(received, 0)) {
      received = received.subarray(asked.end);
      const [name, ...words] = asked.value;
      // In two pieces, as a network may deliver it.
      const reply = Buffer.from(commands[name](...words));
      socket.write(reply.subarray(0, 2));
      setImmediate(() => socket.write(reply.subarray(2)));
    }
  });
});
let url = '';

before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  url = `redis://:p%40ss@127.0.0.1:${server.address().port}`;
});
after(() => server.close());

test('jobs are done in order, one that fails is given up, and the one in hand is finished', async () => {
  const redis = await openRedis(url);
  for (const text of ['one', 'bad', 'größer', 'never']) await enqueue(redis, { text });
  const done = [];
  await doJobs(
    redis,
    async ({ text }) => {
      if (text === 'bad') throw new Error('as expected');
      done.push(text);
    },
    () => done.length === 2,
  );
  assert.deepEqual(done, ['one', 'größer']);
  assert.deepEqual([...lists.values()].flat(), ['{"text":"never"}']);
  redis.close();
});

test('what Redis refuses is an error', async () => {
  await assert.rejects(openRedis(url.replace('p%40ss', 'wrong')), /Redis says: ERR wrong password/);
});

test('replies of every kind, whole or not', () => {
  const read = (text) => readReply(Buffer.from(text), 0)?.value;
  assert.equal(read('+PONG\r\n'), 'PONG');
  assert.equal(read(':-3\r\n'), -3);
  assert.equal(read('$-1\r\n'), null);
  assert.deepEqual(read('*2\r\n$2\r\nü\r\n*-1\r\n'), ['ü', null]);
  for (const part of ['', '+PO', '$5\r\nab', '*2\r\n:1\r\n']) assert.equal(read(part), undefined);
});
