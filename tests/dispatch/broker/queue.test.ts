import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Broker } from '../../../engine/dispatch/broker/broker.ts';
import { publishWork, type Work, WorkQueue } from '../../../engine/dispatch/broker/queue.ts';
import { provision } from '../../../engine/dispatch/broker/streams.ts';
import { WORK, workSubject } from '../../../engine/dispatch/broker/subjects.ts';
import { QUICK } from './quick.ts';
import { bytes, describeServers, newRun, problem, Server, text, until } from './server.ts';

describeServers('the work queue', (release) => {
  let server: Server;
  let broker: Broker;
  let queue: WorkQueue;
  beforeAll(async () => {
    server = await Server.start({ release });
    broker = await server.connect();
    await provision(broker, { replicas: 1, regions: ['eu', 'us', 'none'] });
    queue = await WorkQueue.open(broker, 'eu');
  });
  afterAll(async () => {
    await broker?.close();
    await server?.remove();
  });

  beforeEach(async () => void (await broker.jsm.streams.purge(WORK)));

  async function next(from = queue): Promise<Work> {
    const end = performance.now() + 10_000;
    while (performance.now() < end) {
      const work = await from.pull();
      if (work !== undefined) return work;
    }
    return expect.unreachable('no work came');
  }

  test('work goes to its region, once, and leaves the queue when it is done', async () => {
    const run = newRun();
    const published = await publishWork(broker, { region: 'eu', run, id: 'p0.b1', attempt: 1 }, bytes('one'));
    expect(published.state).toBe('stored');
    expect(await (await WorkQueue.open(broker, 'us')).pull()).toBeUndefined();
    const work = await next();
    expect([text(work.data), work.deliveries]).toEqual(['one', 1]);
    expect(await work.done()).toBe(true);
    expect((await broker.jsm.streams.info(WORK)).state.messages).toBe(0);
  });

  test('an attempt is stored once, is gone when it was done, and a new attempt is stored', async () => {
    const name = { region: 'eu', run: newRun(), id: 'a', attempt: 1 };
    const first = await publishWork(broker, name, bytes('x'));
    expect(await publishWork(broker, name, bytes('x'))).toEqual({ seq: first.seq, state: 'queued' });
    // An id counts for the stream: the same in another run or region is another.
    expect(await publishWork(broker, { ...name, run: newRun() }, bytes('y'))).toMatchObject({ state: 'stored' });
    expect(await publishWork(broker, { ...name, region: 'none' }, bytes('z'))).toMatchObject({ state: 'stored' });
    for (const data of ['x', 'y']) {
      const work = await next();
      expect(text(work.data)).toBe(data);
      await work.done();
    }
    expect(await publishWork(broker, name, bytes('x'))).toEqual({ seq: first.seq, state: 'gone' });
    expect(await publishWork(broker, { ...name, attempt: 2 }, bytes('x'))).toMatchObject({ state: 'stored' });
    await (await next()).done();
  });

  test('work of a worker that is silent is handed out again, that of one that says so is not, and none is ever used up', async () => {
    await publishWork(broker, { region: 'eu', run: newRun(), id: 'a', attempt: 1 }, bytes('silent'));
    const silent = await next();
    const began = performance.now();
    const again = await next();
    expect([text(again.data), again.deliveries]).toEqual(['silent', 2]);
    expect(performance.now() - began).toBeGreaterThan(QUICK.ackWait * 0.8);

    const until = performance.now() + QUICK.ackWait * 1.3;
    while (performance.now() < until) {
      again.working();
      expect(await queue.pull()).toBeUndefined();
    }
    // More often than any limit that a consumer is given by habit.
    again.later(1);
    for (let deliveries = 3; deliveries < 14; deliveries++) {
      const work = await next();
      expect(work.deliveries).toBe(deliveries);
      work.later(1);
    }
    // The first worker's acknowledgement counts, though the work is another's by now: it is no fence.
    const last = await next();
    expect(await silent.done()).toBe(true);
    expect(await last.done()).toBe(true);
    expect(await queue.pull()).toBeUndefined();
  });

  test('with as much in flight as is allowed, a pull brings nothing', async () => {
    await broker.jsm.consumers.update(WORK, 'w_us', { max_ack_pending: 1 });
    const us = await WorkQueue.open(broker, 'us');
    for (const id of ['a', 'b']) await publishWork(broker, { region: 'us', run: newRun(), id, attempt: 1 }, bytes(id));
    const first = await next(us);
    expect(await us.pull()).toBeUndefined();
    await first.done();
    const second = await next(us);
    expect([text(first.data), text(second.data)]).toEqual(['a', 'b']);
  });

  test('no work is lost or doubled over SIGKILL, and a confirmation waits until the broker is back', async () => {
    const run = newRun();
    const publishing = Array.from({ length: 40 }, (_, index) =>
      publishWork(broker, { region: 'eu', run, id: `${index}`, attempt: 1 }, bytes(`${index}`)),
    );
    await publishing[3];
    await server.stop();
    const starting = server.start();
    const states = (await Promise.all(publishing)).map(({ state }) => state);
    await starting;
    expect(states).not.toContain('gone');
    const got: string[] = [];
    const killAt = 20;
    for (let work: Work | undefined = await next(); work !== undefined; work = await queue.pull()) {
      got.push(text(work.data));
      if (got.length !== killAt) {
        expect(await work.done()).toBe(true);
        continue;
      }
      await server.stop();
      const confirming = work.done();
      await server.start();
      // The server may not know any more that it handed this out, and then doesn't confirm it.
      await confirming;
    }
    expect(new Set(got).size).toBe(40);
    // It may have forgotten confirmations as well: 2.9 hands all of what was done before out again.
    expect(new Set(got.slice(killAt)).size).toBe(got.length - killAt);
  });

  test('where the broker hangs a publish is repeated, and stored once', async () => {
    const name = { region: 'eu', run: newRun(), id: 'a', attempt: 1 };
    server.signal('SIGSTOP');
    const publishing = publishWork(broker, name, bytes('x'));
    await until(() => !broker.isConnected);
    server.signal('SIGCONT');
    await publishing;
    expect(
      (await broker.jsm.streams.info(WORK, { subjects_filter: workSubject('eu', name.run) })).state.subjects,
    ).toEqual({
      [workSubject('eu', name.run)]: 1,
    });
    await (await next()).done();
  });

  test('an abort ends a publish that waits for the broker, and a pull', async () => {
    const aborting = new AbortController();
    const pulling = queue.pull(aborting.signal);
    aborting.abort(new Error('enough'));
    await expect(pulling).rejects.toThrow('enough');
    await server.stop();
    await until(() => !broker.isConnected);
    const name = { region: 'eu', run: newRun(), id: 'a', attempt: 1 };
    await expect(publishWork(broker, name, bytes('x'), AbortSignal.timeout(100))).rejects.toThrow(/timeout/);
    await server.start();
    await broker.connected(AbortSignal.timeout(5_000));
  });

  test('a queue that is not there, a message that is too large, and a stream that was deleted are told', async () => {
    await expect(WorkQueue.open(broker, 'nowhere')).rejects.toMatchObject(problem('broker-unfit', /‹nowhere›/));
    const name = { region: 'eu', run: newRun(), id: 'a', attempt: 1 };
    const large = new Uint8Array(1024 * 1024);
    await expect(publishWork(broker, name, large)).rejects.toMatchObject(problem('broker-unfit', /1048576 bytes/));
    expect(broker.isConnected).toBe(true);
    const pulling = queue.pull();
    await broker.jsm.streams.delete(WORK);
    await expect(pulling).rejects.toMatchObject(problem('broker-unfit', /none/));
    await expect(publishWork(broker, name, bytes('x'))).rejects.toMatchObject(problem('broker-unfit'));
  });
});
