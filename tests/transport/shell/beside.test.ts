// Frames that run beside others: their answers are as if each had run in its turn.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Frame } from '../../../engine/transport/channel/connection.ts';
import type { FramedShell } from '../../../engine/transport/shell/shell.ts';
import { scratch } from '../scratch.ts';
import { ask, frame, never, shells, startShell, told } from '../shells.ts';

const beside = (script: string, more: Partial<Frame> = {}) => frame(script, { beside: true, ...more });
/** Waits for at most ten seconds until a file is there, and says whether it is. */
const awaits = (file: string) =>
  `n=0; until [ -e ${file} ] || [ $n = 100 ]; do sleep 0.1; n=$((n + 1)); done; [ -e ${file} ]`;

/** Whoever writes what is read ends: within seconds, since a busy machine may be slow to. */
async function comesToRest(read: () => unknown): Promise<void> {
  const later = () => new Promise((resolve) => setTimeout(resolve, 400));
  await expect
    .poll(
      async () => {
        const before = read();
        await later();
        return JSON.stringify(read()) === JSON.stringify(before);
      },
      { timeout: 15_000, interval: 100 },
    )
    .toBe(true);
}

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('%s', (_, command) => {
  let shell: FramedShell;
  beforeAll(async () => {
    shell = await startShell(command);
  });
  afterAll(() => shell.close());

  test('it is begun before its turn, beside those between', async () => {
    const place = scratch();
    const [first, second, third] = await ask(shell, [
      frame(awaits(join(place, 'begun'))),
      frame('echo between'),
      beside(`: >${join(place, 'begun')}; echo beside; echo error >&2; exit 3`),
    ]);
    expect([first, second, third].map((answer) => answer && told(answer))).toEqual(['0|', '0|between\n', '3|beside\n']);
    expect(String(third?.stderr)).toBe('error\n');
  });

  test.each<[what: string, more: Partial<Frame>]>([
    ['a step', { step: { accept: [0] } }],
    ['what runs alone', { alone: true }],
  ])('%s is done before it begins', async (_what, more) => {
    const file = join(scratch(), 'done');
    const answers = await ask(shell, [
      frame('echo before'),
      frame(`sleep 0.3; : >${file}`, more),
      frame('echo between'),
      beside(`[ -e ${file} ] && echo after`),
    ]);
    expect(answers.map(told)).toEqual(['0|before\n', '0|', '0|between\n', '0|after\n']);
  });

  test('it is skipped after a step that failed', async () => {
    const file = join(scratch(), 'run');
    const answers = await ask(shell, [frame('false', { step: { accept: [0] } }), frame(':'), beside(`: >${file}`)]);
    expect(answers.map(({ skipped }) => skipped)).toEqual([false, true, true]);
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  test('what it prints waits for its turn, however much it is', async () => {
    const answers = await ask(shell, [
      frame('sleep 0.2; echo first'),
      beside('head -c 300000 /dev/zero | tr "\\\\0" a; head -c 300000 /dev/zero | tr "\\\\0" b >&2', {
        outputLimit: 1 << 20,
      }),
      beside('head -c 3000 /dev/zero', { outputLimit: 1000 }),
      frame('echo last'),
    ]);
    expect(answers.map(({ stdout, stderr, truncated }) => [stdout.length, stderr.length, truncated])).toEqual([
      [6, 0, false],
      [300_000, 300_000, false],
      [1000, 0, true],
      [5, 0, false],
    ]);
  });

  test('input comes to it', async () => {
    const binary = Buffer.from(Array.from({ length: 3000 }, (_v, i) => (i * 7) % 256));
    const answers = await ask(shell, [
      frame('cat'),
      beside('cat', { stdin: Buffer.from("it's text\n") }),
      beside('cat', { stdin: binary }),
      beside('cat'),
    ]);
    expect(answers.map(({ stdout }) => Buffer.from(stdout))).toEqual([
      Buffer.alloc(0),
      Buffer.from("it's text\n"),
      binary,
      Buffer.alloc(0),
    ]);
  });

  test('one that takes too long ends, and no other', async () => {
    const answers = await ask(shell, [
      frame('echo first'),
      beside('echo begun; sleep 30; echo never', { timeout: 1 }),
      beside('sleep 3; echo other'),
      frame('echo last'),
    ]);
    expect(answers.map(told)).toEqual(['0|first\n', '143|begun\n|timed out', '0|other\n', '0|last\n']);
  });

  test('it goes on while another takes too long', async () => {
    const answers = await ask(shell, [frame('sleep 30', { timeout: 1 }), beside('sleep 3; echo other')]);
    expect(answers.map(told)).toEqual(['143||timed out', '0|other\n']);
  });

  test('all end when the run is to end', async () => {
    const stop = new AbortController();
    const marks = scratch();
    const alive = (name: string) => `while sleep 0.1; do date +%s%N >${join(marks, name)}; done`;
    const frames = [frame(alive('turn')), beside(alive('one')), beside(alive('two')), frame('echo last')];
    const answers = [];
    setTimeout(() => stop.abort(), 500);
    for await (const answer of shell.send(frames, never, stop.signal)) answers.push(answer);
    expect(answers.map(({ timedOut, skipped }) => timedOut || skipped)).toEqual([true, true, true, true]);
    await comesToRest(() => readdirSync(marks).map((name) => readFileSync(join(marks, name), 'utf8')));
    expect((await ask(shell, [frame('echo next')])).map(told)).toEqual(['0|next\n']);
  });

  test('the answers are those of one after the other', async () => {
    const script = fc.constantFrom(
      'echo a',
      'exit 3',
      'sleep 0.02; echo b >&2',
      'cat',
      'printf c',
      ':',
      'set -e; false',
    );
    const kind = fc.constantFrom<Partial<Frame>>(
      { beside: true },
      { beside: true },
      {},
      { alone: true },
      { step: { accept: 'any' } },
    );
    const frames = fc.array(fc.tuple(script, kind, fc.option(fc.string({ maxLength: 30 }), { nil: undefined })), {
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(frames, async (chosen) => {
        const message = chosen.map(([text, more, stdin]) =>
          frame(`(${text})`, { ...more, ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin) }) }),
        );
        const plain = message.map(({ beside: _, ...rest }) => rest);
        const said = (answers: Awaited<ReturnType<typeof ask>>) =>
          answers.map((answer) => [told(answer), String(answer.stderr)]);
        expect(said(await ask(shell, message))).toEqual(said(await ask(shell, plain)));
      }),
      { numRuns: 40 },
    );
  });

  test('nothing is left behind when the shell is killed', async () => {
    const mine = await startShell(command);
    const file = join(scratch(), 'alive');
    const sending = ask(mine, [
      frame('kill -9 $$; sleep 1'),
      beside(`while sleep 0.1; do date +%s%N >${file}; echo alive; done`),
    ]);
    await expect(sending).rejects.toThrow('connection');
    await comesToRest(() => readFileSync(file, 'utf8'));
    const left = ['/run', '/dev/shm', '/tmp'].flatMap((dir) =>
      readdirSync(dir).filter((name) => name.endsWith('.pipes')),
    );
    expect(left).toEqual([]);
  });
});
