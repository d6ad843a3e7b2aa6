// The lock of a host in a run whose workers come one after the other, by the shells that hosts have: whatever became of the
// one before, no two are at work at once.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { guardScript, lockScript, unlockScript } from '../../../engine/run/session/host-lock.ts';
import { Host, holder, SHELLS, type Who } from './lock-host.ts';
import { codeOf, logOf, turnsOf, Worker } from './lock-worker.ts';

const holderOf = (host: Host, who: Who = 'root') => readFileSync(join(host.lockOf(who), 'holder'), 'utf8').split('\n');
const until = (host: Host, line: string) => expect.poll(() => logOf(host), { timeout: 10_000 }).toContain(line);
const childrenOf = (pid = 0) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');

/** Until a worker with that epoch has met what is there. */
const met = (host: Host, epoch: number, who: Who = 'root') =>
  expect.poll(() => existsSync(`${host.lockOf(who)}.epochs/one.${epoch}`), { timeout: 10_000 }).toBe(true);

describe.concurrent.each(SHELLS)('on %s', (_name, shell, path) => {
  const onHost = test.extend<{ host: Host }>({
    host: async ({ task: _ }, use) => {
      const host = new Host(shell, path);
      await use(host);
      host.remove();
    },
  });

  describe.each<Who>(['root', 'ops'])('%s', (who) => {
    onHost('the epoch stands in the lock, which goes with its shell', async ({ host }) => {
      const worker = await Worker.at(host, { epoch: 5, who });
      expect(holderOf(host, who).slice(2)).toEqual([
        'one',
        "o'brien@x",
        'laptop',
        expect.stringMatching(/^\d{4}-.*Z$/),
        '5',
        '',
      ]);
      expect(holderOf(host, who)[0]).toBe(String(worker.pids[0]));
      const [answer] = await worker.send({ script: 'echo "$0 $# $s$lock$epoch$other"' });
      expect(answer).toMatchObject({ status: 0, skipped: false });
      expect(Buffer.from(answer?.stdout ?? []).toString()).toMatch(/^\S+ 0 \n$/);
      await worker.session.close();
      expect(existsSync(host.lockOf(who))).toBe(false);
      expect(readdirSync(`${host.lockOf(who)}.epochs`)).toEqual(['one.5']);
    });

    onHost('with the same epoch it is its own again, as after a reconnect', async ({ host }) => {
      const first = await Worker.at(host, { epoch: 5, who });
      const second = await Worker.at(host, { epoch: 5, who });
      // As two names of one machine have it: neither takes the lock away from the other.
      expect(await Promise.all([first, second].map((worker) => codeOf(worker.work(0))))).toEqual(['none', 'none']);
      await second.session.close();
      expect(holderOf(host, who)[0]).toBe(String(first.pids[0]));
      expect(await codeOf(first.work(0))).toBe('none');
      expect((await host.ask('two', who)).state).toBe('held');
      await first.session.close();
      expect((await host.ask('two', who)).state).toBe('taken');
    });

    onHost('with a lower one it is fenced, and nothing was changed', async ({ host }) => {
      const worker = await Worker.at(host, { epoch: 10, who });
      const before = holderOf(host, who);
      await expect(Worker.at(host, { epoch: 9, who })).rejects.toMatchObject({
        problems: [{ code: 'fenced', detail: expect.stringContaining('epoch 10,') }],
      });
      expect(holderOf(host, who)).toEqual(before);
      expect(await codeOf(worker.work(0))).toBe('none');
      // Also once the other is through.
      await worker.session.close();
      expect(await codeOf(Worker.at(host, { epoch: 9, who }))).toBe('fenced');
      expect(existsSync(host.lockOf(who))).toBe(false);
      expect(await codeOf(Worker.at(host, { epoch: 11, who }))).toBe('none');
    });

    onHost('with a higher one it has the lock at once of who is idle, who runs nothing any more', async ({ host }) => {
      const old = await Worker.at(host, { epoch: 5, who });
      await old.work(0);
      const next = await Worker.at(host, { epoch: 6, who });
      expect(holderOf(host, who)[6]).toBe('6');
      await expect(old.work(0, 0)).rejects.toMatchObject({
        problems: [{ code: 'fenced', detail: expect.stringContaining('nothing') }],
      });
      expect(await codeOf(old.send({ script: `echo read >>${host.at}/log` }))).toBe('fenced');
      await old.session.close();
      await next.work(0);
      await next.session.close();
      expect(turnsOf(logOf(host))).toEqual(['one/5', 'one/6']);
      expect(existsSync(host.lockOf(who))).toBe(false);
      expect(readdirSync(`${host.lockOf(who)}.epochs`)).toEqual(['one.6']);
    });

    onHost('who is stopped before it runs what it was sent runs nothing of it', async ({ host }) => {
      const old = await Worker.at(host, { epoch: 5, who });
      await old.send({});
      old.signal('SIGSTOP');
      const sent = codeOf(old.work(0));
      const next = await Worker.at(host, { epoch: 6, who });
      await next.work(100);
      old.signal('SIGCONT');
      expect(await sent).toBe('fenced');
      expect(turnsOf(logOf(host))).toEqual(['one/6']);
    });

    onHost.for<['before' | 'after', string, readonly string[]]>([
      ['before', 'fenced', ['one/6']],
      ['after', 'none', ['one/5', 'one/6']],
    ])('a script that is about to begin, %s it looked, is waited for', async ([when, code, turns], { host }) => {
      const old = await Worker.at(host, { epoch: 5, who });
      await old.send({});
      writeFileSync(join(host.at, when), '');
      const sent = codeOf(old.work(200));
      await expect.poll(() => childrenOf(old.pids[0])).not.toBe('');
      const next = Worker.at(host, { epoch: 6, who });
      await met(host, 6, who);
      await sleep(300);
      expect(logOf(host)).toEqual([]);
      rmSync(join(host.at, when));
      await (await next).work(0);
      expect(await sent).toBe(code);
      expect(turnsOf(logOf(host))).toEqual(turns);
    });

    onHost('what outlives its worker and its connection is waited for, and not ended', async ({ host }) => {
      const old = await Worker.at(host, { epoch: 5, who });
      const sent = codeOf(old.work(1500, 0));
      await until(host, 'begin one/5');
      old.lose();
      expect(await sent).toBe('connection-lost');
      const next = await Worker.at(host, { epoch: 6, who });
      await next.work(0);
      expect(logOf(host)).toEqual(['begin one/5', 'end one/5', 'begin one/6', 'end one/6']);
      await next.session.close();
      expect(existsSync(host.lockOf(who))).toBe(false);
    });

    onHost('of a message that runs when another comes nothing more is begun', async ({ host }) => {
      const old = await Worker.at(host, { epoch: 5, who });
      const sent = old.work(1000, 0, 0);
      sent.catch(() => undefined);
      await until(host, 'begin one/5');
      const next = await Worker.at(host, { epoch: 6, who });
      await next.work(0);
      await expect(sent).rejects.toMatchObject({
        problems: [{ code: 'fenced', detail: expect.stringContaining('only a part') }],
      });
      expect(logOf(host)).toEqual(['begin one/5', 'end one/5', 'begin one/6', 'end one/6']);
    });

    onHost('a chain of take-overs: the last one waits for the first', async ({ host }) => {
      const old = await Worker.at(host, { epoch: 5, who });
      old.work(2000).catch(() => undefined);
      await until(host, 'begin one/5');
      const six = codeOf(Worker.at(host, { epoch: 6, who }));
      await met(host, 6, who);
      const seven = Worker.at(host, { epoch: 7, who });
      expect(await six).toBe('fenced');
      await (await seven).work(0);
      expect(logOf(host)).toEqual(['begin one/5', 'end one/5', 'begin one/7', 'end one/7']);
    });

    onHost('who dies while it waits leaves the wait to whoever comes next, of any run', async ({ host }) => {
      const old = await Worker.at(host, { epoch: 5, who });
      old.work(3000).catch(() => undefined);
      await until(host, 'begin one/5');
      const six = new Worker(host, { epoch: 6, who });
      const waiting = six.start();
      waiting.catch(() => undefined);
      await met(host, 6, who);
      await six.die();
      await expect(waiting).rejects.toThrow();
      old.lose();
      expect((await host.ask('two', who)).state).toMatch(/^(held|orphaned)$/);
      expect(await codeOf(Worker.at(host, { epoch: 1, who, run: 'three' }))).toBe('locked');
      const seven = await Worker.at(host, { epoch: 7, who });
      await seven.work(0);
      expect(turnsOf(logOf(host))).toEqual(['one/5', 'one/7']);
    });

    onHost('who dies once it has the lock leaves it stale, for its run and for others', async ({ host }) => {
      const old = await Worker.at(host, { epoch: 5, who });
      const six = await Worker.at(host, { epoch: 6, who });
      await six.die();
      const seven = await Worker.at(host, { epoch: 7, who });
      expect(await codeOf(seven.work(0))).toBe('none');
      await seven.die();
      const other = await Worker.at(host, { epoch: 1, who, run: 'two' });
      expect(await codeOf(other.work(0))).toBe('none');
      expect(await codeOf(old.work(0))).toBe('fenced');
      expect(readdirSync(`${host.lockOf(who)}.epochs`)).toEqual(['two.1']);
      await other.die();
      expect(await host.ask('three', who)).toMatchObject({ state: 'stale', detail: 'two' });
    });

    onHost('of many that come at once the highest has it in the end', async ({ host }) => {
      const all = Array.from({ length: 6 }, (_, index) => new Worker(host, { epoch: 6 - index, who }));
      const came = await Promise.all(all.map((worker) => codeOf(worker.start())));
      expect(came[0]).toBe('none');
      const worked = await Promise.all(all.map((worker, at) => (came[at] === 'none' ? codeOf(worker.work(0)) : '')));
      expect(worked[0]).toBe('none');
      expect(worked.slice(1).filter((code) => code === 'none')).toEqual([]);
      expect(turnsOf(logOf(host))).toEqual(['one/6']);
      expect(holderOf(host, who)[6]).toBe('6');
    });

    onHost('a run without epochs is kept out, and keeps out', async ({ host }) => {
      const worker = await Worker.at(host, { epoch: 5, who });
      expect((await host.ask('two', who)).state).toBe('held');
      await worker.session.close();
      const plain = await host.session('two', who);
      expect(await codeOf(Worker.at(host, { epoch: 6, who }))).toBe('locked');
      await plain.end();
      expect(await codeOf(Worker.at(host, { epoch: 6, who }))).toBe('none');
    });
  });

  describe.each<[Who, Who]>([
    ['root', 'ops'],
    ['ops', 'root'],
  ])('%s, then %s: the two locks are one', (first, second) => {
    onHost('a lower epoch is fenced, a higher one has the host at once', async ({ host }) => {
      const old = await Worker.at(host, { epoch: 5, who: first });
      expect(await codeOf(Worker.at(host, { epoch: 4, who: second }))).toBe('fenced');
      expect(existsSync(host.lockOf(second))).toBe(false);
      const next = await Worker.at(host, { epoch: 6, who: second });
      expect(await codeOf(old.work(0))).toBe('fenced');
      await next.work(0);
      await next.session.close();
      expect(await codeOf(old.work(0))).toBe('fenced');
      expect(turnsOf(logOf(host))).toEqual(['one/6']);
    });

    onHost('what still runs is waited for', async ({ host }) => {
      const old = await Worker.at(host, { epoch: 5, who: first });
      old.work(1500).catch(() => undefined);
      await until(host, 'begin one/5');
      old.lose();
      const next = await Worker.at(host, { epoch: 6, who: second });
      await next.work(0);
      expect(turnsOf(logOf(host))).toEqual(['one/5', 'one/6']);
    });

    onHost('another run is kept out', async ({ host }) => {
      await Worker.at(host, { epoch: 5, who: first });
      expect((await host.ask('two', second)).state).toBe('held');
      expect(await codeOf(Worker.at(host, { epoch: 6, who: second, run: 'two' }))).toBe('locked');
      expect(existsSync(host.lockOf(second))).toBe(false);
    });
  });

  onHost('both shells of a session work under its epoch, and are left behind together', async ({ host }) => {
    const old = new Worker(host, { epoch: 5 });
    await old.start('root', 'ops');
    const of = async (worker: Worker) =>
      Promise.all(
        (['root', 'login'] as const).map((name) => codeOf(worker.session.send(name, [{ script: ':', timeout: 9 }]))),
      );
    expect(await of(old)).toEqual(['none', 'none']);
    const next = new Worker(host, { epoch: 6 });
    await next.start('ops', 'root');
    expect(await of(old)).toEqual(['fenced', 'fenced']);
    expect(await of(next)).toEqual(['none', 'none']);
    await old.session.close();
    await next.session.close();
    expect([host.lockOf('root'), host.lockOf('ops')].filter((lock) => existsSync(lock))).toEqual([]);
  });

  onHost('a session whose epoch has changed logs in again', async ({ host }) => {
    const worker = await Worker.at(host, { epoch: 5 });
    worker.session.epoch = 7;
    await worker.start();
    expect(holderOf(host)[6]).toBe('7');
    expect(await codeOf(worker.work(0))).toBe('none');
    // Also without a start: by the next message.
    worker.session.epoch = 8;
    expect(await codeOf(worker.work(0))).toBe('none');
    expect(holderOf(host)[6]).toBe('8');
    expect(worker.pids).toHaveLength(3);
  });

  onHost('a wait ends when the run is stopped', async ({ host }) => {
    const old = await Worker.at(host, { epoch: 5 });
    old.work(5000).catch(() => undefined);
    await until(host, 'begin one/5');
    const next = new Worker(host, { epoch: 6 });
    const waiting = next.start();
    waiting.catch(() => undefined);
    await met(host, 6);
    next.stop();
    await expect(waiting).rejects.toMatchObject({ name: 'Interrupted' });
  });

  onHost('a lock that somebody has removed by hand is nobody’s: what has it runs nothing more', async ({ host }) => {
    const worker = await Worker.at(host, { epoch: 5 });
    rmSync(host.lockOf('root'), { recursive: true });
    expect(await codeOf(worker.work(0))).toBe('fenced');
  });
});

