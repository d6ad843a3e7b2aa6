import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Writer } from '../../../engine/view/text/writer.ts';

test('a reader that goes away ends the writing, not the program', async () => {
  let writes = 0;
  const broken = new Writable({
    write(_chunk, _encoding, done) {
      writes++;
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  const writer = new Writer(broken);
  writer.write('first');
  await new Promise(setImmediate);
  writer.write('dropped');
  await writer.close();
  expect(writer.error).toMatchObject({ code: 'EPIPE' });
  expect(writes).toBe(1);
});

test('close waits for a slow reader', async () => {
  const taken: string[] = [];
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      setTimeout(() => {
        taken.push(String(chunk));
        done();
      }, 5);
    },
  });
  const writer = new Writer(slow);
  for (const text of ['a', 'b', 'c']) writer.write(text);
  await writer.close();
  expect(taken.join('')).toBe('abc');
  expect(slow.listenerCount('error')).toBe(0);
  expect(slow.writableEnded).toBe(false);
});

test('writing to a stream that has ended does nothing', async () => {
  const ended = new Writable({ write: (_chunk, _encoding, done) => done() });
  ended.end();
  const writer = new Writer(ended);
  writer.write('late');
  await writer.close();
  expect(writer.error).toBeUndefined();
});

test('what comes in one turn of the event loop is written at once, and before the end', async () => {
  const writes: number[] = [];
  const whole = new Writable({
    writev(chunks, done) {
      writes.push(chunks.length);
      done();
    },
  });
  const writer = new Writer(whole);
  for (const text of ['a', 'b', 'c']) writer.gather(text);
  await new Promise(setImmediate);
  writer.gather('d');
  await writer.close();
  expect(writes[0]).toBe(3);
  expect(writes.reduce((all, one) => all + one)).toBe(5); // the last is what close waits for
});
