import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Missing } from '../../../engine/module/index.ts';
import waitFor from '../../../modules/wait-for/wait-for.ts';
import { bind, output, type Params } from '../harness/bind.ts';
import { runScript, SHELLS } from '../harness/perform.ts';
import { table } from '../harness/table.ts';

table(waitFor, [
  {
    title: 'it is open',
    params: { port: 80 },
    have: true,
    changes: [],
    result: { host: '127.0.0.1', port: 80 },
  },
  { title: 'it is not', params: { port: 80 }, have: false, changes: [], failure: '127.0.0.1:80 is not open' },
  { title: 'it shall not be', params: { port: 80, state: 'stopped' }, have: false, changes: [] },
  {
    title: 'it shall not be and is',
    params: { port: 80, host: '::1', state: 'stopped' },
    have: true,
    changes: [],
    failure: '[::1]:80 is still open',
  },
  {
    title: 'a path',
    params: { path: '/run/x' },
    transcript: { stdout: 'yes\n' },
    changes: [],
    result: { path: '/run/x' },
  },
  { title: 'none', params: { path: '/run/x' }, have: false, changes: [], failure: '/run/x is not there' },
  { title: 'a path that shall go', params: { path: '/run/x', state: 'absent' }, have: false, changes: [] },
  {
    title: 'and is there',
    params: { path: '/run/x', state: 'absent' },
    have: true,
    changes: [],
    failure: '/run/x is still there',
  },
  {
    title: 'nothing that could tell',
    params: { port: 80, host: 'db' },
    transcript: { stdout: 'none\n' },
    missing: ['command:bash'],
    changes: [],
  },
]);

test.each([
  [{}, 'wait-for takes port or path'],
  [{ port: 80, path: '/x' }, 'wait-for takes port or path'],
  [{ path: 'x' }, 'The path must be absolute'],
  [{ port: 0 }, 'A value that it cannot take'],
  [{ port: 80, host: 'a b' }, 'That is no name and no address'],
  [{ port: 80, host: '[::1]' }, 'That is no name and no address'],
  [{ port: 80, state: 'drained' }, 'Not one of the values that it takes'],
])('%j is refused', (params, summary) => {
  expect(() => bind(waitFor, params)).toThrow(summary);
});

test('what the look doesn’t say is an error', () => {
  expect(() => waitFor.parse(output({ stdout: 'perhaps' }), [bind(waitFor, { port: 80 })])).toThrow(
    'nothing that it should',
  );
});

test('with no time to wait there is one look', () => {
  expect(waitFor.plan(false, bind(waitFor, { port: 80, timeout: 0 })).wait).toBeUndefined();
});

describe('a port of another address, with nothing on the host but', () => {
  const { address = '' } =
    Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4') ?? {};
  const programs = mkdtempSync(join(tmpdir(), 'vrun-tools-'));
  const server = createServer();
  beforeAll(async () => {
    server.listen(0, address);
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
    rmSync(programs, { recursive: true });
  });

  const installed = (name: string) => [`/usr/bin/${name}`, `/bin/${name}`].find(existsSync);
  const TOOLS = [
    ['bash', installed('bash')],
    ['curl', installed('curl')],
    ['nc', installed('busybox')],
  ] as const;
  test.each(TOOLS.filter(([, path]) => path !== undefined && address !== ''))('%s (%s)', (tool, path = '') => {
    const PATH = mkdtempSync(join(programs, tool));
    for (const name of ['sh', 'timeout']) symlinkSync(installed(name) ?? '', join(PATH, name));
    symlinkSync(path, join(PATH, tool));
    const look = (port: number) => {
      const want = bind(waitFor, { port, host: address });
      const script = waitFor.probe([want])?.text ?? '';
      const { status, stdout } = spawnSync('/bin/sh', ['-c', script], { env: { PATH }, encoding: 'utf8' });
      return `${status} ${stdout.trim()}`;
    };
    const at = server.address();
    expect(look(typeof at === 'object' && at !== null ? at.port : 0)).toBe('0 yes');
    expect(look(1)).toBe('0 no');
  });
});

describe.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('in %s', (_, shell) => {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-wait-'));
  const servers: Server[] = [];
  let port = 0;
  beforeAll(async () => {
    const server = createServer().listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no address');
    ({ port } = address);
  });
  afterAll(() => {
    for (const server of servers) server.close();
    rmSync(directory, { recursive: true });
  });

  const look = (params: Params) => {
    const want = bind(waitFor, params);
    const [have] = waitFor.parse(runScript(waitFor.probe([want])?.text ?? '', undefined, shell), [want]);
    return have instanceof Missing ? have.needs : have;
  };

  test('it sees who listens, where', () => {
    expect(look({ port })).toBe(true);
    expect(look({ port, host: 'localhost' })).toBe(true);
    expect(look({ port, host: '127.0.0.2' })).toBe(false);
    expect(look({ port, host: '::1' })).toBe(false);
    expect(look({ port: 1 })).toBe(false);
  });

  test('it waits until it is there, or for as long as it may', () => {
    const path = join(directory, 'made');
    const wait = (params: Params) => {
      const { wait: planned } = waitFor.plan(false, bind(waitFor, params));
      return planned?.kind === 'host' ? planned.run.text : '';
    };
    const started = performance.now();
    runScript(`(sleep 1; : >${path}) & ${wait({ path, timeout: 30 })}`, undefined, shell);
    expect(existsSync(path)).toBe(true);
    expect(performance.now() - started).toBeLessThan(15_000);
    const late = performance.now();
    expect(runScript(wait({ path: `${path}.never`, timeout: 2 }), undefined, shell).status).toBe(0);
    expect(performance.now() - late).toBeGreaterThan(1000);
    writeFileSync(path, '');
    const { wait: gone } = waitFor.plan(true, bind(waitFor, { path, state: 'absent', timeout: 30 }));
    runScript(`(sleep 1; rm ${path}) & ${gone?.kind === 'host' ? gone.run.text : ''}`, undefined, shell);
    expect(existsSync(path)).toBe(false);
  });
});
