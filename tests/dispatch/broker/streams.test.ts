import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Broker } from '../../../engine/dispatch/broker/broker.ts';
import { openLog } from '../../../engine/dispatch/broker/host-log.ts';
import { Leases } from '../../../engine/dispatch/broker/lease.ts';
import { putObject } from '../../../engine/dispatch/broker/objects.ts';
import { publishWork } from '../../../engine/dispatch/broker/queue.ts';
import { provision, purge } from '../../../engine/dispatch/broker/streams.ts';
import { EVENTS, encodeToken, LEASE_STREAM, subjectsOfRun, WORK } from '../../../engine/dispatch/broker/subjects.ts';
import { QUICK } from './quick.ts';
import { bytes, describeServers, newRun, problem, Server, until } from './server.ts';

const REGIONS = ['eu', 'us.east 1'];

describeServers('streams', (release) => {
  let server: Server;
  let broker: Broker;
  beforeAll(async () => {
    server = await Server.start({ release });
    broker = await server.connect();
  });
  afterAll(async () => {
    await broker?.close();
    await server?.remove();
  });

  test('are missed before they are there', async () => {
    await expect(Leases.open(broker)).rejects.toMatchObject(problem('broker-unfit', /no stream KV_VRUN_LEASE/));
    expect(await purge(broker, newRun())).toBe(0);
  });

  test('are made once, also by two coordinators at the same time', async () => {
    const other = await server.connect();
    await Promise.all([broker, other, broker].map((each) => provision(each, { replicas: 1, regions: REGIONS })));
    await provision(other, { replicas: 1, regions: REGIONS });
    await other.close();
    const { config } = await broker.jsm.consumers.info(WORK, 'w_us=2Eeast=201');
    expect(config).toMatchObject({
      filter_subject: 'vrun.work.us=2Eeast=201.*',
      ack_policy: 'explicit',
      max_deliver: -1,
      max_ack_pending: 1_000,
    });
    for (const name of ['VRUN_WORK', 'VRUN_EV']) {
      expect((await broker.jsm.streams.info(name)).config.max_consumers).toBe(10_000);
    }
    expect((await broker.jsm.streams.info(LEASE_STREAM)).config).toMatchObject({ allow_direct: true });
    // Nothing was stored to see that they are there once.
    for await (const { state } of broker.jsm.streams.list()) expect(state.messages).toBe(0);
  });

  test('have room for more than a thousand readers', async () => {
    const add = (index: number) => broker.jsm.consumers.add(EVENTS, { name: `reader-${index}`, mem_storage: true });
    for (let index = 0; index < 1_010; index += 101) {
      await Promise.all(Array.from({ length: 101 }, (_, offset) => add(index + offset)));
    }
    expect((await broker.jsm.streams.info(EVENTS)).state.consumer_count).toBe(1_010);
    for (let index = 0; index < 1_010; index += 101) {
      await Promise.all(
        Array.from({ length: 101 }, (_, offset) => broker.jsm.consumers.delete(EVENTS, `reader-${index + offset}`)),
      );
    }
  });

  test('that are otherwise are refused, and what is otherwise is named', async () => {
    const slow = await server.connect({ times: { ...QUICK, lease: 9_000, ackWait: 12_000 } });
    await expect(provision(slow, { replicas: 1, regions: [] })).rejects.toMatchObject(
      problem('broker-unfit', /max_age is 2000000000 instead of 9000000000/),
    );
    // A worker that thinks that its leases last longer than they do would fence itself off too late.
    await expect(Leases.open(slow)).rejects.toMatchObject(problem('broker-unfit', /max_age/));
    await slow.close();
    await broker.jsm.consumers.update(WORK, 'w_eu', { max_deliver: 3 });
    await expect(provision(broker, { replicas: 1, regions: REGIONS })).rejects.toMatchObject(
      problem('broker-unfit', /max_deliver is 3 instead of -1/),
    );
    await broker.jsm.consumers.delete(WORK, 'w_eu');
    await provision(broker, { replicas: 1, regions: REGIONS });
  });

  test('more replicas than one server has are refused by the server', async () => {
    const lone = await Server.start({ release });
    const other = await lone.connect();
    await expect(provision(other, { replicas: 3, regions: [] })).rejects.toMatchObject(
      problem('broker-unfit', /replicas/),
    );
    await other.close();
    await lone.remove();
  });

  test('purging takes away all of one run, and nothing of another', async () => {
    const [gone, kept] = [newRun(), newRun()];
    const leases = await Leases.open(broker);
    const held: Awaited<ReturnType<Leases['acquire']>>[] = [];
    for (const run of [gone, kept]) {
      for (const region of REGIONS) {
        await publishWork(broker, { region, run, id: region, attempt: 1 }, bytes('work'));
        held.push(await leases.acquire({ region, run, part: 'a.b' }));
        const log = await openLog(broker, { region, run, host: 'web.1' }, 1, new AbortController().signal);
        await log.append(bytes('event'));
      }
      await putObject(broker, run, new Uint8Array(600_000));
    }
    // What a put that was killed leaves behind: a first part without the others.
    await broker.js.publish(`vrun.obj.${encodeToken(gone)}.${'0'.repeat(64)}.0`, 'half');
    expect(await purge(broker, gone)).toBe(2 + 2 + 2 + 3 + 1);
    const counts = async (run: string): Promise<number[]> => {
      const all = subjectsOfRun(run).map(async ([stream, subjects_filter]) => {
        const { state } = await broker.jsm.streams.info(stream, { subjects_filter });
        return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
      });
      return Promise.all(all);
    };
    expect(await counts(gone)).toEqual([0, 0, 0, 0]);
    expect(await counts(kept)).toEqual([2, 2, 2, 3]);
    for (const lease of held) await lease?.release();
    expect(await purge(broker, kept)).toBeGreaterThan(6);
  });
});

