import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Broker } from '../../../engine/dispatch/broker/broker.ts';
import { type HostLog, openLog } from '../../../engine/dispatch/broker/host-log.ts';
import { type LoggedEvent, readEvents } from '../../../engine/dispatch/broker/reader.ts';
import { provision } from '../../../engine/dispatch/broker/streams.ts';
import { EVENTS } from '../../../engine/dispatch/broker/subjects.ts';
import { bytes, describeServers, newRun, problem, Server, text, until } from './server.ts';

describeServers('the events of a run', (release) => {
  let server: Server;
  let broker: Broker;
  beforeEach(async () => {
    server = await Server.start({ release });
    broker = await server.connect();
    await provision(broker, { replicas: 1, regions: [] });
  });
  afterEach(async () => {
    await broker?.close();
    await server?.remove();
  });

  const open = (run: string, host: string, region = 'eu'): Promise<HostLog> =>
    openLog(broker, { region, run, host }, 1, new AbortController().signal);

  /** Reads in the background. */
  function read(run: string, from = 0): { events: LoggedEvent[]; ended: Promise<void>; stop: () => void } {
    const events: LoggedEvent[] = [];
    const aborting = new AbortController();
    const ended = (async () => {
      for await (const event of readEvents(broker, run, from, aborting.signal)) events.push(event);
    })();
    ended.catch(() => undefined);
    return { events, ended, stop: () => aborting.abort() };
  }

  test('come in order, of all its hosts and regions, from any point on, and of no other run', async () => {
    const run = newRun();
    const logs = [await open(run, 'a.b'), await open(run, 'c', 'us.1'), await open(newRun(), 'a.b')];
    const reading = read(run);
    for (const each of ['1', '2', '3']) for (const log of logs) await log.append(bytes(each));
    await until(() => reading.events.length === 6);
    expect(reading.events.map(({ region, host, epoch, n, data }) => [region, host, epoch, n, text(data)])).toEqual([
      ['eu', 'a.b', 1, 1, '1'],
      ['us.1', 'c', 1, 1, '1'],
      ['eu', 'a.b', 1, 2, '2'],
      ['us.1', 'c', 1, 2, '2'],
      ['eu', 'a.b', 1, 3, '3'],
      ['us.1', 'c', 1, 3, '3'],
    ]);
    const from = (reading.events[3]?.seq ?? 0) + 1;
    const later = read(run, from);
    await until(() => later.events.length === 2);
    expect(later.events).toEqual(reading.events.slice(4));
    reading.stop();
    later.stop();
    await Promise.all([reading.ended, later.ended]);
    expect((await broker.jsm.streams.info(EVENTS)).state.consumer_count).toBe(0);
  });

  test('whoever stops reading leaves no consumer behind', async () => {
    const run = newRun();
    await (await open(run, 'a')).append(bytes('1'));
    for await (const { n } of readEvents(broker, run, 0, new AbortController().signal)) {
      expect(n).toBe(1);
      break;
    }
    expect((await broker.jsm.streams.info(EVENTS)).state.consumer_count).toBe(0);
  });

  test('go on after SIGKILL, and after a time of silence, none lost or doubled', async () => {
    const run = newRun();
    const log = await open(run, 'a');
    const reading = read(run);
    const appending = Array.from({ length: 60 }, (_, index) => log.append(bytes(`${index}`)));
    await appending[10];
    await server.stop();
    await until(() => !broker.isConnected);
    await server.start();
    await Promise.all(appending);
    server.signal('SIGSTOP');
    await until(() => !broker.isConnected);
    server.signal('SIGCONT');
    await broker.connected(AbortSignal.timeout(5_000));
    await log.append(bytes('60'));
    await until(() => reading.events.length >= 61, 15_000);
    expect(reading.events.map(({ data }) => text(data))).toEqual(Array.from({ length: 61 }, (_, index) => `${index}`));
    reading.stop();
    await reading.ended;
  });

  test('deleted, they are told to be, and never silence', async () => {
    const run = newRun();
    const log = await open(run, 'a');
    await log.append(bytes('1'));
    const reading = read(run);
    await until(() => reading.events.length === 1);
    await broker.jsm.streams.delete(EVENTS);
    await expect(reading.ended).rejects.toMatchObject(problem('broker-data', /no stream VRUN_EV any more/));
    await expect(read(run).ended).rejects.toMatchObject(problem('broker-data'));
  });

  test('made anew, they are told to be others, to a reader that is there and to one that comes', async () => {
    const run = newRun();
    const log = await open(run, 'a');
    for (const each of ['1', '2', '3']) await log.append(bytes(each));
    const reading = read(run);
    await until(() => reading.events.length === 3);
    await broker.jsm.streams.delete(EVENTS);
    await provision(broker, { replicas: 1, regions: [] });
    await (await open(run, 'a')).append(bytes('other'));
    await expect(reading.ended).rejects.toMatchObject(problem('broker-data', /made anew/));
    expect(reading.events).toHaveLength(3);
    await expect(read(run, 4).ended).rejects.toMatchObject(problem('broker-data', /go on at 4, and has 1/));
  });

  test('end with the connection', async () => {
    const reading = read(newRun());
    await until(async () => (await broker.jsm.streams.info(EVENTS)).state.consumer_count === 1);
    await broker.close();
    await expect(reading.ended).rejects.toMatchObject(problem('interrupted'));
  });
});
