import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Stdin } from '../../../engine/transport/channel/connection.ts';
import { outputLimit } from '../../../engine/transport/shell/answers.ts';
import { inlineLimit } from '../../../engine/transport/shell/frame.ts';
import type { FramedShell } from '../../../engine/transport/shell/shell.ts';
import { scratch } from '../scratch.ts';
import { ask, frame, shells, startShell, told } from '../shells.ts';

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('%s', (_, command) => {
  let shell: FramedShell;
  beforeAll(async () => {
    shell = await startShell(command);
  });
  afterAll(() => shell.close());

  test.each<[what: string, script: string, answer: string]>([
    ['output with a line break', 'echo hi', '0|hi\n'],
    ['output without a line break', 'printf hi', '0|hi'],
    ['nothing', '', '0|'],
    ['an exit status', 'echo a; exit 7; echo b', '7|a\n'],
    ['return outside a function', 'echo a; return 4; echo b', '4|a\n'],
    ['set -e', 'set -e; echo a; false; echo b', '1|a\n'],
    ['standard input is empty', 'cat; echo end', '0|end\n'],
    ['no parameters', `echo "$#:$*"`, '0|0:\n'],
    ['directory and umask', 'pwd; umask', '0|/\n0022\n'],
    ['locale', 'echo "$LC_ALL"', '0|\n'],
    ['output closed', 'exec >&- 2>&-; exit 3', '3|'],
    ['a single quote', `echo "it's"`, `0|it's\n`],
    ['a trap of its own', `trap 'echo bye' EXIT; exit 2`, '2|bye\n'],
    ['many lines', 'for i in 1 2\ndo echo $i\ndone\n', '0|1\n2\n'],
    ['a comment at the end', 'echo a # b', '0|a\n'],
    ['killed by a signal', `sh -c 'kill -9 $$'`, '137|'],
    ['a pipe that breaks', 'yes | head -n 1', '0|y\n'],
  ])('%s', async (_what, script, answer) => {
    const [got, after] = await ask(shell, [frame(script), frame('echo next')]);
    expect(got && told(got)).toBe(answer);
    expect(after && told(after)).toBe('0|next\n');
  });

  test.each(["echo 'open", 'echo "open', 'cat <<X\nopen', 'if true', '( echo', '$(', '`', '}', 'fi', 'case x in'])(
    'what is not finished stays in its frame: %s',
    async (script) => {
      const [got, after] = await ask(shell, [frame(script), frame('echo next')]);
      expect(got?.skipped).toBe(false);
      expect(after && told(after)).toBe('0|next\n');
    },
  );

  test('nothing leaks into the next frame', async () => {
    const script =
      'leak=1; cd /tmp; umask 077; set -f; IFS=x; alias echo=false; f() { :; }; trap "" TERM; exec 5>/dev/null; export leak; set a b';
    const [, after] = await ask(shell, [
      frame(script),
      frame('echo "$leak|$PWD $(umask) $#" /et*; command -v f; env | grep -c leak'),
    ]);
    expect(after && told(after)).toBe('1||/ 0022 0 /etc\n0\n');
  });

  test('standard error stands apart', async () => {
    const [got] = await ask(shell, [frame('echo a; echo b >&2; echo c')]);
    expect([got?.stdout, got?.stderr].map(String)).toEqual(['a\nc\n', 'b\n']);
  });

  test('any script text comes back as it went', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 1, maxLength: 20 }),
        async (texts) => {
          const wanted = texts.map((text) => text.replaceAll('\0', '').replaceAll(/[\uD800-\uDFFF]/gu, ''));
          const scripts = wanted.map((text) => frame(`printf %s '${text.replaceAll("'", `'\\''`)}'`));
          const answers = await ask(shell, scripts);
          expect(answers.map(({ stdout }) => Buffer.from(stdout).toString())).toEqual(wanted);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('any text is run as a script without harm to the next', async () => {
    const bad = fc.string({ unit: fc.constantFrom(...'\'"`$(){};&|<>\\\n #!*?[]~=aedf01'), maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(fc.array(bad, { maxLength: 10 }), async (scripts) => {
        const dir = scratch();
        const frames = scripts.flatMap((script) => [frame(`cd ${dir} && PATH= && ${script}`), frame('echo next')]);
        const answers = await ask(shell, frames);
        expect(answers.filter((_a, i) => i % 2 === 1).map(told)).toEqual(scripts.map(() => '0|next\n'));
      }),
      { numRuns: 30 },
    );
  });

  test('any bytes go in by standard input', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 5 }), async (inputs) => {
        const answers = await ask(
          shell,
          inputs.map((stdin) => frame('cat', { stdin })),
        );
        expect(answers.map(({ stdout }) => Buffer.from(stdout))).toEqual(inputs.map((bytes) => Buffer.from(bytes)));
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ['text', Buffer.from("a line of text, with a \\ and a '\n".repeat(2000))],
    ['binary', Buffer.from(Array.from({ length: 100_000 }, (_v, i) => (i * 7) % 256))],
    ['larger than a message takes', Buffer.alloc(inlineLimit + 1, 'vrun\n')],
  ])('standard input: %s', async (_what, stdin) => {
    const [got, unread, after] = await ask(shell, [
      frame('cat', { stdin }),
      frame('exit 3', { stdin }),
      frame('echo next'),
    ]);
    expect(Buffer.from(got?.stdout ?? []).equals(stdin)).toBe(true);
    expect(unread?.status).toBe(3);
    expect(after && told(after)).toBe('0|next\n');
  });

  test('a private file for large input is gone as soon as it is open', async () => {
    const stdin = Buffer.alloc(inlineLimit + 1, 'x');
    const [first] = await ask(shell, [
      frame('readlink /proc/self/fd/0 || true; ls -d /run/vrun.*.?????????? /dev/shm/vrun.*.* 2>/dev/null', { stdin }),
    ]);
    expect(String(first?.stdout)).toMatch(/\/c \(deleted\)\n$/);
    const skipped = await ask(shell, [frame('false', { step: { accept: [0] } }), frame('cat', { stdin })]);
    expect(skipped[1]?.skipped).toBe(true);
    const left = ['/run', '/dev/shm', '/tmp'].flatMap((dir) =>
      readdirSync(dir).filter((name) => /^vrun\.\w+\.\w{10}$/.test(name)),
    );
    expect(left).toEqual([]);
  });

  describe('standard input that is read while it is sent', () => {
    const pieces = (count: number, length: number) => ({
      length,
      async *chunks() {
        for (let sent = 0; sent < count; sent++) yield Buffer.alloc(1024, 'x');
      },
    });

    test('arrives whole', async () => {
      const [got] = await ask(shell, [frame('wc -c', { stdin: pieces(2048, 2 << 20) })]);
      expect(got && told(got).trim()).toBe('0|2097152');
    });

    test('that ends too early, or cannot be read, never reaches the script', async () => {
      const message = (stdin: Stdin) => ask(shell, [frame('cat', { stdin })]);
      const left = () => readdirSync('/var/tmp').filter((name) => name.startsWith('vrun.'));
      const before = left();
      await expect(message(pieces(3, 1 << 20))).rejects.toThrow('could not be sent');
      const broken = {
        length: 1 << 20,
        // biome-ignore lint/correctness/useYield: it fails before its first piece
        async *chunks(): AsyncGenerator<Buffer> {
          throw new Error('gone');
        },
      };
      await expect(message(broken)).rejects.toThrow('gone');
      expect(left().filter((name) => !before.includes(name))).toEqual([]);
      const [after] = await ask(shell, [frame('echo next')]);
      expect(after && told(after)).toBe('0|next\n');
    });
  });

  test('output is capped, and what follows it is not lost', async () => {
    const [big, after] = await ask(shell, [
      frame(`head -c ${outputLimit + 5} /dev/zero; echo err >&2`),
      frame('echo next'),
    ]);
    expect(big?.stdout).toHaveLength(outputLimit);
    expect(big?.truncated).toBe(true);
    expect(String(big?.stderr)).toBe('err\n');
    expect(after && told(after)).toBe('0|next\n');
  });

  test.each<[what: string, accept: readonly number[] | 'any', script: string, next: string]>([
    ['accepted', [0], 'true', '0|next\n'],
    ['a status of several', [0, 3], 'exit 3', '0|next\n'],
    ['not accepted', [0], 'exit 3', '0||skipped'],
    ['status zero not accepted', [3], 'true', '0||skipped'],
    ['any', 'any', 'exit 3', '0|next\n'],
  ])('a step that fails ends its message: %s', async (_what, accept, script, next) => {
    const [, second, third] = await ask(shell, [
      frame(script, { step: { accept } }),
      frame('echo next'),
      frame('true', { step: { accept: [0] } }),
    ]);
    expect(second && told(second)).toBe(next);
    expect(third?.skipped).toBe(next.endsWith('skipped'));
    expect((await ask(shell, [frame('echo again')])).map(told)).toEqual(['0|again\n']);
  });

  test('a probe may fail', async () => {
    expect((await ask(shell, [frame('false'), frame('echo next')])).map(told)).toEqual(['1|', '0|next\n']);
  });

  test('what runs too long is killed with its children', async () => {
    const dir = scratch();
    const script = `echo started; sh -c 'echo $$ >${dir}/pid; exec sleep 60' & trap '' TERM; sleep 60; echo no`;
    const started = Date.now();
    const [got, after] = await ask(shell, [frame(script, { timeout: 1 }), frame('echo next')]);
    expect(got?.timedOut).toBe(true);
    expect(String(got?.stdout)).toBe('started\n');
    expect(after && told(after)).toBe('0|next\n');
    expect(Date.now() - started).toBeLessThan(30_000);
    const pid = Number(readFileSync(`${dir}/pid`, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow();
  });

  test('a step that ran too long has failed, whatever it accepts', async () => {
    const slow = frame('sleep 60', { timeout: 1, step: { accept: 'any' } });
    expect((await ask(shell, [slow, frame('echo next')])).map(told)).toEqual(['143||timed out', '0||skipped']);
  });

  test('output between two frames is stray', async () => {
    const [first] = await ask(shell, [frame('( sleep 0.3; echo late ) & echo started')]);
    expect(first && told(first)).toBe('0|started\n');
    await new Promise((resolve) => setTimeout(resolve, 700));
    const [second] = await ask(shell, [frame('echo next')]);
    expect(second && told(second)).toBe('0|next\n');
    expect(String(second?.stray)).toBe('late\n');
  });

  test('three hundred frames in one message', async () => {
    const sent = shell.messages;
    const answers = await ask(
      shell,
      Array.from({ length: 300 }, (_v, i) => frame(`echo ${i}; echo e${i} >&2; exit ${i % 200}`)),
    );
    expect(answers.map(({ status, stdout, stderr }) => [status, String(stdout), String(stderr)])).toEqual(
      answers.map((_a, i) => [i % 200, `${i}\n`, `e${i}\n`]),
    );
    expect(shell.messages).toBe(sent + 1);
  });

  test('a reader that stops early leaves a usable shell', async () => {
    for await (const answer of shell.send(
      [frame('echo 1'), frame('sleep 0.2; echo 2'), frame('echo 3')],
      new AbortController().signal,
    )) {
      expect(told(answer)).toBe('0|1\n');
      break;
    }
    expect((await ask(shell, [frame('echo next')])).map(told)).toEqual(['0|next\n']);
  });

  test('a NUL byte in a script is refused before anything is sent', async () => {
    const sent = shell.messages;
    await expect(ask(shell, [frame('echo a\0b')])).rejects.toThrow(/NUL/);
    expect(shell.messages).toBe(sent);
  });

  test.skipIf(process.getuid?.() !== 0)("as another user, in that user's environment", async () => {
    const [got, stdin, nobody] = await ask(shell, [
      frame('id -un; id -gn; echo "$HOME $USER $LOGNAME" \'quoted\'; pwd; env | grep -c ^vrun; exit 5', {
        user: 'daemon',
      }),
      frame('cat; id -un', { user: 'daemon', stdin: Buffer.from('in\n') }),
      frame('true', { user: 'no-such-user' }),
    ]);
    expect(got && told(got)).toBe('5|daemon\ndaemon\n/usr/sbin daemon daemon quoted\n/\n0\n');
    expect(stdin && told(stdin)).toBe('0|in\ndaemon\n');
    expect([nobody?.status, String(nobody?.stderr)]).toEqual([
      125,
      'vrun: there is no user no-such-user on this host\n',
    ]);
  });

  test('what was asked for the end runs when the shell ends', async () => {
    const dir = scratch();
    const other = await startShell(command, `echo "it's over" >${dir}/end`);
    await ask(other, [frame('true')]);
    await other.close();
    expect(readFileSync(`${dir}/end`, 'utf8')).toBe(`it's over\n`);
  });

  test.each<[what: string, script: string]>([
    ['while a step runs', 'sleep 0.5'],
    ['while a step prints', 'for i in 1 2 3 4 5; do echo "$i"; sleep 0.1; done'],
  ])('it runs too when the session breaks off %s, but no step after it does', async (_what, script) => {
    const dir = scratch();
    const other = await startShell(command, `echo over >${dir}/end`);
    const sent = ask(other, [frame(script), frame(`echo after >${dir}/after`)]);
    sent.catch(() => undefined); // the loss is what is wanted here
    await new Promise((resolve) => setTimeout(resolve, 150));
    other.destroy();
    await expect(sent).rejects.toMatchObject({ problems: [{ code: 'connection-lost' }] });
    await vi.waitFor(() => expect(readFileSync(`${dir}/end`, 'utf8')).toBe('over\n'), { timeout: 5000 });
    expect(existsSync(`${dir}/after`)).toBe(false);
  });

  test('a shell that dies in the middle of a message says so', async () => {
    const other = await startShell(command);
    await expect(ask(other, [frame('true'), frame('kill -9 $$; sleep 1')])).rejects.toMatchObject({
      problems: [{ code: 'connection-lost', detail: expect.stringContaining('unknown') }],
    });
    await expect(ask(other, [frame('true')])).rejects.toMatchObject({ problems: [{ code: 'connection-lost' }] });
  });

  test('an abort stops waiting at once', async () => {
    const other = await startShell(command);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('stopped')), 100);
    const started = Date.now();
    const sending = (async () => {
      for await (const _ of other.send([frame('sleep 30')], controller.signal));
    })();
    await expect(sending).rejects.toThrow('stopped');
    expect(Date.now() - started).toBeLessThan(15_000);
  });
});
