// A guarded shell: each script asks first.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Frame } from '../../../engine/transport/channel/connection.ts';
import { inlineLimit } from '../../../engine/transport/shell/frame.ts';
import type { FramedShell } from '../../../engine/transport/shell/shell.ts';
import { scratch } from '../scratch.ts';
import { ask, frame, shells, startShell, told } from '../shells.ts';

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('%s', (_, command) => {
  const directory = scratch();
  const shut = join(directory, 'shut');
  const done = join(directory, 'done');
  const act = `echo acted; : >${done}`;
  let shell: FramedShell;
  beforeAll(async () => {
    shell = await startShell(command);
    shell.guard(`vrun_guard() {\n! [ -e ${shut} ] || { echo no >&2; return 3; }\n}`);
  });
  afterAll(() => shell.close());

  test.each<[what: string, more: Partial<Frame>, printed: string]>([
    ['a probe', {}, 'acted\n'],
    ['a step', { step: { accept: [0] } }, 'acted\n'],
    ['one that takes any status', { step: { accept: 'any' } }, 'acted\n'],
    ['one beside others', { beside: true }, 'acted\n'],
    ['one with input', { script: `cat; ${act}`, stdin: Buffer.from('in ') }, 'in acted\n'],
    ['one with large input', { script: `wc -c; ${act}`, stdin: Buffer.alloc(inlineLimit + 1) }, 'acted\n'],
    ['one of another user', { user: 'root' }, 'acted\n'],
  ])('%s', async (_what, more, printed) => {
    if (more.user !== undefined && process.getuid?.() !== 0) return; // only root can be another
    const frames = [frame(act, more), frame('echo next', { beside: true })];
    rmSync(shut, { force: true });
    const [got] = await ask(shell, frames);
    expect(got && told(got)).toMatch(new RegExp(`^0\\|.*${printed}$`, 's'));
    expect(got?.refused).toBeUndefined();
    rmSync(done);
    writeFileSync(shut, '');
    const answers = await ask(shell, frames);
    expect(answers[0]).toMatchObject({ status: 1, refused: true, skipped: false });
    expect(answers[1]?.refused === true || answers[1]?.skipped).toBe(true);
    expect(answers.map(({ stdout, stderr }) => `${stdout}${stderr}`)).toEqual(['', '']);
    expect(existsSync(done)).toBe(false);
  });

  test('each frame asks in its turn: what a step shuts out is not run', async () => {
    rmSync(shut, { force: true });
    const step = { step: { accept: 'any' as const } };
    const answers = await ask(shell, [frame(`echo a; : >${shut}`, step), frame(act, step), frame(act)]);
    expect(answers.map(({ stdout, refused = false }) => [String(stdout), refused])).toEqual([
      ['a\n', false],
      ['', true],
      ['', true],
    ]);
    expect(existsSync(done)).toBe(false);
  });

  test('what is open in a script stays in its frame', async () => {
    rmSync(shut, { force: true });
    const [got, after] = await ask(shell, [frame("echo 'open"), frame('echo "$#"')]);
    expect(got?.refused).toBeUndefined();
    expect(after && told(after)).toBe('0|0\n');
  });
});
