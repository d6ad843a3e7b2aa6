import { setTimeout as delay } from 'node:timers/promises';
import { headers } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Broker } from '../../../engine/dispatch/broker/broker.ts';
import { Fenced } from '../../../engine/dispatch/broker/fenced.ts';
import { type HostLog, type LogName, openLog } from '../../../engine/dispatch/broker/host-log.ts';
import { readEvents } from '../../../engine/dispatch/broker/reader.ts';
import { provision, purge } from '../../../engine/dispatch/broker/streams.ts';
import { EVENTS, logSubject } from '../../../engine/dispatch/broker/subjects.ts';
import { QUICK } from './quick.ts';
import { bytes, describeServers, newRun, problem, Server, text, until } from './server.ts';

const HELD = new AbortController().signal;

describeServers("a host's log", (release) => {
  let server: Server;
  let broker: Broker;
  beforeAll(async () => {
    server = await Server.start({ release });
    broker = await server.connect();
    await provision(broker, { replicas: 1, regions: [] });
  });
  afterAll(async () => {
    await broker?.close();
    await server?.remove();
  });

  const newName = (): LogName => ({ region: 'eu', run: newRun(), host: 'web.example.com' });
  const open = (name: LogName, epoch: number, lost = HELD): Promise<HostLog> => openLog(broker, name, epoch, lost);

  /** What the log says, as `epoch/n text`. */
  async function written(name: LogName): Promise<string[]> {
    const subject = logSubject(name.region, name.run, name.host);
    const { state } = await broker.jsm.streams.info(EVENTS, { subjects_filter: subject });
    const count = state.subjects?.[subject] ?? 0;
    const found: string[] = [];
    if (count === 0) return found;
    for await (const { epoch, n, data } of readEvents(broker, name.run, 0, AbortSignal.timeout(5_000))) {
      found.push(`${epoch}/${n} ${text(data)}`);
      if (found.length === count) break;
    }
    return found;
  }

  test('is written in order, one after the other, and found as it was left', async () => {
    const name = newName();
    const log = await open(name, 7);
    expect(log.last).toBeUndefined();
    const seqs = await Promise.all(['begin', 'task', 'task'].map((each) => log.append(bytes(each))));
    await log.append(bytes('end'), { isLast: true });
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(await written(name)).toEqual(['7/1 begin', '7/2 task', '7/3 task', '7/4 end']);
    const again = await open(name, 9);
    expect(again.last).toMatchObject({ epoch: 7, n: 4, isLast: true });
    expect(text(again.last?.data ?? bytes(''))).toBe('end');
    // Opened once more under the same lease, it goes on counting.
    const same = await open(name, 7);
    await same.append(bytes('more'));
    expect((await written(name)).at(-1)).toBe('7/5 more');
  });

  test('refuses the older of two epochs, at opening, in the middle, and for good', async () => {
    const name = newName();
    const older = await open(name, 3);
    await older.append(bytes('a'));
    const newer = await open(name, 5);
    expect(newer.last).toMatchObject({ epoch: 3, n: 1 });
    await newer.append(bytes('b'));
    await expect(older.append(bytes('c'))).rejects.toThrow(Fenced);
    await expect(older.append(bytes('d'))).rejects.toThrow('the epoch 5 has written');
    await expect(open(name, 4)).rejects.toThrow('the log has the epoch 5');
    await newer.append(bytes('e'));
    expect(await written(name)).toEqual(['3/1 a', '5/1 b', '5/2 e']);
  });

  test('that was written to since it was opened is to be opened again before anything is claimed', async () => {
    const name = newName();
    const older = await open(name, 1);
    const newer = await open(name, 2);
    await older.append(bytes('end'), { isLast: true });
    await expect(newer.append(bytes('begin'))).rejects.toThrow(Fenced);
    expect((await open(name, 2)).last).toMatchObject({ epoch: 1, isLast: true });
  });

  test('of many who open it at once one writes', async () => {
    const name = newName();
    const logs = await Promise.all(Array.from({ length: 8 }, (_, index) => open(name, index + 1)));
    const results = await Promise.allSettled(logs.map((log) => log.append(bytes('begin'))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await written(name)).toHaveLength(1);
  });

  test('a try whose answer was lost is found to be its own, whatever the server answers to the second', async () => {
    const name = newName();
    const log = await open(name, 4);
    await log.append(bytes('one'));
    server.signal('SIGSTOP');
    const appending = log.append(bytes('two'));
    await delay(QUICK.publish * 1.5);
    server.signal('SIGCONT');
    const seq = await appending;
    expect(await log.append(bytes('three'))).toBeGreaterThan(seq);
    expect(await written(name)).toEqual(['4/1 one', '4/2 two', '4/3 three']);
  });

  test('the same id and a sequence that is over: duplicate or wrong sequence, as the server likes', async () => {
    const name = newName();
    const subject = logSubject(name.region, name.run, name.host);
    const repeat = () => broker.js.publish(subject, 'x', { msgID: subject, expect: { lastSubjectSequence: 0 } });
    await repeat();
    const answer = await repeat().then(
      ({ duplicate }) => ({ duplicate }),
      (error: { code: number }) => error.code,
    );
    expect(answer).toEqual(release === 'sid' ? 10071 : { duplicate: true });
  });

  test('goes on over SIGKILL without a gap or a double', async () => {
    const names = Array.from({ length: 8 }, (_, index) => ({ ...newName(), host: `web-${index}` }));
    const logs = await Promise.all(names.map((name) => open(name, 1)));
    const appending = logs.flatMap((log) => Array.from({ length: 10 }, (_, n) => log.append(bytes(`${n}`))));
    await appending[2];
    await server.stop();
    await server.start();
    await Promise.all(appending);
    for (const name of names) {
      expect(await written(name)).toEqual(Array.from({ length: 10 }, (_, n) => `1/${n + 1} ${n}`));
    }
  });

  test('with the broker away it waits until the lease is lost, and then nothing is written any more', async () => {
    const name = newName();
    const lost = new AbortController();
    const log = await open(name, 1, lost.signal);
    await log.append(bytes('a'));
    await server.stop();
    await until(() => !broker.isConnected);
    const appending = Promise.allSettled([log.append(bytes('b')), log.append(bytes('c'))]);
    setTimeout(() => lost.abort(new Fenced('the lease was lost')), 50);
    for (const result of await appending) expect(result).toMatchObject({ reason: expect.any(Fenced) });
    await server.start();
    await broker.connected(AbortSignal.timeout(5_000));
    await expect(log.append(bytes('d'))).rejects.toThrow('the lease was lost');
    expect(await written(name)).toEqual(['1/1 a']);
  });

  test('taken away under its writer it is not begun anew', async () => {
    const name = newName();
    const log = await open(name, 1);
    await log.append(bytes('a'));
    await purge(broker, name.run);
    await expect(log.append(bytes('b'))).rejects.toThrow('the log was taken away');
    // To whoever opens it then it is empty.
    const next = await open(name, 2);
    expect(next.last).toBeUndefined();
    await next.append(bytes('c'));
    expect(await written(name)).toEqual(['2/1 c']);
  });

  test('what is too large is refused, and nothing is written after what is missing', async () => {
    const name = newName();
    const log = await open(name, 1);
    await expect(log.append(new Uint8Array(2 ** 20))).rejects.toMatchObject(problem('broker-unfit', /1048576/));
    await expect(log.append(bytes('a'))).rejects.toMatchObject(problem('broker-unfit', /1048576/));
    expect(await written(name)).toEqual([]);
  });

  test('a message without marks is nobody’s, and no epoch', async () => {
    const name = newName();
    const foreign = headers();
    foreign.set('Vrun-Epoch', '-1e9');
    await broker.js.publish(logSubject(name.region, name.run, name.host), 'x', { headers: foreign });
    expect((await open(name, 1)).last).toMatchObject({ epoch: 0, n: 0, isLast: false });
  });
});
