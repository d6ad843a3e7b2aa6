// What the broker allows a worker, by the real nats-server: all that its region's work needs, and nothing else.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permissionsOf } from '../../../engine/dispatch/broker/permissions.ts';
import { newNkey } from '../../../engine/dispatch/enrolment/nkey.ts';
import { authorization } from '../../../engine/dispatch/enrolment/permissions.ts';
import { describeServers, Server } from '../broker/server.ts';
import { Client, checked } from './broker.ts';
import { type MadeWorker, makeWorker } from './workers.ts';

const mayPublish = (worker: MadeWorker) => permissionsOf(worker.region, worker.nats).publish;
const maySubscribe = (worker: MadeWorker) => permissionsOf(worker.region, worker.nats).subscribe;

/** Subjects that stand for all that a pattern means. */
const concrete = (patterns: readonly string[]) => patterns.map((pattern) => pattern.replace(/>$/, 'r1.h1'));

let eu: MadeWorker;
let us: MadeWorker;
let gone: MadeWorker;
let coordinator: { readonly seed: string; readonly publicKey: string };
beforeAll(async () => {
  [eu, us] = [await makeWorker('eu-1', 'eu'), await makeWorker('us-1', 'us')];
  gone = await makeWorker('eu-0', 'eu', '2026-06-01T00:00:00Z');
  coordinator = await newNkey();
});

describe('the block', () => {
  test('names the coordinator, and those that aren’t revoked', () => {
    const block = authorization([eu, gone, us], coordinator.publicKey);
    expect([...block.matchAll(/nkey: (\S+)/g)].map(([, key]) => key)).toEqual([
      coordinator.publicKey,
      eu.nats,
      us.nats,
    ]);
    expect(block).not.toContain(gone.nats);
  });

  test('allows two regions nothing in common but what is about no region', () => {
    const shared = mayPublish(eu).filter((subject) => mayPublish(us).includes(subject));
    expect([...shared].sort()).toEqual([
      '$JS.API.DIRECT.GET.VRUN_OBJ.vrun.obj.>',
      '$JS.API.INFO',
      '$JS.API.STREAM.INFO.KV_VRUN_LEASE',
    ]);
    expect(maySubscribe(eu).filter((subject) => maySubscribe(us).includes(subject))).toEqual([]);
  });
});

describeServers('the block', (release) => {
  let broker: Server;
  let client: Client;
  beforeAll(async () => {
    const config = authorization([eu, gone, us], coordinator.publicKey);
    broker = await Server.start({ release, config, store: false });
    client = await Client.login(broker.port, eu.seed);
  });
  afterAll(async () => {
    client?.close();
    await broker?.remove();
  });

  test('takes the block, also of names that look like something else, and without workers', async () => {
    const odd = await Promise.all(['-', 'null', '1e3', '9'.repeat(32)].map((name) => makeWorker(name, name)));
    for (const workers of [[eu, us], odd, []]) {
      const { ok, said } = checked(release, authorization(workers, coordinator.publicKey));
      expect(ok, said).toBe(true);
    }
    expect(checked(release, 'authorization { users: [ { nkey: UNONSENSE } ] }').ok).toBe(false);
  });

  test('lets a worker do its region’s work', async () => {
    expect(await client.publishing(concrete(mayPublish(eu)))).toEqual([]);
    expect(await client.listening(concrete(maySubscribe(eu)))).toEqual([]);
    expect(await client.listening(maySubscribe(eu))).toEqual([]);
  });

  test('nothing of another region’s', async () => {
    const own = mayPublish(eu);
    const others = concrete(mayPublish(us).filter((subject) => !own.includes(subject)));
    expect(others).toHaveLength(8);
    expect(await client.publishing(others)).toEqual(
      others.map((subject) => `Permissions Violation for Publish to "${subject}"`),
    );
    const heard = maySubscribe(us);
    expect(await client.listening(heard)).toEqual(
      heard.map((subject) => `Permissions Violation for Subscription to "${subject}"`),
    );
  });

  test.each([
    'vrun.work.eu.r1',
    'vrun.talk.worker.eu.r1',
    'vrun.ev.eu2.r1.h1',
    '$JS.API.STREAM.CREATE.X',
    '$JS.API.STREAM.UPDATE.VRUN_EV',
    '$JS.API.STREAM.DELETE.VRUN_WORK',
    '$JS.API.STREAM.PURGE.VRUN_EV',
    '$JS.API.STREAM.NAMES',
    '$JS.API.STREAM.MSG.GET.VRUN_EV',
    '$JS.API.STREAM.MSG.GET.KV_VRUN_LEASE',
    '$JS.API.STREAM.MSG.DELETE.VRUN_OBJ',
    '$JS.API.DIRECT.GET.VRUN_EV',
    '$JS.API.CONSUMER.CREATE.VRUN_WORK',
    '$JS.API.CONSUMER.CREATE.VRUN_EV.x.vrun.ev.us.>',
    '$JS.API.CONSUMER.DURABLE.CREATE.VRUN_WORK.w_eu',
    '$JS.API.CONSUMER.DELETE.VRUN_WORK.w_eu',
    'vrun.obj.r1.x.0',
    '$KV.OTHER.eu.h1',
    '$SYS.REQ.SERVER.PING',
    '_INBOX_us.x',
    'anything',
  ])('no publishing to %s', async (subject) => {
    expect(await client.publishing([subject])).toEqual([`Permissions Violation for Publish to "${subject}"`]);
  });

  test.each([
    '>',
    '*',
    '_INBOX.>',
    '_INBOX_*.>',
    'vrun.>',
    'vrun.ev.eu.>',
    'vrun.work.eu.>',
    'vrun.talk.coordinator.eu.>',
    '$SYS.>',
    '$KV.>',
  ])('no listening to %s', async (subject) => {
    expect(await client.listening([subject])).toEqual([`Permissions Violation for Subscription to "${subject}"`]);
  });

  test('lets the coordinator do everything', async () => {
    const everything = await Client.login(broker.port, coordinator.seed);
    expect(
      await everything.publishing(['$JS.API.STREAM.CREATE.VRUN_EV', 'vrun.work.eu.r1', 'vrun.talk.worker.us.r1']),
    ).toEqual([]);
    expect(await everything.listening(['>'])).toEqual([]);
    everything.close();
  });

  test('lets nobody in who is revoked or unknown', async () => {
    for (const { seed } of [gone, await newNkey()]) {
      await expect(Client.login(broker.port, seed)).rejects.toThrow('Authorization Violation');
    }
  });
});
