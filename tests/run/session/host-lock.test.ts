// The lock of a host, by the shells that hosts have: whoever runs it, whatever lies in its place, whoever comes at once.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockScript, UNLOCK } from '../../../engine/run/session/host-lock.ts';
import { STATE } from '../../../engine/run/session/notes.ts';
import { helloScript, parseHello } from '../../../engine/run/session/opening.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Shells with the tools that go with them. BusyBox brings its own for all. */
const tools = mkdtempSync(join(tmpdir(), 'vrun-busybox-'));
chmodSync(tools, 0o755);
const SHELLS: readonly (readonly [string, string, string])[] = [
  ['dash', '/bin/dash', '/usr/bin:/bin'],
  ['bash', '/bin/bash', '/usr/bin:/bin'],
  ...busybox(),
];
afterAll(() => rmSync(tools, { recursive: true }));

function busybox(): readonly (readonly [string, string, string])[] {
  const program = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));
  if (program === undefined) return [];
  for (const name of execFileSync(program, ['--list']).toString().trim().split('\n')) {
    symlinkSync(program, join(tools, name));
  }
  return [['BusyBox', join(tools, 'sh'), tools]];
}

/** Who asks: root, whose lock is in a place of its own, or a login user (played by whoever runs the tests). */
type Who = 'root' | 'ops';

