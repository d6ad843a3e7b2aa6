// A worker's figures as Prometheus gets them, over HTTP.
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { parseMetricsAddress } from '../../../engine/dispatch/metrics/address.ts';
import { type Offered, offer } from './offered.ts';

let offered: Offered | undefined;
afterEach(() => offered?.close());

const unit = (id: number, hosts: number) => ({ run: 'r1', unit: id, hosts }) as const;
const hostDone = (id: number, host: string) => ({ of: 'host done', run: 'r1', unit: id, host }) as const;

describe('figures', () => {
  test('of units that are done, given up and in hand', async () => {
    offered = await offer();
    const { see, values } = offered;
    see({ of: 'ready' });
    see({ of: 'begun', ...unit(1, 3) });
    see({ of: 'run read', run: 'r1' });
    see({ of: 'begun', ...unit(2, 2) });
    see({ of: 'begun', ...unit(3, 5) });
    see({ of: 'begun', ...unit(4, 1) });
    for (const host of ['a', 'b', 'c']) see(hostDone(1, host));
    see({ of: 'done', ...unit(1, 3) });
    see({ of: 'given up', why: 'lease lost', ...unit(2, 2) });
    see({ of: 'given up', why: 'stopped', ...unit(4, 1) });
    see(hostDone(3, 'd'));
    expect(await values()).toMatchObject({
      'vrun_worker_units_total{outcome="done"}': 1,
      'vrun_worker_units_total{outcome="given_up"}': 2,
      vrun_worker_hosts_done_total: 4,
      vrun_worker_leases_lost_total: 1,
      vrun_worker_runs_read_total: 1,
      vrun_worker_units_in_hand: 1,
      vrun_worker_hosts_in_hand: 4,
      vrun_worker_slots: 4,
      vrun_worker_unit_duration_seconds_count: 1,
      'vrun_worker_unit_duration_seconds_bucket{le="1"}': 1,
      'vrun_worker_unit_duration_seconds_bucket{le="+Inf"}': 1,
      'vrun_worker_info{name="eu-1",region="eu",version="1.2.3"}': 1,
    });
  });

  test('are there from the start, with those of the process, each with what it is', async () => {
    offered = await offer();
    const text = await offered.text();
    expect(text).toMatch(/^vrun_worker_units_total\{outcome="done"\} 0$/m);
    expect(text).toMatch(/^vrun_worker_leases_lost_total 0$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    const names = [...text.matchAll(/^# TYPE (vrun_\w+) (\w+)$/gm)];
    for (const [, name = '', type] of names) {
      expect(text).toContain(`# HELP ${name} `);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
    }
  });

  test('of the broker, as it is at the moment', async () => {
    const watched = { isConnected: false, queue: undefined as { waiting: number; out: number } | undefined };
    offered = await offer(watched);
    const away = await offered.values();
    expect(away.vrun_worker_broker_connected).toBe(0);
    expect(Object.keys(away).filter((name) => name.startsWith('vrun_worker_queue_units{'))).toEqual([]);
    watched.isConnected = true;
    watched.queue = { waiting: 7, out: 2 };
    expect(await offered.values()).toMatchObject({
      vrun_worker_broker_connected: 1,
      'vrun_worker_queue_units{region="eu",state="waiting"}': 7,
      'vrun_worker_queue_units{region="eu",state="out"}': 2,
    });
    watched.queue = undefined;
    expect(await offered.text()).not.toContain('vrun_worker_queue_units{');
  });
});

describe('over HTTP', () => {
  test('only /metrics, and only to be read', async () => {
    offered = await offer();
    const { url } = offered;
    const got = await fetch(url);
    expect(got.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(`${url}?x=1`)).status).toBe(200);
    expect((await fetch(new URL('/', url))).status).toBe(404);
    const posted = await fetch(url, { method: 'POST', body: 'x' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('figures that can’t be had are an answer, too', async () => {
    offered = await offer({ queue: 'throws' });
    expect((await fetch(offered.url)).status).toBe(500);
  });

  test('no longer once it is closed', async () => {
    const { url, close } = await offer();
    await (await fetch(url)).text();
    close();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('a port that is taken is told at once', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(offer({ port })).rejects.toMatchObject({
      problems: [{ code: 'system', summary: `Metrics can’t be offered at 127.0.0.1:${port}` }],
    });
    other.close();
  });
});

describe('the address', () => {
  test.each([
    ['9464', '127.0.0.1', 9464],
    ['0', '127.0.0.1', 0],
    ['localhost:9464', '127.0.0.1', 9464],
    ['127.0.0.2:1', '127.0.0.2', 1],
    ['[::1]:65535', '::1', 65535],
  ])('%s', (text, host, port) => {
    expect(parseMetricsAddress(text)).toEqual({ host, port });
  });

  test.each(['0.0.0.0:9464', '[::]:9464', '192.0.2.1:9464', '127.0.0.1.example.com:1', 'eu-1:9464'])(
    '%s is refused, with a reason',
    (text) => {
      expect(() => parseMetricsAddress(text)).toThrow(
        'is not this machine’s loopback. Metrics are offered without TLS',
      );
    },
  );

  test.each([
    '',
    'x',
    '65536',
    '-1',
    '127.0.0.1',
    '127.0.0.1:',
    ':9464',
    '::1:9464',
    '127.0.0.1:9464/metrics',
    '9464 ',
  ])('%j is none', (text) => {
    expect(() => parseMetricsAddress(text)).toThrow(/not of the form|loopback/);
  });
});
