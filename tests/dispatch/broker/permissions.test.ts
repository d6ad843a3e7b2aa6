import { createUser } from '@nats-io/nkeys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Broker } from '../../../engine/dispatch/broker/broker.ts';
import { openLog } from '../../../engine/dispatch/broker/host-log.ts';
import { Leases } from '../../../engine/dispatch/broker/lease.ts';
import { getObject, putObject } from '../../../engine/dispatch/broker/objects.ts';
import { permissionsOf } from '../../../engine/dispatch/broker/permissions.ts';
import { publishWork, type Work, WorkQueue } from '../../../engine/dispatch/broker/queue.ts';
import { readEvents } from '../../../engine/dispatch/broker/reader.ts';
import { provision, purge } from '../../../engine/dispatch/broker/streams.ts';
import { ask, serve } from '../../../engine/dispatch/broker/talk.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import { bytes, describeServers, newRun, problem, Server, text, until } from './server.ts';

const HELD = new AbortController().signal;
const coordinatorKey = createUser();
const workerKey = createUser();
const seedOf = (user: typeof workerKey) => new Secret('seed', new TextDecoder().decode(user.getSeed()));

/** Lines of nats-server.conf for a worker of the region eu. */
function workerUser(domain?: string): string {
  const key = workerKey.getPublicKey();
  const { publish, subscribe } = permissionsOf('eu', key, domain);
  const allow = (subjects: readonly string[]) => `{ allow: ${JSON.stringify(subjects)} }`;
  return `{ nkey: ${key}, permissions: { publish: ${allow(publish)}, subscribe: ${allow(subscribe)}, allow_responses: true } }`;
}

describeServers("a worker's key", (release) => {
  let hub: Server;
  let leaf: Server;
  let coordinator: Broker;
  beforeAll(async () => {
    const users = `{ nkey: ${coordinatorKey.getPublicKey()} }, ${workerUser()}, { user: leaf, password: leaf }`;
    const config = `server_name: hub\naccounts { VRUN: { jetstream: enabled, users: [ ${users} ] } }`;
    hub = await Server.start({ release, domain: 'hub', isHub: true, config });
    const remote = `leafnodes { remotes: [ { url: "nats://leaf:leaf@127.0.0.1:${hub.leafPort}" } ] }`;
    leaf = await Server.start({
      release,
      store: false,
      config: `server_name: leaf\n${remote}\nauthorization { users: [ ${workerUser('hub')} ] }`,
    });
    coordinator = await hub.connect({ seed: seedOf(coordinatorKey) });
    await provision(coordinator, { replicas: 1, regions: ['eu', 'us'] });
  });
  afterAll(async () => {
    await coordinator?.close();
    await leaf?.remove();
    await hub?.remove();
  });

  for (const place of ['at the hub', 'at a leaf node'] as const) {
    test(`is enough for all that a worker does, ${place}`, async () => {
      const through =
        place === 'at the hub'
          ? hub.connect({ seed: seedOf(workerKey) })
          : leaf.connect({ seed: seedOf(workerKey), domain: 'hub' });
      const worker = await through;
      const run = newRun();
      const bundle = await putObject(coordinator, run, bytes('bundle'));
      await publishWork(coordinator, { region: 'eu', run, id: 'a', attempt: 1 }, bytes(bundle));

      const queue = await WorkQueue.open(worker, 'eu');
      let work: Work | undefined;
      await until(async () => {
        work = await queue.pull();
        return work !== undefined;
      });
      work?.working();
      expect(text(await getObject(worker, text(work?.data ?? bytes(''))))).toBe('bundle');
      const leases = await Leases.open(worker);
      const lease = await leases.acquire({ region: 'eu', run, part: 'a' });
      expect(await leases.acquire({ region: 'eu', run, part: 'a' })).toBeUndefined();
      const log = await openLog(worker, { region: 'eu', run, host: 'web.1' }, lease?.epoch ?? 0, HELD);
      await log.append(bytes('begin'));
      for await (const { host, data } of readEvents(coordinator, run, 0, AbortSignal.timeout(10_000))) {
        expect([host, text(data)]).toEqual(['web.1', 'begin']);
        break;
      }
      const options = { timeout: 500, signal: AbortSignal.timeout(10_000) };
      const unexpected = (error: unknown): void => expect.unreachable(String(error));
      const stops = [
        serve(worker, ['worker', 'eu', run], async () => bytes('stopped'), unexpected),
        serve(coordinator, ['coordinator', 'eu', run], async () => bytes('yes'), unexpected),
      ];
      expect(text(await ask(coordinator, ['worker', 'eu', run], bytes('stop'), options))).toBe('stopped');
      expect(text(await ask(worker, ['coordinator', 'eu', run], bytes('go on?'), options))).toBe('yes');
      for (const stop of stops) stop();
      expect(await work?.done()).toBe(true);
      await lease?.release();
      expect(await (await Leases.open(coordinator)).acquire({ region: 'eu', run, part: 'a' })).toBeDefined();
      await worker.close();
    });
  }

  test('permits nothing else, and each refusal says so at once', async () => {
    const worker = await hub.connect({ seed: seedOf(workerKey) });
    const run = newRun();
    const refused = problem('broker-refused', /may not publish to/);
    const leases = await Leases.open(worker);
    const name = { region: 'us', run, id: 'a', attempt: 1 };
    await expect(WorkQueue.open(worker, 'us')).rejects.toMatchObject(refused);
    await expect(publishWork(worker, name, bytes('x'))).rejects.toMatchObject(refused);
    await expect(publishWork(worker, { ...name, region: 'eu' }, bytes('x'))).rejects.toMatchObject(refused);
    await expect(leases.acquire({ region: 'us', run, part: 'a' })).rejects.toMatchObject(refused);
    await expect(openLog(worker, { region: 'us', run, host: 'web' }, 1, HELD)).rejects.toMatchObject(refused);
    await expect(putObject(worker, run, bytes('x'))).rejects.toMatchObject(refused);
    await expect(purge(worker, run)).rejects.toMatchObject(refused);
    await expect(provision(worker, { replicas: 1, regions: ['eu'] })).rejects.toMatchObject(refused);
    await expect(readEvents(worker, run, 0, HELD).next()).rejects.toMatchObject(refused);
    const asking = { timeout: 200, signal: AbortSignal.timeout(5_000) };
    await expect(ask(worker, ['worker', 'us', run], bytes('stop'), asking)).rejects.toMatchObject(refused);
    const errors: unknown[] = [];
    serve(
      worker,
      ['coordinator', 'eu', run],
      async (question) => question,
      (error) => errors.push(error),
    );
    await until(() => errors.length > 0);
    expect(worker.isConnected).toBe(true);
    await worker.close();
  });
});
