// The lock of a host, by the shells that hosts have: whoever runs it, whatever lies in its place, whoever comes at once.
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { helloScript, parseHello } from '../../../engine/run/session/opening.ts';
import { Host, holder, isRoot, NOBODY, SHELLS, type Who } from './lock-host.ts';

describe.each(SHELLS)('on %s', (_name, shell, path) => {
  const onHost = test.extend<{ host: Host }>({
    host: async ({ task: _ }, use) => {
      const host = new Host(shell, path);
      await use(host);
      host.remove();
    },
  });

  describe.each<Who>(['root', 'ops'])('%s', (who) => {
    onHost('taken, held with who holds it, released at the shell’s end', async ({ host }) => {
      const first = await host.session('one', who);
      expect(first.said).toBe('lock taken\n');
      const { state, detail } = await host.ask('two', who);
      expect(state).toBe('held');
      expect(detail).toMatch(/^o'brien@x, from laptop, since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, run one$/);
      await first.end();
      expect(existsSync(host.lockOf(who))).toBe(false);
      expect((await host.ask('two', who)).state).toBe('taken');
    });

    onHost('of a shell that was killed it is stale and taken over', async ({ host }) => {
      const first = await host.session('one', who);
      await first.kill();
      expect(existsSync(join(host.lockOf(who), 'holder'))).toBe(true);
      const second = await host.session('two', who);
      expect(second.said).toBe('lock stale one\n');
      expect((await host.ask('three', who)).state).toBe('held');
      await second.end();
      expect(existsSync(host.lockOf(who))).toBe(false);
    });

    onHost(
      'a run that comes back after a reconnect owns it again, and the old shell doesn’t release it',
      async ({ host }) => {
        const first = await host.session('one', who);
        const second = await host.session('one', who);
        expect(second.said).toBe('lock taken\n');
        await first.end();
        expect((await host.ask('two', who)).state).toBe('held');
        await second.end();
        expect(existsSync(host.lockOf(who))).toBe(false);
      },
    );

    onHost('of many that find a stale one at once only one gets it', async ({ host }) => {
      host.sign(who, '999999999\n1\nold\nbob\nx\n2026\n');
      const all = await Promise.all(Array.from({ length: 8 }, (_, index) => host.session(`run${index}`, who)));
      const words = all.map(({ said }) => said.split(/[ \n]/)[1]);
      expect(words.filter((word) => word === 'held')).toHaveLength(7);
      expect(words.filter((word) => word === 'stale' || word === 'taken')).toHaveLength(1);
    });

    onHost('hosts of one run that are one machine share it, whoever of them comes first', async ({ host }) => {
      host.sign(who, '999999999\n1\nold\nbob\nx\n2026\n');
      const all = await Promise.all(Array.from({ length: 8 }, () => host.session('one', who)));
      const words = all.map(({ said }) => said.split(/[ \n]/)[1]);
      expect(words.filter((word) => word !== 'taken' && word !== 'stale')).toEqual([]);
      expect((await host.ask('two', who)).state).toBe('held');
    });

    // What is left behind has to be waited for: a user's own is read by the same lines as root's.
    describe.skipIf(who === 'ops' && shell !== '/bin/dash')('left behind', () => {
      onHost.concurrent.for<[string, (host: Host) => void]>([
        [
          'a number that another process has by now',
          (host) => host.sign(who, `${process.pid}\n12345\nold\nbob\nx\n2026\n`),
        ],
        ['nothing: its writer died before it signed', (host) => mkdirSync(host.lockOf(who), { recursive: true })],
        ['no number', (host) => host.sign(who, '../self\n1\nold\nbob\nx\n2026\n')],
        ['an endless line', (host) => host.sign(who, '9'.repeat(5_000_000))],
        [
          'bytes of every kind',
          (host) => host.sign(who, Buffer.from(Array.from({ length: 4096 }, (_, at) => at % 256)).toString('latin1')),
        ],
        ['an empty file', (host) => host.sign(who, '')],
        [
          'a FIFO in the place of the signature',
          (host) => {
            mkdirSync(host.lockOf(who), { recursive: true });
            execFileSync('mkfifo', [join(host.lockOf(who), 'holder')]);
          },
        ],
        [
          'a link in the place of the signature',
          (host) => {
            mkdirSync(host.lockOf(who), { recursive: true });
            symlinkSync('/dev/zero', join(host.lockOf(who), 'holder'));
          },
        ],
        [
          'a directory in the place of the signature',
          (host) => mkdirSync(join(host.lockOf(who), 'holder'), { recursive: true }),
        ],
        [
          'a file where the take-over is made',
          (host) => {
            host.sign(who, '999999999\n1\nold\nbob\nx\n2026\n');
            execFileSync('mkfifo', [`${host.lockOf(who)}.takeover`]);
          },
        ],
        [
          'a take-over that was cut off',
          (host) => {
            host.sign(who, '999999999\n1\nold\nbob\nx\n2026\n');
            mkdirSync(`${host.lockOf(who)}.takeover`);
          },
        ],
      ])('with %s, it is free at the latest for who comes next', async ([, plant], { host }) => {
        plant(host);
        const first = await host.ask('two', who);
        const { state } = first.state === 'held' ? await host.ask('two', who) : first;
        expect(['stale', 'taken']).toContain(state);
      });
    });

    onHost.for<[string, (path: string) => void]>([
      ['a file', (place) => writeFileSync(place, '')],
      ['a FIFO', (place) => execFileSync('mkfifo', [place])],
      ['a link to nowhere', (place) => symlinkSync('nowhere', place)],
    ])('where it can’t be made since there is %s, it is refused', async ([, plant], { host }) => {
      mkdirSync(join(host.lockOf(who), '..'), { recursive: true });
      plant(host.lockOf(who));
      expect(await host.ask('two', who)).toEqual({ state: 'refused', detail: host.lockOf(who) });
    });

    onHost.runIf(isRoot)('somebody else’s directory in its place is refused', async ({ host }) => {
      host.sign(who, '999999999\n1\nold\nbob\nx\n2026\n');
      chownSync(host.lockOf(who), NOBODY, NOBODY);
      expect((await host.ask('two', who)).state).toBe('refused');
    });
  });

  onHost('each counts for the other: root’s for the login user, and the login user’s for root', async ({ host }) => {
    const root = await host.session('one', 'root');
    expect(await host.ask('two', 'ops')).toMatchObject({ state: 'held', detail: expect.stringContaining('run one') });
    expect(existsSync(host.lockOf('ops'))).toBe(false);
    expect((await host.ask('one', 'ops')).state).toBe('taken');
    rmSync(host.lockOf('ops'), { recursive: true });
    await root.end();
    const user = await host.session('three', 'ops');
    expect(user.said).toBe('lock taken\n');
    expect(await host.ask('four', 'root')).toMatchObject({
      state: 'held',
      detail: expect.stringContaining('run three'),
    });
    expect(existsSync(host.lockOf('root'))).toBe(false);
    // Another user's own doesn't: anybody could have made it.
    expect((await host.ask('five', 'root', 'eve')).state).toBe('taken');
    expect((await host.ask('six', 'root', 'root')).state).toBe('stale');
    await user.end();
  });

  onHost('of two at once, one as root and one without, never both have it', async ({ host }) => {
    for (let round = 0; round < 5; round += 1) {
      const both = await Promise.all([host.session('one', 'root'), host.session('two', 'ops')]);
      expect(both.filter(({ said }) => said === 'lock taken\n').length).toBeLessThan(2);
      for (const { end } of both) await end();
      expect(readdirSync(join(host.at, 'run'))).toEqual([]);
    }
  });

  onHost.for(['', '-', 'a/../../b', '$(touch pwned)', "it's", '+'])(
    'a login name is only a name: ‹%s›',
    async (login, { host }) => {
      expect((await host.ask('one', 'root', login)).state).toBe('taken');
      expect(readdirSync(host.at).sort()).toEqual(['ops', 'run']);
    },
  );

  onHost.runIf(isRoot)('a user who isn’t root can neither make root’s lock nor take it away', async ({ host }) => {
    chownSync(join(host.at, 'ops'), NOBODY, NOBODY);
    const root = await host.session('one', 'root');
    const other = await host.session('two', 'nobody');
    expect(other.said).toMatch(/^lock held o'brien/);
    await other.end();
    expect(existsSync(host.lockOf('root'))).toBe(true);
    await root.end();
    const free = await host.session('three', 'nobody');
    expect(free.said).toBe('lock taken\n');
    expect(readdirSync(join(host.at, 'run'))).toEqual([]);
    await free.end();
  });

  onHost('lock and notes are answered, and said to be, before the facts', async ({ host }) => {
    mkdirSync(join(host.at, 'root/handlers'), { recursive: true });
    writeFileSync(join(host.at, 'root/handlers/x'), '{"runbook":"r","handler":"h","run":"one"}\n');
    const whole = helloScript({ facts: ['arch'], lock: holder('one'), login: 'ops' }).text;
    const lines = (await host.run('root', whole)).trim().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['lock', 'note', 'answered', 'fact']);
    expect(parseHello(lines.join('\n'))).toMatchObject({ answered: true, lock: { state: 'taken' } });
    expect(parseHello(lines.slice(0, 2).join('\n')).answered).toBe(false);
  });

  onHost('a full name that no name server tells is the host’s own, and said to be', async ({ host }) => {
    mkdirSync(join(host.at, 'bin'));
    const slow = '#!/bin/sh\n[ "$1" = -f ] && exec sleep 60\necho web1\n';
    writeFileSync(join(host.at, 'bin/hostname'), slow, { mode: 0o755 });
    const whole = helloScript({ facts: ['fqdn'], lock: undefined, login: 'ops' }).text;
    const hello = parseHello(await host.run('root', whole, `${host.at}/bin:${path}`));
    expect(hello.facts.get('fqdn')).toEqual(['web1']);
    expect(hello.unsure).toEqual(['fqdn']);
  });
});
