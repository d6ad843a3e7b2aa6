// Every wait has an end: whatever a host, a link or a shell does, and whenever it does it. Limits are in the engine's
// own terms and generous: that there is an end is what is tried, and most of these never came to one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProblemError } from '../../engine/language/problem/problem.ts';
import { Secret } from '../../engine/language/value/secret.ts';
import { childChannel } from '../../engine/transport/channel/channel.ts';
import type { Answer, Connection, Frame, Target } from '../../engine/transport/channel/connection.ts';
import { Deadline, inTime } from '../../engine/transport/channel/deadline.ts';
import { Tempo } from '../../engine/transport/channel/tempo.ts';
import { connect, isWorthRetrying } from '../../engine/transport/connect.ts';
import { closeJumpHosts } from '../../engine/transport/ssh/context.ts';
import { unreachable } from '../../engine/transport/ssh/dial.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../embedded/server.ts';
import { type Link, startLink } from './link.ts';
import { scratch } from './scratch.ts';
import { context, target } from './targets.ts';

const never = new AbortController().signal;
const directory = scratch();
const pins = join(directory, 'known_hosts');
let server: EmbeddedServer;
const links: Link[] = [];
beforeAll(async () => {
  server = await startEmbeddedServer({ user: 'ops' });
  writeFileSync(pins, `* ssh-ed25519 ${server.hostKey.toString('base64')}\n`);
});
afterAll(async () => {
  for (const link of links) link.close();
  await server.close();
});
afterEach(() => server.misbehave({}));

async function through(options?: { cutAtFirst?: number; late?: number }): Promise<Link> {
  const link = await startLink(server.port, options);
  links.push(link);
  return link;
}

const there = (more: Partial<Target> = {}): Target =>
  target({ port: server.port, user: 'ops', identityFile: server.identityFile, knownHosts: [pins], ...more });
const reach = (more: Partial<Target> = {}, signal = never) => connect(there(more), context(), signal);
const open = (connection: Connection, signal = never) => connection.openShell({ root: false, hello: ':', signal });

async function problemOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ProblemError ? error.problems[0] : error;
}

async function ask(sent: AsyncIterable<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for await (const answer of sent) answers.push(answer);
  return answers;
}

const frame = (script: string, more: Partial<Frame> = {}): Frame => ({ script, timeout: 60, ...more });
const step = { step: { accept: [0] } };

async function seconds(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work.catch(() => undefined);
  return (performance.now() - began) / 1000;
}

describe.concurrent('a link that falls silent', () => {
  test('closing takes seconds and not the minutes of TCP', async () => {
    const link = await through();
    const connection = await reach({ port: link.port });
    await open(connection);
    link.fallSilent();
    expect(await seconds(connection.close())).toBeLessThan(10);
    expect(await connection.closed).toBeUndefined();
  });

  test('in a step whose time is over: lost, soon after, and whatever comes next is told so at once', async () => {
    const link = await through();
    const connection = await reach({ port: link.port });
    const { shell } = await open(connection);
    link.fallSilent();
    const work = problemOf(ask(shell.send([frame('sleep 30', { ...step, timeout: 1 })], never)));
    expect(await work).toMatchObject({ code: 'connection-lost' });
    expect(await problemOf(ask(shell.send([frame(':')], never)))).toMatchObject({ code: 'connection-lost' });
    await connection.close();
  }, 30_000);

  test('once the run is to end: no step is waited for there', async () => {
    const link = await through();
    const connection = await reach({ port: link.port });
    const { shell } = await open(connection);
    const work = problemOf(ask(shell.send([frame('sleep 100', { ...step, timeout: 200 })], never)));
    link.fallSilent();
    connection.hurry();
    expect(await work).toMatchObject({ code: 'connection-lost' });
    expect(await connection.closed).toBeInstanceOf(Error);
  }, 30_000);

  test('in an upload and in a download', async () => {
    const link = await through();
    const connection = await reach({ port: link.port });
    const { shell } = await open(connection);
    const files = () => readdirSync('/var/tmp').filter((name) => name.startsWith('vrun.'));
    const before = files();
    const script = 'head -c 1000 /dev/zero; sleep 60';
    const download = connection.download({ root: false, user: undefined, script, signal: never });
    await download.next();
    const mebibyte = new Uint8Array(1024 * 1024);
    const stdin = {
      length: 8 * mebibyte.length,
      async *chunks() {
        yield mebibyte;
        link.fallSilent();
        for (let rest = 7; rest > 0; rest--) yield mebibyte;
      },
    };
    const sent = problemOf(ask(shell.send([frame('cat >/dev/null', { stdin, ...step })], never)));
    expect(await problemOf(download.next())).toMatchObject({ code: 'connection-lost' });
    expect(await sent).toMatchObject({ code: 'connection-lost' });
    expect(await problemOf(ask(shell.send([frame(':')], never)))).toMatchObject({ code: 'connection-lost' });
    await connection.close();
    link.close();
    // The host sees that too little came.
    await vi.waitFor(() => expect(files().filter((name) => !before.includes(name))).toEqual([]), 15_000);
  }, 30_000);

  test('while a shell is opened', async () => {
    const link = await through();
    const connection = await reach({ port: link.port, connectTimeout: 60 });
    link.fallSilent();
    expect(await problemOf(open(connection))).toMatchObject({ code: 'unreachable' });
    await connection.close();
  }, 30_000);
});