describeServers('a leaf node and its hub', (release) => {
  let hub: Server;
  let leaf: Server;
  beforeAll(async () => {
    hub = await Server.start({
      release,
      domain: 'hub',
      isHub: true,
      config: 'server_name: hub',
    });
    const remote = `leafnodes { remotes: [ { url: "nats://127.0.0.1:${hub.leafPort}" } ] }`;
    leaf = await Server.start({ release, domain: 'leaf', config: `server_name: leaf\n${remote}` });
  });
  afterAll(async () => {
    await leaf?.remove();
    await hub?.remove();
  });

  test('streams of the hub are reached through the leaf', async () => {
    const through = await leaf.connect({ domain: 'hub' });
    expect(through.domain).toBe('hub');
    await provision(through, { replicas: 1, regions: ['eu'] });
    await publishWork(through, { region: 'eu', run: newRun(), id: 'a', attempt: 1 }, bytes('work'));
    const leases = await Leases.open(through);
    const lease = await leases.acquire({ region: 'eu', run: newRun(), part: 'a' });
    expect(lease?.isHeld()).toBe(true);
    await lease?.release();
    await through.close();
  });

  test('streams in both are refused, and a publish that another stream took is a failure', async () => {
    const atHub = await hub.connect();
    await provision(atHub, { replicas: 1, regions: ['eu'] });
    const atLeaf = await leaf.connect();
    await expect(provision(atLeaf, { replicas: 1, regions: ['eu'] })).rejects.toMatchObject(
      problem('broker-unfit', /2 streams answer/),
    );
    await expect(provision(atHub, { replicas: 1, regions: ['eu'] })).rejects.toMatchObject(
      problem('broker-unfit', /2 streams answer/),
    );
    const through = await leaf.connect({ domain: 'hub' });
    await hub.stop();
    // The leaf answers for what was meant for the hub.
    await until(async () => {
      const publishing = publishWork(through, { region: 'eu', run: newRun(), id: 'a', attempt: 1 }, bytes('work'));
      return publishing.then(
        () => false,
        (error: unknown) => {
          expect(error).toMatchObject(problem('broker-unfit', /domain ‹leaf›.*domain ‹hub›/));
          return true;
        },
      );
    });
    await Promise.all([atLeaf, through, atHub].map((each) => each.close()));
  });
});
