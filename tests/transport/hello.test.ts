// What a server says in the clear, and what people are told of it: algorithms that only the stock client has, and sshd turning us away.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, connect as dial } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Target } from '../../engine/transport/channel/connection.ts';
import { connect } from '../../engine/transport/connect.ts';
import { scanHostKeys } from '../../engine/transport/ssh/scan.ts';
import { parseServerHello } from '../../engine/transport/ssh/server-hello.ts';
import { scratch } from './scratch.ts';
import { hasSshd, type Sshd, startSshd } from './sshd.ts';
import { context, target } from './targets.ts';

const signal = new AbortController().signal;

/** A key exchange message as a server sends it (RFC 4253, 6 and 7.1). */
function kexInit(kex: string, hostKeys: string): Buffer {
  const list = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
  const lists = [kex, hostKeys, ...Array.from({ length: 8 }, () => 'none')].map(list);
  const payload = Buffer.concat([Buffer.from([20]), Buffer.alloc(16, 1), ...lists, Buffer.alloc(5)]);
  const padding = 16 - ((payload.length + 5) % 8);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + padding + 1);
  head[4] = padding;
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}

const name = 'SSH-2.0-OpenSSH_10.6\r\n';

describe('a hello', () => {
  const whole = Buffer.concat([Buffer.from(`welcome\r\n${name}`), kexInit('a,b', 'ssh-mldsa44-ed25519')]);

  test('whole', () => {
    expect(parseServerHello(whole)).toEqual({
      lines: ['welcome'],
      name: 'SSH-2.0-OpenSSH_10.6',
      kex: ['a', 'b'],
      hostKeys: ['ssh-mldsa44-ed25519'],
    });
  });

  test('cut off anywhere', () => {
    for (let length = 0; length < whole.length; length++) {
      const { kex, lines } = parseServerHello(whole.subarray(0, length));
      expect([undefined, 'a,b']).toContain(kex?.join(','));
      expect(lines.length).toBeLessThan(3);
    }
  });

  test('of somebody who is no SSH server', () => {
    expect(parseServerHello(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))).toMatchObject({
      lines: ['HTTP/1.1 400 Bad Request'],
      name: undefined,
    });
  });
});

/**
 * A server that says something to everyone and closes the connection after the client's first words, or, once it has done so a few times, lets
 * them through to another port.
 */
async function says(words: Buffer | string, times = Infinity, through = 0): Promise<{ port: number; close(): void }> {
  let left = times;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (left-- > 0) {
      socket.write(words);
      socket.once('data', () => socket.end());
    } else {
      const other = dial(through, '127.0.0.1').on('error', () => undefined);
      socket.pipe(other).pipe(socket);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  return { port, close: () => server.close() };
}

const problemOf = (given: Partial<Target>) =>
  connect(target({ connectTimeout: 20, ...given }), context(), signal).then(
    () => 'in',
    (error) => error.problems?.[0] ?? error,
  );

test.each(['ssh', 'openssh'] as const)('%s: sshd takes no connection from here, and goes on so', async (transport) => {
  const server = await says('Not allowed at this time\r\n');
  expect(await problemOf({ port: server.port, transport, connectTimeout: 1 })).toMatchObject({
    code: 'unreachable',
    summary: expect.stringContaining('takes no connection from here'),
    detail: expect.stringContaining('PerSourcePenalties'),
  });
  server.close();
});

describe.skipIf(!hasSshd)('sshd takes no connection from here for a while', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.close());

  test.each(['ssh', 'openssh'] as const)('%s: that is waited out', async (transport) => {
    const { user, identityFile, hostKeys } = sshd;
    const server = await says('Not allowed at this time\r\n', 4, sshd.port);
    const knownHosts = join(scratch(), 'known_hosts');
    writeFileSync(knownHosts, `127.0.0.1 ${hostKeys.get('ed25519')}\n`);
    expect(await problemOf({ port: server.port, transport, user, identityFile, knownHosts: [knownHosts] })).toBe('in');
    server.close();
  });
});

test('a host that has only keys of a kind that is newer: no false alarm, and the stock client is named', async () => {
  const server = await says(Buffer.concat([Buffer.from(name), kexInit('curve25519-sha256', 'ssh-mldsa44-ed25519')]));
  const problem = await problemOf({ port: server.port });
  expect(problem).toMatchObject({
    code: 'unreachable',
    detail: expect.stringContaining('ssh-mldsa44-ed25519'),
    hint: expect.stringContaining('ansible_connection=openssh'),
  });
  await expect(scanHostKeys(target({ port: server.port }), context(), signal)).rejects.toMatchObject({
    problems: [{ detail: expect.stringContaining('ssh-mldsa44-ed25519') }],
  });
  server.close();
});

describe.skipIf(!hasSshd)('key exchange', () => {
  let modern: Sshd;
  let old: Sshd;
  beforeAll(async () => {
    modern = await startSshd({ lines: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] });
    old = await startSshd({ lines: ['KexAlgorithms diffie-hellman-group1-sha1'] });
  });
  afterAll(async () => {
    await modern.close();
    await old.close();
  });
  const there = ({ port, user, identityFile, knownHosts }: Sshd): Partial<Target> => ({
    port,
    user,
    identityFile,
    knownHosts: [knownHosts],
  });

  test('post-quantum alone: the stock client has it, and is named', async () => {
    expect(await problemOf(there(modern))).toMatchObject({
      code: 'unreachable',
      detail: expect.stringMatching(/post-quantum/),
      hint: expect.stringMatching(/stock client.*ansible_connection=openssh/),
    });
    expect(await problemOf({ ...there(modern), transport: 'openssh' })).toBe('in');
  });

  test('an old one is told what it offers', async () => {
    expect(await problemOf(there(old))).toMatchObject({
      code: 'unreachable',
      detail: expect.stringContaining('The host offers diffie-hellman-group1-sha1'),
    });
  });
});