describe('a connection that breaks', () => {
  test.each(['plain', 'resolved1', 'algorithm', 'db.no-matching'])(
    'before anybody is in: tried again, whatever the host is called: %s',
    async (name) => {
      const link = await through({ cutAtFirst: 2 });
      const connection = await reach({ port: link.port, name });
      expect(link.taken).toBe(3);
      await connection.close();
    },
  );

  test.each(['plain', 'resolved1', 'algorithm', 'ENOTFOUND'])(
    'whether it is worth it is told by its code: %s',
    (name) => {
      const worth = (code: string) => {
        const error = Object.assign(new Error(`${code} ${name}`), { code });
        return [1, 2, 3, 9].map((tries) => isWorthRetrying(new ProblemError([unreachable(error, name, name)]), tries));
      };
      expect(worth('ECONNREFUSED')).toEqual([true, true, false, false]);
      expect(worth('EAI_AGAIN')).toEqual([true, true, false, false]);
      expect(worth('ENOTFOUND')).toEqual([false, false, false, false]);
      // sshd does that when many come at once.
      expect(worth('ECONNRESET')).toEqual([true, true, true, true]);
    },
  );

  test('just after the login: the host was not reached, and it is worth another try', async () => {
    server.misbehave({ startFile: 'kill -9 $$ # never', disconnectAfter: 0 });
    const link = await through();
    const connection = await reach({ port: link.port });
    const opening = open(connection).then(
      () => undefined,
      (error: unknown) => error,
    );
    link.cut();
    const error = await opening;
    expect(error).toMatchObject({ problems: [{ code: 'unreachable' }] });
    expect(isWorthRetrying(error, 1)).toBe(true);
    expect(isWorthRetrying(error, 3)).toBe(false);
    await connection.close();
  });

  test('before the shell was asked for, and while sudo is asked', async () => {
    const link = await through();
    const first = await reach({ port: link.port });
    link.cut();
    await first.closed;
    expect(await problemOf(open(first))).toMatchObject({ code: 'unreachable' });
    const second = await reach({ port: link.port, become: { password: new Secret('p', 'x') } });
    const opening = problemOf(second.openShell({ root: true, hello: ':', signal: never }));
    link.cut();
    expect(await opening).toMatchObject({ code: 'unreachable' });
  });
});

