// `vrun worker --metrics`: what Prometheus gets of a worker, from before it reaches its broker until it ends.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { publishWork } from '../../../engine/dispatch/broker/queue.ts';
import { provision } from '../../../engine/dispatch/broker/streams.ts';
import { TIMES } from '../../../engine/dispatch/broker/times.ts';
import { bytes, describeServers, newRun, Server, until } from '../../dispatch/broker/server.ts';
import { openProject, vrun } from '../../docs/project.ts';
import { startEmbeddedServer } from '../../embedded/server.ts';
import { startCollector } from '../../view/traces/collector.ts';

const VRUN = fileURLToPath(new URL('../../../dist/vrun.js', import.meta.url));

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

/** A worker in a process of its own, that goes on until it is interrupted. */
function beginWorker(home: string, words: readonly string[], { onTestFinished }: TestContext) {
  const child = spawn(process.execPath, [VRUN, ...words], { cwd: home, env: { PATH: process.env.PATH, HOME: home } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const ended = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const url = async () => {
    await until(() => /metrics at \S+\n/.test(said));
    return /metrics at (\S+)/.exec(said)?.[1] ?? '';
  };
  const interrupt = async () => {
    child.kill('SIGTERM');
    const [status] = await ended;
    return status;
  };
  return { said: () => said, interrupt, url };
}

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
  test('tells of its queue, of work that it can’t use, and of a broker that goes away', async (context) => {
    const server = await Server.start({ release });
    context.onTestFinished(() => server.remove());
    const worker = beginWorker(machine, argv(server.address, '0'), context);
    const url = await worker.url();
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
    expect(await worker.interrupt()).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

describeServers('a dispatched run', (release) => {
  test('is counted by its worker, and traced by its coordinator', async (context) => {
    const [server, host, collector] = await Promise.all([
      Server.start({ release }),
      startEmbeddedServer(),
      startCollector(),
    ]);
    context.onTestFinished(async () => {
      collector.close();
      await Promise.all([host.close(), server.remove()]);
    });
    const own = openProject({
      '.ssh/known_hosts': readFileSync(host.knownHosts, 'utf8'),
      '.config/vrun/worker/operators': '',
    });
    const project = openProject({
      // What the second says is more than one message of the broker carries.
      'site.yml': `- name: Say
  hosts: all
  tasks:
    - { name: asks, command: { argv: [echo, hi] }, read_only: true }
    - { name: much, command: { argv: [sh, -c, "head -c 900000 /dev/zero | tr '\\\\0' x"] }, read_only: true, register: much }
    - { name: all of it, assert: { that: ["much.stdout.size() == 900000"] } }
`,
      'hosts.yml': `all: { hosts: { h1: { ansible_host: ${host.address}, ansible_port: ${host.port}, ansible_user: ${host.user}, ansible_ssh_private_key_file: ${host.identityFile} } } }`,
    });
    const entry = await vrun(own, 'worker', 'enroll', '--name', 'eu-1');
    writeFileSync(join(project, 'eu-1.yml'), entry.stdout);
    await vrun(project, 'worker', 'add', 'eu-1.yml');
    const operator = await vrun(project, 'worker', 'operator');
    writeFileSync(join(own, '.config/vrun/worker/operators'), operator.stdout);
    await vrun(project, 'worker', 'coordinator');

    const worker = beginWorker(
      own,
      ['worker', '--dispatch', server.address, '--name', 'eu-1', '--metrics', '0'],
      context,
    );
    const url = await worker.url();
    // A dry run takes no lock: the hosts of all releases are this machine. A process of its own: paths of a dispatched run are as they are for its working directory.
    const env = { PATH: process.env.PATH, HOME: project, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const run = [VRUN, 'site.yml', '--check', '-i', 'hosts.yml', '--dispatch', server.address];
    await promisify(execFile)(process.execPath, run, { cwd: project, env, timeout: 40_000 }).catch((error) =>
      expect.unreachable(`${error.stdout}${error.stderr}${worker.said()}`),
    );
    const figures = async () => (await fetch(url)).text();
    await until(async () => (await figures()).includes('vrun_worker_units_total{outcome="done"} 1'));
    expect(await figures()).toMatch(
      /^vrun_worker_hosts_done_total 1\n[\s\S]*^vrun_worker_leases_lost_total 0\n[\s\S]*^vrun_worker_runs_read_total 1\n[\s\S]*^vrun_worker_unit_duration_seconds_count 1\n[\s\S]*^vrun_worker_units_in_hand 0\n/m,
    );
    // What comes from a worker in one message comes at one time: which began first isn't told by that.
    const tree = ['RUN site.yml', '  Say', '    h1', '      connect', '      asks', '      much', '      all of it'];
    expect(collector.tree().sort()).toEqual(tree.sort());
    expect(await worker.interrupt()).toBe(0);
    for (const directory of [own, project]) rmSync(directory, { recursive: true });
  });
});

describe('without --metrics', () => {
  test('nothing listens, and nothing is said of it', async () => {
    const { stdout } = await vrun(machine, 'worker', '--dispatch', '127.0.0.1:1', '--name', 'eu-1');
    expect(stdout).toBe('');
  });
});
