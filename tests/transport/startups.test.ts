// Logins under way at one server: sshd with its defaults drops none of ours, and no other host waits for that.
import { setMaxListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProblemError } from '../../engine/language/problem/problem.ts';
import type { Connection } from '../../engine/transport/channel/connection.ts';
import { type Startup, Startups, startupEnd } from '../../engine/transport/channel/startups.ts';
import { connect } from '../../engine/transport/connect.ts';
import { brokenOff } from '../../engine/transport/ssh/dial.ts';
import { scratch } from './scratch.ts';
import { hasSshd, type Sshd, startSshd } from './sshd.ts';
import { context, target } from './targets.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);

/** Logins that want to begin, and those that have. */
class Crowd {
  readonly startups = new Startups();
  readonly begun: Startup[] = [];

  /** So many at once, each at a server of these names. */
  async come(count: number, namesOf: (index: number) => readonly string[]): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      void this.startups.begin(namesOf(index), never).then((startup) => this.begun.push(startup));
    }
    await settled();
  }

  /** Ends the first so many of those that have begun. */
  async end(count: number, how: 'authenticated' | 'dropped' | 'over'): Promise<void> {
    for (const startup of this.begun.splice(0, count)) startup.end(how);
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('how many may be under way', () => {
  test('eight at one address, and one more with each that is over', async () => {
    const crowd = new Crowd();
    await crowd.come(20, () => ['a:22']);
    expect(crowd.begun).toHaveLength(8);
    await crowd.end(3, 'over');
    expect(crowd.begun).toHaveLength(8);
    await crowd.end(8, 'authenticated');
    await crowd.end(8, 'authenticated');
    expect(crowd.begun).toHaveLength(1);
  });

  test('eight at one server that answers at many addresses', async () => {
    const crowd = new Crowd();
    await crowd.come(20, (index) => [`a${index}:22`, 'SHA256:one', 'SHA256:two']);
    expect(crowd.begun).toHaveLength(8);
    await crowd.come(8, (index) => [`b${index}:22`, 'SHA256:three']);
    expect(crowd.begun).toHaveLength(16);
  });

  test('any number of hosts that have nothing in common', async () => {
    const crowd = new Crowd();
    await crowd.come(500, (index) => [`a${index}:22`, `SHA256:${index}`]);
    expect(crowd.begun).toHaveLength(500);
  });

  test('half as many at a server that drops one, once for all that were under way, and more with each success', async () => {
    const crowd = new Crowd();
    await crowd.come(40, () => ['a:22']);
    await crowd.end(8, 'dropped');
    expect(crowd.begun).toHaveLength(4);
    await crowd.end(4, 'authenticated');
    expect(crowd.begun).toHaveLength(4);
    await crowd.end(4, 'authenticated');
    expect(crowd.begun).toHaveLength(5);
  });

  test('one at least', async () => {
    const crowd = new Crowd();
    await crowd.come(40, () => ['a:22']);
    for (let round = 0; round < 6; round += 1) await crowd.end(crowd.begun.length, 'dropped');
    expect(crowd.begun).toHaveLength(1);
  });

  test('half as many of all after a drop, since others may be the same server; never fewer than that one takes', async () => {
    const crowd = new Crowd();
    await crowd.come(100, (index) => [`a${index}:22`]);
    await crowd.end(100, 'dropped');
    await crowd.come(100, (index) => [`b${index}:22`]);
    expect(crowd.begun).toHaveLength(50);
    for (let round = 0; round < 6; round += 1) {
      await crowd.end(crowd.begun.length, 'dropped');
      await crowd.come(100, (index) => [`c${index}:22`]);
    }
    expect(crowd.begun).toHaveLength(8);
  });

  test('whoever gives up gives no place away, and ending twice gives one', async () => {
    const crowd = new Crowd();
    await crowd.come(8, () => ['a:22']);
    const stop = new AbortController();
    const waiting = crowd.startups.begin(['a:22'], stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(crowd.startups.begin(['b:22'], stop.signal)).rejects.toThrow('enough');
    await crowd.come(3, () => ['a:22']);
    const [first] = crowd.begun;
    first?.end('over');
    first?.end('over');
    await settled();
    expect(crowd.begun).toHaveLength(9);
  });

  test.each([
    [new ProblemError([brokenOff(new Error('read ECONNRESET'), 'web1', 'a:22')]), 'dropped'],
    [new ProblemError([{ code: 'auth-failed', summary: 'no' }]), 'over'],
    [new Error('enough'), 'over'],
  ])('what a failed login means: %s', (error, end) => {
    expect(startupEnd(error)).toBe(end);
  });
});

/** What sshd has said of connections that it took, let in and dropped. */
function seen(sshd: Sshd): { readonly connections: number; readonly logins: number; readonly dropped: number } {
  const count = (pattern: RegExp): number => [...sshd.log().matchAll(pattern)].length;
  return {
    connections: count(/^Connection from \S+ port \d+ on 127\.0\.3\./gm),
    logins: count(/^Accepted publickey/gm),
    dropped: count(/MaxStartups/g),
  };
}

describe.skipIf(!hasSshd)('sixty addresses of an sshd with its defaults', () => {
  const addresses = Array.from({ length: 60 }, (_, index) => `127.0.3.${index + 1}`);
  const types = ['ed25519', 'ecdsa', 'rsa'];
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd({ types, address: '0.0.0.0', lines: ['LogLevel VERBOSE'] });
  });
  afterAll(() => sshd.close());

  /** All of them at once; the key of which kind each is pinned by. */
  async function logIn(transport: 'ssh' | 'openssh', kindOf: (index: number) => string | undefined): Promise<void> {
    const { port, user, identityFile, hostKeys } = sshd;
    const lines = addresses.map((address, index) => `[${address}]:${port} ${hostKeys.get(kindOf(index) ?? '')}\n`);
    const file = join(scratch(), 'known_hosts');
    writeFileSync(file, lines.join(''));
    const around = context();
    const connections = await Promise.allSettled(
      addresses.map((address) =>
        connect(
          target({ name: address, address, port, user, identityFile, transport, knownHosts: [file] }),
          around,
          never,
        ),
      ),
    );
    const failed = connections.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    const made = connections.flatMap((one): Connection[] => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all(made.map((connection) => connection.close()));
    expect(failed).toEqual([]);
  }

  test.each(['ssh', 'openssh'] as const)('%s: one connection each, and none is dropped', async (transport) => {
    const before = seen(sshd);
    await logIn(transport, () => 'ed25519');
    const after = seen(sshd);
    expect(after.logins - before.logins).toBe(60);
    expect(after.dropped - before.dropped).toBe(0);
    expect(after.connections - before.connections).toBe(60);
  });

  test('none fails where nothing tells that they are one', async () => {
    const before = seen(sshd);
    await logIn('ssh', (index) => types[index % types.length]);
    expect(seen(sshd).logins - before.logins).toBe(60);
  });
});
