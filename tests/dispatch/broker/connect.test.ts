import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { afterEach, describe, expect, test } from 'vitest';
import { parseAddress, parseAddresses } from '../../../engine/dispatch/broker/address.ts';
import type { Broker } from '../../../engine/dispatch/broker/broker.ts';
import { type BrokerOptions, connectBroker } from '../../../engine/dispatch/broker/connect.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import { QUICK } from './quick.ts';
import { bundle, describeServers, problem, Server, until } from './server.ts';

/** What a test opened, closed after it: of its own for each suite, since some run side by side. */
function cleaned(): (() => unknown)[] {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return ends;
}

describe('addresses', () => {
  test.each([
    ['nats://broker.example.com', 'broker.example.com:4222', false],
    ['broker.example.com:4333', 'broker.example.com:4333', false],
    ['tls://10.0.0.1:4222', '10.0.0.1:4222', true],
    ['nats://[::1]:4222/', '[::1]:4222', false],
  ])('%s', (text, place, secure) => {
    expect(parseAddress(text)).toEqual({ place, secure });
  });

  test.each([
    ['http://broker:4222', /http:/],
    ['ws://broker:4222', /ws:/],
    ['nats://', /nats:\/\/HOST/],
    ['nats://a b', /HOST/],
    ['nats://broker:99999', /HOST/],
    ['', /HOST/],
    ['nats://broker/path', /follows/],
    ['nats://anna:geheim@broker', /password/],
  ])('%s is refused', (text, why) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining(problem('usage', why)));
  });

  test('no address is none, and not that of this machine', () => {
    expect(() => parseAddresses([])).toThrow(expect.objectContaining(problem('usage', /there is none/)));
  });

  test('a password in an address is not shown', () => {
    expect(() => parseAddress('nats://anna:geheim@broker')).not.toThrow(/geheim/);
  });
});