describe('the way to a host', () => {
  test('connect_timeout holds for what is behind a jump host, too', async () => {
    server.misbehave({ deafForward: true });
    const around = context();
    const behind = there({ port: 9, jump: `ops@127.0.0.1:${server.port}`, connectTimeout: 1 });
    const problem = await problemOf(connect(behind, around, never));
    expect(problem).toMatchObject({ code: 'unreachable', detail: expect.stringContaining('within 1 s') });
    await closeJumpHosts(around.cache);
    expect(around.cache.jumps.ssh.size).toBe(0);
  });

  test('it can be broken off, and others go on through the same jump host', async () => {
    server.misbehave({ deafForward: true });
    const around = context();
    const stop = new AbortController();
    const jump = `ops@127.0.0.1:${server.port}`;
    const { logins } = server.seen;
    const one = connect(there({ port: 9, jump, connectTimeout: 60 }), around, stop.signal);
    await vi.waitFor(() => expect(server.seen.logins).toBe(logins + 1), 15_000);
    server.misbehave({});
    const other = await connect(there({ jump }), around, never);
    stop.abort(new Error('enough'));
    await expect(one).rejects.toThrow('enough');
    await open(other);
    await other.close();
    expect(around.cache.jumps.ssh.size).toBe(1);
    await closeJumpHosts(around.cache);
    expect(around.cache.jumps.ssh.size).toBe(0);
  });

  test('what comes too late is closed', async () => {
    const closed: string[] = [];
    const late = new Promise<string>((resolve) => setTimeout(resolve, 300, 'login'));
    const work = inTime(
      there({ connectTimeout: 0.1 }),
      { signal: never, tempo: new Tempo() },
      () => late,
      (login) => closed.push(login),
    );
    expect(await problemOf(work)).toMatchObject({ code: 'unreachable' });
    await late;
    expect(closed).toEqual(['login']);
  });
});

describe('a host whose kernel takes the connection, and whose sshd says nothing', () => {
  const busy = { connectTimeout: 1 };

  test('is waited for while others of the run are heard', async () => {
    const link = await through({ late: 3000 });
    const around = context();
    const late = connect(there({ ...busy, port: link.port }), around, never);
    for (let others = 4; others > 0; others -= 1) {
      await (await connect(there(busy), around, never)).close();
      await sleep(700);
    }
    await (await late).close();
  });

  test('is given up in time where nobody is', async () => {
    const link = await through({ late: 3000 });
    expect(await problemOf(reach({ ...busy, port: link.port }))).toMatchObject({
      summary: 'web1 did not answer in time',
      detail: expect.stringContaining('within 1 s'),
    });
  });
});

describe('a deadline', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const begun = ({ answered = true, login = 0 } = {}) => {
    const tempo = new Tempo();
    if (login > 0) tempo.add(login);
    const deadline = new Deadline(10, undefined, tempo);
    deadline.answered = answered;
    return { tempo, deadline };
  };

  test.each([
    ['six times at most', 0, 60],
    ['for longer where logins take long', 5, 120],
  ])('is put off by others once there was an answer, %s', (_, login, seconds) => {
    const { tempo, deadline } = begun({ login });
    for (let second = 1; second < seconds; second += 1) {
      tempo.hear();
      vi.advanceTimersByTime(1000);
    }
    expect(deadline.passed).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(deadline.passed).toBe(true);
  });

  test('ends where others are heard no more', () => {
    const { tempo, deadline } = begun();
    vi.advanceTimersByTime(9000);
    tempo.hear();
    vi.advanceTimersByTime(9999);
    expect(deadline.passed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.passed).toBe(true);
  });

  test('stands still while something else is waited for', async () => {
    const { deadline } = begun({ answered: false });
    vi.advanceTimersByTime(6000);
    const waiting = deadline.aside(new Promise((resolve) => setTimeout(resolve, 100_000)));
    await vi.advanceTimersByTimeAsync(100_000);
    await waiting;
    expect(deadline.spent).toBe(6000);
    vi.advanceTimersByTime(3999);
    expect(deadline.passed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.passed).toBe(true);
  });

  test('that is done with doesn’t begin again', async () => {
    const { deadline } = begun();
    let go = (): void => undefined;
    const waiting = deadline.aside(
      new Promise<void>((resolve) => {
        go = resolve;
      }),
    );
    deadline.clear();
    go();
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is not put off by others where nothing answers', () => {
    const { tempo, deadline } = begun({ answered: false });
    vi.advanceTimersByTime(5000);
    tempo.hear();
    vi.advanceTimersByTime(5000);
    expect(deadline.passed).toBe(true);
  });
});

