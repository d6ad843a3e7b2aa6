import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openLog } from '../../../engine/dispatch/broker/host-log.ts';
import { Leases } from '../../../engine/dispatch/broker/lease.ts';
import { readEvents } from '../../../engine/dispatch/broker/reader.ts';
import { provision } from '../../../engine/dispatch/broker/streams.ts';
import { EVENTS } from '../../../engine/dispatch/broker/subjects.ts';
import { bytes, describeServers, newRun, problem, Server, text, until } from './server.ts';

const HELD = new AbortController().signal;
const { now } = Date;

// What the client notices by the wall clock must not hang on it: a clock is set back, by an hour here.
beforeEach(() => {
  vi.spyOn(Date, 'now').mockImplementation(now);
});
afterEach(() => {
  vi.restoreAllMocks();
});
const setBack = (): void => void vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);

describeServers('with the clock set back', (release) => {
  test('reading goes on over SIGKILL, leases are held, and deleted events are told', async () => {
    const server = await Server.start({ release });
    const broker = await server.connect();
    await provision(broker, { replicas: 1, regions: [] });
    const run = newRun();
    const log = await openLog(broker, { region: 'eu', run, host: 'web' }, 1, HELD);
    const lease = await (await Leases.open(broker)).acquire({ region: 'eu', run, part: 'a' });
    const events: string[] = [];
    const reading = (async () => {
      for await (const { data } of readEvents(broker, run, 0, HELD)) events.push(text(data));
    })();
    reading.catch(() => undefined);
    await log.append(bytes('1'));
    await until(() => events.length === 1);
    setBack();
    for await (const consumer of broker.jsm.consumers.list(EVENTS))
      await broker.jsm.consumers.delete(EVENTS, consumer.name);
    await log.append(bytes('2'));
    await until(() => events.length === 2);
    await server.stop();
    await server.start();
    await log.append(bytes('3'));
    await until(() => events.length === 3);
    expect(events).toEqual(['1', '2', '3']);
    expect(lease?.isHeld()).toBe(true);
    await broker.jsm.streams.delete(EVENTS);
    await expect(reading).rejects.toMatchObject(problem('broker-data', /no stream/));
    await lease?.release();
    await broker.close();
    await server.remove();
  });
});
