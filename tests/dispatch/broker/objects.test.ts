import { randomBytes } from 'node:crypto';
import { headers } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../../engine/base/digest.ts';
import type { Broker } from '../../../engine/dispatch/broker/broker.ts';
import { getObject, putObject } from '../../../engine/dispatch/broker/objects.ts';
import { provision } from '../../../engine/dispatch/broker/streams.ts';
import { encodeToken, OBJECTS } from '../../../engine/dispatch/broker/subjects.ts';
import { bytes, describeServers, newRun, problem, Server, until } from './server.ts';

describeServers('bundles', (release) => {
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

  test.each([0, 1, 256 * 1024, 256 * 1024 + 1, 3_000_000])(
    '%i bytes come back as they were, and are kept once',
    async (size) => {
      const run = newRun();
      const put = new Uint8Array(randomBytes(size));
      const name = await putObject(broker, run, put);
      expect(name).toBe(`${encodeToken(run)}/${sha256(put)}`);
      expect(Buffer.from(put).equals(await getObject(broker, name))).toBe(true);
      const count = async () => (await broker.jsm.streams.info(OBJECTS)).state.messages;
      const before = await count();
      expect(await putObject(broker, run, put)).toBe(name);
      expect(await count()).toBe(before);
    },
  );

  test('what was altered, is missing, or in part, is refused', async () => {
    const run = newRun();
    const put = new Uint8Array(randomBytes(600_000));
    const name = await putObject(broker, run, put);
    const subject = (index: number) => `vrun.obj.${name.replace('/', '.')}.${index}`;
    await broker.js.publish(subject(1), bytes('altered'));
    await expect(getObject(broker, name)).rejects.toMatchObject(problem('broker-data', /altered/));
    await broker.jsm.streams.purge(OBJECTS, { filter: subject(2) });
    await expect(getObject(broker, name)).rejects.toMatchObject(problem('broker-data', /missing \(3 of 3\)/));
    // A first part that lies about how many there are.
    for (const count of ['1', '0', '-1', 'many', '']) {
      const lying = headers();
      lying.set('Vrun-Chunks', count);
      await broker.js.publish(subject(0), put.subarray(0, 256 * 1024), { headers: lying });
      await expect(getObject(broker, name)).rejects.toMatchObject(problem('broker-data'));
    }
    const other = `${encodeToken(run)}/${'0'.repeat(64)}`;
    await expect(getObject(broker, other)).rejects.toMatchObject(problem('broker-data', /not there/));
    for (const no of ['', 'x', `${other}.0`, `a.b/${'0'.repeat(64)}`, `>/${'0'.repeat(64)}`]) {
      await expect(getObject(broker, no)).rejects.toMatchObject(problem('broker-data', /no name/));
    }
  });

  test('a put goes on over SIGKILL', async () => {
    const put = new Uint8Array(randomBytes(4_000_000));
    const putting = putObject(broker, newRun(), put);
    await until(async () => (await broker.jsm.streams.info(OBJECTS)).state.messages > 2);
    await server.stop();
    await server.start();
    expect(Buffer.from(put).equals(await getObject(broker, await putting))).toBe(true);
  });
});