describe('a shell', () => {
  const stubborn = `trap '' TERM HUP; echo; while :; do sleep 1; done`;

  test('that ignores every signal and sleeps: unusable, and the connection is closed all the same', async () => {
    server.misbehave({ startFile: stubborn });
    const connection = await reach({ connectTimeout: 1 });
    expect(await problemOf(open(connection))).toMatchObject({ code: expect.stringMatching(/unreachable|unusable/) });
    await connection.close();
  });

  test('that says nothing is waited for three times as long, and was not reached then', async () => {
    server.misbehave({ startFile: 'exec sleep 60' });
    const connection = await reach({ connectTimeout: 1 });
    expect(await problemOf(open(connection))).toMatchObject({
      code: 'unreachable',
      summary: 'web1 did not answer in time',
      detail: expect.stringContaining('within 3 s'),
    });
    await connection.close();
  });

  test('that others of the run come before is waited for longer', async () => {
    server.misbehave({ startFile: 'sleep 4' });
    const around = context();
    const [late, ...others] = await Promise.all(
      [1, 2, 3].map(() => connect(there({ connectTimeout: 1 }), around, never)),
    );
    if (late === undefined) throw new TypeError('three connections');
    const begun = server.seen.commands.length;
    const opening = open(late);
    await vi.waitFor(() => expect(server.seen.commands.length).toBe(begun + 1), 15_000);
    server.misbehave({});
    for (const other of others) {
      await sleep(1000);
      await open(other);
    }
    expect((await opening).hello.status).toBe(0);
    for (const connection of [late, ...others]) await connection.close();
  });

  test('that a busy host begins late is usable', async () => {
    server.misbehave({ startFile: 'sleep 2' });
    const connection = await reach({ connectTimeout: 1 });
    const { hello } = await open(connection);
    expect(hello.status).toBe(0);
    await connection.close();
  });

  test('on this machine that ignores HUP is ended with what it has started', async () => {
    const child = spawn('/bin/sh', ['-c', `trap '' HUP TERM; sleep 100 & echo $!; while :; do sleep 1; done`], {
      detached: true,
      stdio: 'pipe',
    });
    const channel = childChannel(child);
    const [chunk] = await once(channel.stdout, 'data');
    channel.destroy();
    await channel.ended;
    const left = `/proc/${String(chunk).trim()}/stat`;
    await vi.waitFor(() => expect(!existsSync(left) || readFileSync(left, 'utf8').includes(') Z ')).toBe(true), 15_000);
  });
});

describe('once the run is to end', () => {
  test('what reads is ended, what comes after it is skipped, and the shell is as good as before', async () => {
    const connection = await reach();
    const { shell } = await open(connection);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const answers = await ask(shell.send([frame('sleep 50'), frame('sleep 51'), frame(':')], never, stop.signal));
    expect(answers.map(({ timedOut, skipped }) => (skipped ? 'skipped' : timedOut ? 'ended' : 'done'))).toEqual([
      'ended',
      'skipped',
      'skipped',
    ]);
    const [after] = await ask(shell.send([frame('echo here')], never));
    expect(Buffer.from(after?.stdout ?? []).toString()).toBe('here\n');
    await connection.close();
  }, 30_000);

  test('steps are waited for, and what reads behind them has a moment', async () => {
    const connection = await reach();
    const { shell } = await open(connection);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const frames = [frame('sleep 3; echo stepped', step), frame('echo read'), frame('sleep 50')];
    const answers = await ask(shell.send(frames, never, stop.signal));
    expect(answers.map(({ stdout, timedOut }) => `${Buffer.from(stdout)}${timedOut ? 'ended' : ''}`)).toEqual([
      'stepped\n',
      'read\n',
      'ended',
    ]);
    await connection.close();
  }, 30_000);
});
