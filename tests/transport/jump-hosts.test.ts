// Many hosts behind one jump host, of real sshds with their defaults: one connection to it, whatever becomes of it.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Problem, ProblemError } from '../../engine/language/problem/problem.ts';
import type { Connection, Target } from '../../engine/transport/channel/connection.ts';
import { connect } from '../../engine/transport/connect.ts';
import { type ConnectContext, closeJumpHosts } from '../../engine/transport/ssh/context.ts';
import { type Link, startLink } from './link.ts';
import { scratch } from './scratch.ts';
import { newKeyFile } from './ssh-world.ts';
import { hasSshd, type Sshd, startSshd } from './sshd.ts';
import { context, say, target } from './targets.ts';

const never = new AbortController().signal;

/** More than sshd's MaxSessions, and than it takes startups. */
const HOSTS = 12;

describe.skipIf(!hasSshd).each(['ssh', 'openssh'] as const)('%s: hosts behind a jump host', (transport) => {
  let sshd: Sshd;
  let pins: string;
  const links: Link[] = [];
  let around: ConnectContext;
  beforeAll(async () => {
    sshd = await startSshd({ address: '0.0.0.0', lines: ['LogLevel VERBOSE'] });
    pins = join(scratch(), 'known_hosts');
    writeFileSync(pins, `* ${sshd.hostKeys.get('ed25519')}\n`);
  });
  afterAll(() => sshd.close());
  beforeEach(() => {
    around = context();
  });
  afterEach(async () => {
    await closeJumpHosts(around.cache);
    for (const link of links.splice(0)) link.close();
    expect(children()).toEqual([]);
  });

  /** The way to the jump host, which counts its connections. */
  async function bastion(
    options?: Parameters<typeof startLink>[1],
  ): Promise<{ readonly link: Link; readonly hop: string }> {
    const link = await startLink(sshd.port, options);
    links.push(link);
    return { link, hop: `${sshd.user}@127.0.0.1:${link.port}` };
  }

  const behind = (jump: string, index: number, more: Partial<Target> = {}): Target =>
    target({
      name: `web${index}`,
      address: `127.0.4.${index}`,
      port: sshd.port,
      user: sshd.user,
      identityFile: sshd.identityFile,
      knownHosts: [pins],
      transport,
      jump,
      ...more,
    });

  const reachAll = (jump: string, more: Partial<Target> = {}, signal = never) =>
    Promise.allSettled(
      Array.from({ length: HOSTS }, (_, index) => connect(behind(jump, index + 1, more), around, signal)),
    );

  test('one connection to it, with a channel for each, until the run hangs up', async () => {
    const { link, hop } = await bastion();
    const connections = made(await reachAll(hop));
    expect(connections).toHaveLength(HOSTS);
    const said = await Promise.all(connections.map((connection) => say(connection, 'echo through')));
    expect(said).toEqual(connections.map(() => 'through\n'));
    for (const index of connections.keys()) expect(sshd.log()).toContain(` on 127.0.4.${index + 1} port ${sshd.port}`);
    await closeAll(connections);
    // Those that come when all others are done with.
    await closeAll(made(await reachAll(hop)));
    expect(link.taken).toBe(1);
    expect(link.open).toBe(1);
    await closeJumpHosts(around.cache);
    await vi.waitFor(() => expect(link.open).toBe(0));
  });

  test('it is the same however it is written', async () => {
    const { link } = await bastion();
    const config = join(scratch(), 'config');
    writeFileSync(
      config,
      `Host bastion other
  HostName 127.0.0.1
  Port ${link.port}
  User ${sshd.user}
  IdentityFile ${sshd.identityFile}
`,
    );
    const sshConfig = { user: config, system: join(scratch(), 'none') };
    around = context({ sshConfig, localUser: sshd.user });
    const ways = ['bastion', `${sshd.user}@bastion`, 'ssh://bastion', `bastion:${link.port}`, 'other'];
    const connections = await Promise.all(ways.map((way, index) => connect(behind(way, index + 1), around, never)));
    await closeAll(connections);
    expect(link.taken).toBe(1);
  });

  test('two of them, one behind the other, and some hosts only behind the first', async () => {
    const first = await bastion();
    const second = await bastion();
    const both = `${first.hop},${second.hop}`;
    const connections = [...made(await reachAll(both)), ...made(await reachAll(first.hop))];
    expect(connections).toHaveLength(2 * HOSTS);
    expect([first.link.taken, second.link.taken]).toEqual([1, 1]);
    await closeAll(connections);
  });

  test('its connection breaks: what went through it is lost, and one more is made for all', async () => {
    const { link, hop } = await bastion();
    const before = made(await reachAll(hop));
    link.cut();
    const why = await Promise.all(before.map(({ closed }) => closed));
    expect(why.every((error) => error instanceof Error)).toBe(true);
    await closeAll(before);
    const after = made(await reachAll(hop));
    expect(after).toHaveLength(HOSTS);
    expect(await Promise.all(after.map((connection) => say(connection, 'echo back')))).toEqual(
      after.map(() => 'back\n'),
    );
    expect(link.taken).toBe(2);
    await closeAll(after);
  });

  test('its connection breaks while they log in: they do so again through the next', async () => {
    const { link, hop } = await bastion();
    const slow = await startLink(sshd.port, { late: 1000 });
    links.push(slow);
    const all = reachAll(hop, { address: '127.0.0.1', port: slow.port });
    await vi.waitFor(() => expect(slow.taken).toBeGreaterThan(0), 15_000);
    link.cut();
    const connections = made(await all);
    expect(connections).toHaveLength(HOSTS);
    expect(link.taken).toBe(2);
    await closeAll(connections);
  });

  test.runIf(transport === 'ssh')(
    'its connection falls silent: who comes then goes through another',
    async () => {
      const { link, hop } = await bastion();
      const one = await connect(behind(hop, 1), around, never);
      link.fallSilent();
      await sleep(10_000); // three keepalives
      link.heal();
      const others = made(await reachAll(hop));
      expect(await Promise.all(others.map((other) => say(other, 'echo here')))).toEqual(others.map(() => 'here\n'));
      expect(link.taken).toBe(2);
      await closeAll([one, ...others]);
    },
    30_000,
  );

  test('it refuses us: asked once, and told to each, also to who comes a little later', async () => {
    const { link, hop } = await bastion();
    const stranger = newKeyFile();
    const problems = [
      ...problemsOf(await reachAll(hop, { identityFile: stranger })),
      ...problemsOf(await reachAll(hop, { identityFile: stranger })),
    ];
    expect(problems).toHaveLength(2 * HOSTS);
    for (const [index, problem] of problems.entries()) {
      expect(problem).toMatchObject({
        code: 'auth-failed',
        summary: expect.stringContaining(`${hop} did not let`),
        detail: expect.stringContaining(`web${(index % HOSTS) + 1} is behind the jump host ${hop}.`),
      });
    }
    expect(link.taken).toBe(1);
  });

  test('it breaks off whatever is begun: tried as often as for one host', async () => {
    const { link, hop } = await bastion({ cutAtFirst: Number.POSITIVE_INFINITY });
    const problems = problemsOf(await reachAll(hop, { connectTimeout: 1 }));
    expect(problems).toHaveLength(HOSTS);
    for (const problem of problems) {
      expect(problem).toMatchObject({
        code: 'unreachable',
        summary: expect.stringContaining(`${hop} broke the connection off`),
      });
    }
    expect(link.taken).toBeLessThan(HOSTS);
  });

  test('it forwards nothing: that is said of it, and it isn’t left', async () => {
    const closed = await startSshd({ lines: ['AllowTcpForwarding no'] });
    const link = await startLink(closed.port);
    links.push(link);
    const knownHosts = join(scratch(), 'known_hosts');
    writeFileSync(knownHosts, `127.0.0.1 ${closed.hostKeys.get('ed25519')}\n`);
    const hop = `${closed.user}@127.0.0.1:${link.port}`;
    const problems = problemsOf(await reachAll(hop, { identityFile: closed.identityFile, knownHosts: [knownHosts] }));
    expect(problems).toHaveLength(HOSTS);
    for (const problem of problems) {
      expect(problem).toMatchObject({
        code: 'unreachable',
        summary: expect.stringContaining(`The jump host ${hop} opens no connection to web`),
        detail: expect.stringContaining('administratively prohibited'),
        hint: expect.stringContaining('AllowTcpForwarding'),
      });
    }
    expect(link.taken).toBe(1);
    await closeJumpHosts(around.cache);
    await closed.close();
  });

  test('nothing listens at a host behind it: that is said of the host', async () => {
    const { link, hop } = await bastion();
    const problems = problemsOf(await reachAll(hop, { port: 1 }));
    expect(problems).toHaveLength(HOSTS);
    for (const [index, problem] of problems.entries()) {
      expect(problem).toMatchObject({
        code: 'unreachable',
        summary: `The jump host ${hop} opens no connection to web${index + 1}`,
        detail: expect.stringMatching(/connect failed: Connection refused/),
      });
    }
    expect(link.taken).toBe(1);
  });

  test('two that are each behind the other are a circle, for both at once', async () => {
    const config = join(scratch(), 'config');
    writeFileSync(config, 'Host one\n  ProxyJump two\nHost two\n  ProxyJump one\n');
    around = context({ sshConfig: { user: config, system: join(scratch(), 'none') } });
    const outcomes = await Promise.allSettled(
      ['one', 'two'].map((jump, index) => connect(behind(jump, index + 1), around, never)),
    );
    expect(problemsOf(outcomes).map(({ code }) => code)).toEqual(['config', 'config']);
  });

  test('Ctrl-C while it is logged in to: nobody waits, and nothing stays', async () => {
    const { link, hop } = await bastion({ late: 3000 });
    const stop = new AbortController();
    const all = reachAll(hop, {}, stop.signal);
    await vi.waitFor(() => expect(link.taken).toBe(1), 15_000);
    stop.abort(new Error('interrupted'));
    const outcomes = await all;
    expect(outcomes.map((one) => one.status === 'rejected' && String(one.reason))).toEqual(
      outcomes.map(() => 'Error: interrupted'),
    );
    await closeJumpHosts(around.cache);
    expect(around.cache.jumps[transport].size).toBe(0);
    await vi.waitFor(() => expect(link.open).toBe(0), 15_000);
  });
});

function made(outcomes: readonly PromiseSettledResult<Connection>[]): Connection[] {
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

function problemsOf(outcomes: readonly PromiseSettledResult<Connection>[]): Problem[] {
  return outcomes.flatMap((outcome) => {
    if (outcome.status === 'fulfilled') throw new Error('it was let in');
    if (!(outcome.reason instanceof ProblemError)) throw outcome.reason;
    return outcome.reason.problems.slice(0, 1);
  });
}

async function closeAll(connections: readonly Connection[]): Promise<void> {
  await Promise.all(connections.map((connection) => connection.close()));
}

/** ssh's processes that are children of this one. */
function children(): string[] {
  const lines = execFileSync('ps', ['-e', '-o', 'ppid=,comm='], { encoding: 'utf8' }).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line === `${process.pid} ssh`);
}