describe.each(SHELLS)('on %s', (_name, shell, path) => {
  let host = '';
  const children: ChildProcess[] = [];
  beforeEach(() => {
    host = mkdtempSync(join(tmpdir(), 'vrun-lock-'));
    chmodSync(host, 0o755);
    mkdirSync(join(host, 'run'));
    mkdirSync(join(host, 'ops'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(host, { recursive: true });
  });

  /** The script as it is, on a host of its own. */
  const on = (who: Who | 'nobody', script: string) =>
    (who === 'nobody' ? script : script.replaceAll('u=${vrun_i:-$(id -u)};', who === 'root' ? 'u=0;' : 'u=1000;'))
      .replaceAll('</etc/machine-id', `<${host}/machine-id`)
      .replaceAll('</proc/sys/kernel/hostname', `<${host}/hostname`)
      .replaceAll('/run/vrun.lock', `${host}/run/vrun.lock`)
      .replaceAll('/var/lib/vrun', `${host}/root`)
      .replaceAll('other=~$login/', `other=${host}/$login/`);
  const env = () => ({ PATH: path, HOME: join(host, 'ops'), LC_ALL: 'C.UTF-8' });
  const holder = (run: string) => ({ run, operator: "o'brien@x", controller: 'laptop' });
  const script = (run: string, login = 'ops') => `${STATE.text}\n${lockScript(holder(run), login).text}`;
  const lockOf = (who: Who) => join(host, who === 'root' ? 'run/vrun.lock' : 'ops/.local/state/vrun/lock-');

  const ask = (run: string, who: Who = 'root', login = 'ops') =>
    parseHello(execFileSync(shell, ['-c', on(who, script(run, login))], { env: env(), timeout: 20_000 }).toString())
      .lock;

  /** A long-lived shell that asks for the lock and lets it go when its input ends. */
  async function session(run: string, who: Who | 'nobody' = 'root') {
    const whole = `trap ${quoted(on(who, UNLOCK.text))} EXIT\n( ${on(who, script(run))}\n)\nread x`;
    const user = who === 'nobody' ? { uid: NOBODY, gid: NOBODY } : {};
    const child = spawn(shell, ['-c', whole], { env: env(), stdio: ['pipe', 'pipe', 'inherit'], ...user });
    children.push(child);
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
    const said = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
    const end = async () => {
      child.stdin.end();
      await ended;
    };
    const kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    return { said, end, kill };
  }

  describe.each<Who>(['root', 'ops'])('%s', (who) => {
    const sign = (text: string) => {
      mkdirSync(lockOf(who), { recursive: true });
      writeFileSync(join(lockOf(who), 'holder'), text);
    };

    test('taken, held with who holds it, released at the shell’s end', async () => {
      const first = await session('one', who);
      expect(first.said).toBe('lock taken\n');
      const { state, detail } = ask('two', who);
      expect(state).toBe('held');
      expect(detail).toMatch(/^o'brien@x, from laptop, since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, run one$/);
      await first.end();
      expect(existsSync(lockOf(who))).toBe(false);
      expect(ask('two', who).state).toBe('taken');
    });

    test('of a shell that was killed it is stale and taken over', async () => {
      const first = await session('one', who);
      await first.kill();
      expect(existsSync(join(lockOf(who), 'holder'))).toBe(true);
      const second = await session('two', who);
      expect(second.said).toBe('lock stale one\n');
      expect(ask('three', who).state).toBe('held');
      await second.end();
      expect(existsSync(lockOf(who))).toBe(false);
    });

    test('a run that comes back after a reconnect owns it again, and the old shell doesn’t release it', async () => {
      const first = await session('one', who);
      const second = await session('one', who);
      expect(second.said).toBe('lock taken\n');
      await first.end();
      expect(ask('two', who).state).toBe('held');
      await second.end();
      expect(existsSync(lockOf(who))).toBe(false);
    });

    test('of many that find a stale one at once only one gets it', async () => {
      sign('999999999\n1\nold\nbob\nx\n2026\n');
      const all = await Promise.all(Array.from({ length: 8 }, (_, index) => session(`run${index}`, who)));
      const words = all.map(({ said }) => said.split(/[ \n]/)[1]);
      expect(words.filter((word) => word === 'held')).toHaveLength(7);
      expect(words.filter((word) => word === 'stale' || word === 'taken')).toHaveLength(1);
    });

    test('hosts of one run that are one machine share it, whoever of them comes first', async () => {
      sign('999999999\n1\nold\nbob\nx\n2026\n');
      const all = await Promise.all(Array.from({ length: 8 }, () => session('one', who)));
      const words = all.map(({ said }) => said.split(/[ \n]/)[1]);
      expect(words.filter((word) => word !== 'taken' && word !== 'stale')).toEqual([]);
      expect(ask('two', who).state).toBe('held');
    });

    // What is left behind has to be waited for: a user's own is read by the same lines as root's.
    describe.skipIf(who === 'ops' && shell !== '/bin/dash')('left behind', () => {
      test.each<[string, () => void]>([
        ['a number that another process has by now', () => sign(`${process.pid}\n12345\nold\nbob\nx\n2026\n`)],
        ['nothing: its writer died before it signed', () => mkdirSync(lockOf(who), { recursive: true })],
        ['no number', () => sign('../self\n1\nold\nbob\nx\n2026\n')],
        ['an endless line', () => sign('9'.repeat(5_000_000))],
        [
          'bytes of every kind',
          () => sign(Buffer.from(Array.from({ length: 4096 }, (_, at) => at % 256)).toString('latin1')),
        ],
        ['an empty file', () => sign('')],
        [
          'a FIFO in the place of the signature',
          () => {
            mkdirSync(lockOf(who), { recursive: true });
            execFileSync('mkfifo', [join(lockOf(who), 'holder')]);
          },
        ],
        [
          'a link in the place of the signature',
          () => {
            mkdirSync(lockOf(who), { recursive: true });
            symlinkSync('/dev/zero', join(lockOf(who), 'holder'));
          },
        ],
        [
          'a directory in the place of the signature',
          () => mkdirSync(join(lockOf(who), 'holder'), { recursive: true }),
        ],
        [
          'a file where the take-over is made',
          () => {
            sign('999999999\n1\nold\nbob\nx\n2026\n');
            execFileSync('mkfifo', [`${lockOf(who)}.takeover`]);
          },
        ],
        [
          'a take-over that was cut off',
          () => {
            sign('999999999\n1\nold\nbob\nx\n2026\n');
            mkdirSync(`${lockOf(who)}.takeover`);
          },
        ],
      ])('with %s, it is free at the latest for who comes next', (_what, plant) => {
        plant();
        const first = ask('two', who);
        const { state } = first.state === 'held' ? ask('two', who) : first;
        expect(['stale', 'taken']).toContain(state);
      });
    });

    test.each<[string, (path: string) => void]>([
      ['a file', (place) => writeFileSync(place, '')],
      ['a FIFO', (place) => execFileSync('mkfifo', [place])],
      ['a link to nowhere', (place) => symlinkSync('nowhere', place)],
    ])('where it can’t be made since there is %s, it is refused', (_what, plant) => {
      mkdirSync(join(lockOf(who), '..'), { recursive: true });
      plant(lockOf(who));
      expect(ask('two', who)).toEqual({ state: 'refused', detail: lockOf(who) });
    });

    test.runIf(isRoot)('somebody else’s directory in its place is refused', () => {
      sign('999999999\n1\nold\nbob\nx\n2026\n');
      chownSync(lockOf(who), NOBODY, NOBODY);
      expect(ask('two', who).state).toBe('refused');
    });
  });

  test('each counts for the other: root’s for the login user, and the login user’s for root', async () => {
    const root = await session('one', 'root');
    expect(ask('two', 'ops')).toMatchObject({ state: 'held', detail: expect.stringContaining('run one') });
    expect(existsSync(lockOf('ops'))).toBe(false);
    expect(ask('one', 'ops').state).toBe('taken');
    rmSync(lockOf('ops'), { recursive: true });
    await root.end();
    const user = await session('three', 'ops');
    expect(user.said).toBe('lock taken\n');
    expect(ask('four', 'root')).toMatchObject({ state: 'held', detail: expect.stringContaining('run three') });
    expect(existsSync(lockOf('root'))).toBe(false);
    // Another user's own doesn't: anybody could have made it.
    expect(ask('five', 'root', 'eve').state).toBe('taken');
    expect(ask('six', 'root', 'root').state).toBe('stale');
    await user.end();
  });

  test('of two at once, one as root and one without, never both have it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const both = await Promise.all([session('one', 'root'), session('two', 'ops')]);
      expect(both.filter(({ said }) => said === 'lock taken\n').length).toBeLessThan(2);
      for (const { end } of both) await end();
      expect(readdirSync(join(host, 'run'))).toEqual([]);
    }
  });

  test.each(['', '-', 'a/../../b', '$(touch pwned)', "it's", '+'])('a login name is only a name: ‹%s›', (login) => {
    expect(ask('one', 'root', login).state).toBe('taken');
    expect(readdirSync(host).sort()).toEqual(['ops', 'run']);
  });

  test.runIf(isRoot)('a user who isn’t root can neither make root’s lock nor take it away', async () => {
    chownSync(join(host, 'ops'), NOBODY, NOBODY);
    const root = await session('one', 'root');
    const other = await session('two', 'nobody');
    expect(other.said).toMatch(/^lock held o'brien/);
    await other.end();
    expect(existsSync(lockOf('root'))).toBe(true);
    await root.end();
    const free = await session('three', 'nobody');
    expect(free.said).toBe('lock taken\n');
    expect(readdirSync(join(host, 'run'))).toEqual([]);
    await free.end();
  });

  test('lock and notes are answered, and said to be, before the facts', () => {
    mkdirSync(join(host, 'root/handlers'), { recursive: true });
    writeFileSync(join(host, 'root/handlers/x'), '{"runbook":"r","handler":"h","run":"one"}\n');
    const whole = on('root', helloScript({ facts: ['arch'], lock: holder('one'), login: 'ops' }).text);
    const lines = execFileSync(shell, ['-c', whole], { env: env() }).toString().trim().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['lock', 'note', 'answered', 'fact']);
    expect(parseHello(lines.join('\n'))).toMatchObject({ answered: true, lock: { state: 'taken' } });
    expect(parseHello(lines.slice(0, 2).join('\n')).answered).toBe(false);
  });

  test('a full name that no name server tells is the host’s own, and said to be', () => {
    mkdirSync(join(host, 'bin'));
    const slow = '#!/bin/sh\n[ "$1" = -f ] && exec sleep 60\necho web1\n';
    writeFileSync(join(host, 'bin/hostname'), slow, { mode: 0o755 });
    const whole = helloScript({ facts: ['fqdn'], lock: undefined, login: 'ops' }).text;
    const said = execFileSync(shell, ['-c', on('root', whole)], { env: { ...env(), PATH: `${host}/bin:${path}` } });
    const hello = parseHello(said.toString());
    expect(hello.facts.get('fqdn')).toEqual(['web1']);
    expect(hello.unsure).toEqual(['fqdn']);
  });
});

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
