import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Broker } from '../../../engine/dispatch/broker/broker.ts';
import { Fenced } from '../../../engine/dispatch/broker/fenced.ts';
import { type Lease, type LeaseKey, Leases } from '../../../engine/dispatch/broker/lease.ts';
import { provision } from '../../../engine/dispatch/broker/streams.ts';
import { encodeToken, LEASE_STREAM } from '../../../engine/dispatch/broker/subjects.ts';
import { QUICK } from './quick.ts';
import { bundle, describeServers, newRun, Server, until } from './server.ts';

describeServers('leases', (release) => {
  let server: Server;
  let broker: Broker;
  let leases: Leases;
  beforeAll(async () => {
    server = await Server.start({ release });
    broker = await server.connect();
    await provision(broker, { replicas: 1, regions: [] });
    leases = await Leases.open(broker);
  });
  afterAll(async () => {
    await broker?.close();
    await server?.remove();
  });

  const newKey = (): LeaseKey => ({ region: 'eu', run: newRun(), part: 'p0.b1' });

  async function acquire(key: LeaseKey, from = leases): Promise<Lease> {
    let lease: Lease | undefined;
    await until(async () => {
      lease = await from.acquire(key);
      return lease !== undefined;
    });
    return lease ?? expect.unreachable();
  }

  test('one holder at a time, for as long as it renews, and the next has a higher epoch', async () => {
    const key = newKey();
    const lease = await acquire(key);
    expect(await leases.acquire(key)).toBeUndefined();
    const other = await leases.acquire({ ...key, part: 'p0.b2' });
    expect(other?.isHeld()).toBe(true);
    await other?.release();
    await delay(QUICK.lease * 1.3);
    expect(lease.isHeld()).toBe(true);
    expect(await leases.acquire(key)).toBeUndefined();
    await lease.release();
    expect([lease.isHeld(), lease.lost.aborted]).toEqual([false, false]);
    const next = await leases.acquire(key);
    expect(next?.epoch).toBeGreaterThan(lease.epoch);
    await next?.release();
    await next?.release();
  });

  test('of many at once one has it', async () => {
    const key = newKey();
    const found = await Promise.all(Array.from({ length: 12 }, () => leases.acquire(key)));
    expect(found.filter((lease) => lease !== undefined)).toHaveLength(1);
    await found.find((lease) => lease !== undefined)?.release();
  });

  test('an answer that was lost is found: the lease is our own', async () => {
    const key = newKey();
    const patient = await server.connect({ times: { ...QUICK, ping: 10_000 } }); // that keeps its connection meanwhile
    const leases = await Leases.open(patient);
    server.signal('SIGSTOP');
    const acquiring = leases.acquire(key);
    await delay(QUICK.publish * 1.2); // the first request is given up, and stored all the same
    server.signal('SIGCONT');
    const lease = await acquiring;
    expect(lease?.isHeld()).toBe(true);
    const last_by_subj = `$KV.VRUN_LEASE.${[key.region, key.run, key.part].map(encodeToken).join('.')}`;
    const renewed = async () => (await broker.jsm.streams.getMessage(LEASE_STREAM, { last_by_subj }))?.seq ?? 0;
    const before = await renewed();
    await until(async () => (await renewed()) > before);
    server.signal('SIGSTOP');
    await delay(QUICK.heartbeat + QUICK.publish);
    server.signal('SIGCONT');
    const after = await renewed();
    await until(async () => (await renewed()) > after);
    expect(lease?.isHeld()).toBe(true);
    await lease?.release();
  });

  test("an answer that was lost for long doesn't make the lease any longer", async () => {
    const key = newKey();
    server.signal('SIGSTOP');
    const began = performance.now();
    const acquiring = leases.acquire(key);
    await delay(QUICK.publish * 2.5);
    server.signal('SIGCONT');
    const lease = await acquiring;
    if (lease === undefined) expect.unreachable();
    server.signal('SIGSTOP'); // before it is renewed
    await until(() => lease.lost.aborted);
    expect(performance.now() - began).toBeLessThan(QUICK.selfFence + 200);
    server.signal('SIGCONT');
    await broker.connected(AbortSignal.timeout(5_000));
  });

  test('it is held over a short restart of the broker, and its epoch grows after it', async () => {
    const key = newKey();
    const lease = await acquire(key);
    await server.stop();
    await server.start();
    await broker.connected(AbortSignal.timeout(5_000));
    await delay(QUICK.selfFence);
    expect(lease.isHeld()).toBe(true);
    expect(await leases.acquire(key)).toBeUndefined();
    await lease.release();
    expect((await acquire(key)).epoch).toBeGreaterThan(lease.epoch);
  });

  test('with the broker away the holder stops by itself before another can have it', async () => {
    const key = newKey();
    const lease = await acquire(key);
    await server.stop();
    const began = performance.now();
    await until(() => lease.lost.aborted, QUICK.lease);
    expect(performance.now() - began).toBeLessThan(QUICK.selfFence + 200);
    expect(lease.lost.reason).toBeInstanceOf(Fenced);
    expect(lease.isHeld()).toBe(false);
    await server.start();
    await broker.connected(AbortSignal.timeout(5_000));
    const next = await acquire(key);
    expect(next.epoch).toBeGreaterThan(lease.epoch);
    expect(lease.isHeld()).toBe(false);
    await lease.release();
    expect(next.isHeld()).toBe(true);
    expect(await leases.acquire(key)).toBeUndefined();
    await next.release();
  });

  test('taken away by purge or by another, it is lost at the next heartbeat', async () => {
    const key = newKey();
    const lease = await acquire(key);
    await broker.jsm.streams.purge(LEASE_STREAM);
    const next = await acquire(key);
    await until(() => lease.lost.aborted, QUICK.heartbeat * 2);
    expect(lease.lost.reason.message).toMatch(/another holds/);
    await lease.release();
    expect(next.isHeld()).toBe(true);
    await next.release();
  });

  test('a worker that was stopped past its lease knows it in the moment it goes on', async () => {
    const key = newKey();
    const worker = fork(bundle('held.ts', server.directory), [server.address, JSON.stringify(key)]);
    try {
      const [first] = await once(worker, 'message');
      expect(first).toMatchObject({ isHeld: true });
      worker.kill('SIGSTOP');
      const next = await acquire(key); // once the lease is over
      worker.send('are you there?'); // waits for it when it wakes up, before any timer
      worker.kill('SIGCONT');
      const [woken] = await once(worker, 'message');
      expect(woken).toEqual({ isHeld: false, epoch: first.epoch, lost: true });
      expect(next.epoch).toBeGreaterThan(first.epoch);
      expect(next.isHeld()).toBe(true);
      await next.release();
    } finally {
      worker.kill('SIGKILL');
    }
  });
});