/** Each is another way in which things may come together. */
const SEEDS = Array.from({ length: 12 }, (_, at) => at + 1);

describe('whatever comes when', () => {
  test.concurrent.for(SEEDS)(
    'workers come, work, stop and die (%i)',
    async (seed, { expect: expectHere, onTestFinished }) => {
      const [, shell = '', path = ''] = SHELLS[seed % SHELLS.length] ?? [];
      const host = new Host(shell, path);
      onTestFinished(() => host.remove());
      const random = randomOf(seed);
      const epochs = Array.from({ length: 6 }, (_, index) => index + 1);
      const came = await Promise.all(epochs.map((epoch) => actOf(host, epoch, random)));
      expectHere(came.at(-1)).toBe('none');
      expectHere(turnsOf(logOf(host)).at(-1)).toBe('one/6');
    },
  );

  /** What a worker does there, and what becomes of it: each but the last may go at any time. */
  async function actOf(host: Host, epoch: number, random: () => number): Promise<string> {
    const worker = new Worker(host, { epoch, who: random() < 0.5 ? 'root' : 'ops' });
    const lengths = Array.from({ length: 1 + random() * 4 }, () => Math.floor(random() * 200));
    const [when, after, fate] = [(random() * 0.8 + epoch / 6) * 1500, random() * 800, Math.floor(random() * 5)];
    await sleep(when);
    const all = async () => {
      await worker.start();
      for (const length of lengths) {
        await worker.work(length, length / 4);
        await sleep(random() * 200);
      }
    };
    const done = codeOf(all()).catch(String);
    if (epoch === 6) return done;
    await sleep(after);
    if (fate === 0) worker.lose();
    if (fate === 1) worker.signal('SIGSTOP');
    if (fate === 1) setTimeout(() => worker.signal('SIGCONT'), 1500);
    if (fate === 2) await worker.session.close();
    if (fate === 3) worker.stop();
    return done;
  }
});

test('without an epoch nothing of all this is sent', () => {
  const sent = [lockScript(holder('one'), 'ops'), unlockScript(holder('one'))].map(({ text }) => text).join('\n');
  expect(sent).not.toMatch(/epoch|shells|vrun_guard/);
});

test('what is no epoch is refused, and so is a run whose name can be no file’s', () => {
  for (const epoch of [-1, 1.5, Number.NaN, 2 ** 60]) {
    expect(() => lockScript({ ...holder('one'), epoch })).toThrow(RangeError);
  }
  expect(() => guardScript({ ...holder('../one'), epoch: 1 })).toThrow(RangeError);
  expect(guardScript(holder('one'))).toBeUndefined();
});

/** Numbers from 0 to 1 that are the same for the same seed: mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