describe('where there is no broker', () => {
  const ends = cleaned();

  function connectTo(options: Partial<BrokerOptions>, signal = AbortSignal.timeout(20_000)): Promise<Broker> {
    const connecting = connectBroker({ servers: [], name: 'test', times: QUICK, ...options }, signal);
    ends.push(() => connecting.then((broker) => broker.close()).catch(() => undefined));
    return connecting;
  }

  /** A server in the process that says something, or nothing, to whoever connects, and answers PING. @returns its address */
  async function fake(greeting: string): Promise<string> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      if (greeting !== '') socket.write(greeting);
      socket.on('data', (data) => {
        if (data.includes('PING')) socket.write('PONG\r\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    return typeof address === 'object' ? `127.0.0.1:${address?.port}` : '';
  }

  test('nothing listens: at once, with the address and what works without it', async () => {
    const began = performance.now();
    const refused = connectTo({ servers: ['127.0.0.1:1', 'nats://127.0.0.1:2'] });
    await expect(refused).rejects.toMatchObject({
      problems: [
        {
          code: 'broker-away',
          detail: expect.stringMatching(/127\.0\.0\.1:1, 127\.0\.0\.1:2: .*refused/),
          hint: expect.stringMatching(/without --dispatch/),
        },
      ],
    });
    expect(performance.now() - began).toBeLessThan(1_500);
  });

  test('a server that says nothing is given up within its time', async () => {
    await expect(connectTo({ servers: [await fake('')] })).rejects.toMatchObject(problem('broker-away', /no answer/));
  });

  test('what speaks otherwise is none', async () => {
    await expect(connectTo({ servers: [await fake('HTTP/1.1 400 Bad Request\r\n\r\n')] })).rejects.toMatchObject(
      problem('broker-away', /unexpected response/),
    );
  });

  test('an abort ends it', async () => {
    const aborting = new AbortController();
    const connecting = connectTo({ servers: [await fake('')] }, aborting.signal);
    aborting.abort(new Error('enough'));
    await expect(connecting).rejects.toThrow('enough');
  });

  test('one that is too old is refused', async () => {
    const info = { server_id: 'x', version: '2.8.4', proto: 1, max_payload: 1024, headers: true, jetstream: true };
    await expect(connectTo({ servers: [await fake(`INFO ${JSON.stringify(info)}\r\n`)] })).rejects.toMatchObject(
      problem('broker-unfit', /2\.8\.4.*2\.9/),
    );
  });

  test('a missing file and a mistyped seed are told before anything is tried', async () => {
    await expect(connectTo({ servers: ['127.0.0.1:1'], ca: '/nowhere/ca.pem' })).rejects.toMatchObject(
      problem('file-unreadable', /\/nowhere\/ca\.pem/),
    );
    for (const seed of ['SUAGEHEIM', createUser().getPublicKey()]) {
      const refused = connectTo({ servers: ['127.0.0.1:1'], seed: new Secret('seed', seed) });
      await expect(refused).rejects.toMatchObject(problem('broker-refused', /‹secret:seed›/));
      await expect(refused).rejects.not.toThrow(seed);
    }
  });
});

describeServers('connections', (release) => {
  const ends = cleaned();

  async function startServer(options: ConstructorParameters<typeof Server>[0]): Promise<Server> {
    const server = await Server.start(options);
    ends.push(() => server.remove());
    return server;
  }

  test('a server without JetStream, or without the domain, is refused', async () => {
    const bare = await startServer({ release, store: false });
    await expect(bare.connect()).rejects.toMatchObject(problem('broker-unfit', /has no JetStream/));
    const server = await startServer({ release });
    await expect(server.connect({ domain: 'hub' })).rejects.toMatchObject(problem('broker-unfit', /‹hub›/));
  });

  test('keys: known, unknown, none, and one that is taken away later', async () => {
    const user = createUser();
    const seed = new Secret('seed', new TextDecoder().decode(user.getSeed()));
    const config = `authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`;
    const server = await startServer({ release, config });
    const broker = await server.connect({ seed });
    ends.push(() => broker.close());
    expect(broker.name).toBe(user.getPublicKey());
    const other = new Secret('seed', new TextDecoder().decode(createUser().getSeed()));
    await expect(server.connect({ seed: other })).rejects.toMatchObject(problem('broker-refused', /Authorization/));
    await expect(server.connect()).rejects.toMatchObject(problem('broker-refused'));

    await server.stop();
    await until(() => !broker.isConnected);
    server.config = `authorization { users: [ { nkey: ${createUser().getPublicKey()} } ] }`;
    await server.start();
    await until(() => broker.gone.aborted);
    expect(broker.gone.reason).toMatchObject(problem('broker-refused', /Authorization/));
  });

  test('TLS: a known authority, an unknown one, none at the server, and a certificate that it wants of us', async () => {
    const files = certificates();
    const tls = `cert_file: "${files.cert}", key_file: "${files.key}"`;
    const server = await startServer({ release, config: `tls { ${tls} }` });
    await (await server.connect({ ca: files.ca })).close();
    await (await server.connect({ servers: [`tls://${server.address}`], ca: files.ca })).close();
    await expect(server.connect()).rejects.toMatchObject(problem('broker-refused', /certificate/));

    const plain = await startServer({ release });
    await expect(plain.connect({ ca: files.ca })).rejects.toMatchObject(problem('broker-refused', /tls/));
    await expect(plain.connect({ servers: [`tls://${plain.address}`] })).rejects.toMatchObject(
      problem('broker-refused'),
    );

    const strict = await startServer({ release, config: `tls { ${tls}, ca_file: "${files.ca}", verify: true }` });
    await (await strict.connect({ ca: files.ca, cert: files.cert, key: files.key })).close();
    await expect(strict.connect({ ca: files.ca })).rejects.toMatchObject({
      problems: [{ code: expect.stringMatching(/broker-(refused|away)/) }],
    });
  });

  test('a server that hangs is noticed in seconds, one that was killed comes back, and closing never hangs', async () => {
    const server = await startServer({ release });
    const broker = await server.connect();
    const hung = await server.connect();
    server.signal('SIGSTOP');
    await until(() => !broker.isConnected, 5_000);
    const began = performance.now();
    await hung.close();
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(hung.gone.aborted && hung.nc.isClosed()).toBe(true);
    await expect(hung.connected()).rejects.toMatchObject(problem('interrupted'));

    server.signal('SIGCONT');
    await broker.connected(AbortSignal.timeout(5_000));
    await server.stop();
    await until(() => !broker.isConnected);
    await expect(broker.connected(AbortSignal.timeout(50))).rejects.toThrow(/timeout/);
    await server.start();
    await broker.connected(AbortSignal.timeout(5_000));
    await broker.jsm.getAccountInfo();
    await broker.close();
    await broker.close();
  });

  test('nothing holds a process that has closed, or was refused, while a server hangs', async () => {
    const server = await startServer({ release });
    const program = bundle('leaving.ts', server.directory);
    const leaving = fork(program, [server.address]);
    ends.push(() => leaving.kill('SIGKILL'));
    await once(leaving, 'message');
    server.signal('SIGSTOP');
    const refused = fork(program, [server.address]);
    ends.push(() => refused.kill('SIGKILL'));
    const codes = await Promise.all([once(leaving, 'exit'), once(refused, 'exit')]);
    expect(codes.map(([code]) => code)).toEqual([0, 3]);
  });

  test('it comes back after more tries than the client would make by itself', async () => {
    const server = await startServer({ release });
    const broker = await server.connect();
    await server.stop();
    let tries = 0;
    for await (const { type } of broker.nc.status()) if (type === 'reconnecting' && ++tries > 11) break;
    await server.start();
    await broker.connected(AbortSignal.timeout(5_000));
    expect((await broker.jsm.getAccountInfo()).streams).toBe(0);
    await broker.close();
  });
});

/** An authority, and a certificate of it for this machine. */
function certificates(): { readonly ca: string; readonly cert: string; readonly key: string } {
  const directory = mkdtempSync(join(tmpdir(), 'nats-tls-'));
  const file = (name: string) => join(directory, name);
  const openssl = (line: string) => execFileSync('openssl', line.split(' '), { cwd: directory, stdio: 'ignore' });
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  openssl(`req -x509 ${key} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority`);
  openssl(`req ${key} -keyout server.key -out server.csr -subj /CN=localhost`);
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  openssl('x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names');
  return { ca: file('ca.pem'), cert: file('server.pem'), key: file('server.key') };
}
