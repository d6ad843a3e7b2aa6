// `vrun worker --metrics`: what Prometheus gets of a worker, from before it reaches its broker until it ends.
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publishWork } from '../../../engine/dispatch/broker/queue.ts';
import { provision } from '../../../engine/dispatch/broker/streams.ts';
import { TIMES } from '../../../engine/dispatch/broker/times.ts';
import { bytes, describeServers, newRun, Server, until } from '../../dispatch/broker/server.ts';
import { openProject, vrun, vrunWith } from '../../docs/project.ts';

let machine: string;
beforeAll(async () => {
  machine = openProject({});
  const { stdout } = await vrun(machine, 'worker', 'enroll', '--name', 'eu-1', '--region', 'eu');
  const key = /ssh: (.*)/.exec(stdout)?.[1];
  writeFileSync(join(machine, '.config/vrun/worker/operators'), `op@here namespaces="vrun-dispatch-v1" ${key}\n`);
});
afterAll(() => rmSync(machine, { recursive: true }));

const argv = (broker: string, metrics: string) =>
  ['worker', '--dispatch', broker, '--name', 'eu-1', '--region', 'eu', '--metrics', metrics] as const;

test('another place than the loopback is refused, with a reason', async () => {
  const { status, stderr, stdout } = await vrun(machine, ...argv('127.0.0.1:1', '0.0.0.0:9464'));
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('--metrics ‹0.0.0.0:9464› is no place for metrics');
  expect(stderr).toContain('without TLS and to whoever asks');
});

test('a port that is taken is told before the broker is asked', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { status, stderr } = await vrun(machine, ...argv('127.0.0.1:1', String(port)));
  other.close();
  expect(status).toBe(1);
  expect(stderr).toContain(`Metrics can’t be offered at 127.0.0.1:${port}`);
  expect(stderr).not.toContain('broker');
});

test('where the broker is away the port is free again, and the command ends', async () => {
  const { status, stdout, stderr } = await vrun(machine, ...argv('127.0.0.1:1', '0'));
  expect(status).toBe(1);
  expect(stderr).toContain('broker');
  const url = /metrics at (\S+)/.exec(stdout)?.[1] ?? '';
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

describeServers('a worker with metrics', (release) => {
  test('tells of its queue, of work that it can’t use, and of a broker that goes away', async () => {
    const server = await Server.start({ release });
    const stdout = new PassThrough({ encoding: 'utf8' });
    let said = '';
    stdout.on('data', (text: string) => {
      said += text;
    });
    let interrupt = () => {};
    const onInterrupt = (interrupted: () => void) => {
      interrupt = interrupted;
      return () => undefined;
    };
    const ended = vrunWith({ stdout, onInterrupt }, machine, ...argv(server.address, '0'));
    await until(() => /metrics at \S+\n/.test(said));
    const url = /metrics at (\S+)/.exec(said)?.[1] ?? '';
    const figures = async () => (await fetch(url)).text();
    await until(async () => (await figures()).includes('vrun_worker_broker_connected 1'));
    expect(await figures()).not.toContain('vrun_worker_queue_units{');

    const broker = await server.connect({ times: TIMES });
    await provision(broker, { replicas: 1, regions: ['eu'] });
    await publishWork(broker, { region: 'eu', run: newRun(), id: 'a', attempt: 1 }, bytes('no unit'));
    await until(async () => (await figures()).includes('vrun_worker_problems_total{code="broker-data"} 1'), 20_000);
    expect(await figures()).toMatch(/^vrun_worker_queue_units\{region="eu",state="(waiting|out)"\} 1$/m);
    await broker.close();

    await server.remove();
    await until(async () => (await figures()).includes('vrun_worker_broker_connected 0'));
    expect(await figures()).not.toContain('vrun_worker_queue_units{');
    interrupt();
    expect((await ended).status).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

describe('without --metrics', () => {
  test('nothing listens, and nothing is said of it', async () => {
    const { stdout } = await vrun(machine, 'worker', '--dispatch', '127.0.0.1:1', '--name', 'eu-1');
    expect(stdout).toBe('');
  });
});
