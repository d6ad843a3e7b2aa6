import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Missing, Secret } from '../../../engine/module/index.ts';
import command from '../../../modules/command/command.ts';
import shell from '../../../modules/shell/shell.ts';
import { bind, output } from '../harness/bind.ts';
import { foreseen } from '../harness/foreseen.ts';
import { runScript, SHELLS } from '../harness/perform.ts';
import { table } from '../harness/table.ts';

table(command, [
  {
    title: 'words reach the program as they are written',
    params: { cmd: `grep -e 'a b' "$HOME" *.txt \\| x` },
    changes: [`! run grep -e 'a b' "$HOME" *.txt \\| x`, `  $ exec grep -e 'a b' '$HOME' '*.txt' '|' x`],
  },
  { title: 'argv', params: { argv: ['echo', '', 'a b'] }, changes: ['! run echo  a b', `  $ exec echo '' 'a b'`] },
  {
    title: 'a word with an equals sign is no assignment',
    params: { argv: ['A=b', 'c'] },
    changes: ['! run A=b c', '  $ exec A=b c'],
  },
  {
    title: 'somewhere else',
    params: { cmd: 'make', chdir: "/srv/it's" },
    changes: ['! run make', `  $ cd -- '/srv/it'\\''s' || exit`, '  $ exec make'],
  },
  {
    title: 'with standard input',
    params: { cmd: 'psql', stdin: new Secret('sql', 'select 1') },
    changes: ['! run psql', '  $ exec psql', '  < ‹secret content›'],
  },
  {
    title: 'not needed',
    params: { cmd: 'make', creates: '/srv/made' },
    transcript: { stdout: 'needless\n' },
    changes: [],
  },
  {
    title: 'needed',
    params: { cmd: 'make', creates: '/srv/made' },
    transcript: { stdout: 'needed\n' },
    changes: ['! run make', '  $ exec make', '  = path:/srv/made'],
  },
  {
    title: 'in a directory that is not there',
    params: { cmd: 'make', creates: 'made', chdir: '/srv/none' },
    transcript: { stdout: 'nowhere\n' },
    missing: ['path:/srv/none'],
    changes: [],
  },
]);

table(shell, [
  {
    title: 'a shell gets it in one piece',
    params: { cmd: "echo $HOME | tr a 'b'\ntrue" },
    changes: ["! run echo $HOME | tr a 'b' …", `  $ exec /bin/sh -c 'echo $HOME | tr a '\\''b'\\''`, `  $ true'`],
  },
  {
    title: 'another shell',
    params: { cmd: 'set -o pipefail', executable: '/bin/bash' },
    changes: ['! run set -o pipefail', `  $ exec /bin/bash -c 'set -o pipefail'`],
  },
]);

describe('what is refused', () => {
  test.each([
    [{}, 'One command is wanted'],
    [{ cmd: 'a', argv: ['b'] }, 'One command is wanted'],
    [{ cmd: 'echo "a' }, 'split into words'],
    [{ cmd: 'a', chdir: 'srv' }, 'absolute'],
    [{ cmd: 'a', creates: 'made' }, 'absolute'],
    [{ cmd: 'a', creates: '/srv/*.txt' }, 'not a pattern'],
    [{ cmd: new Secret('key', 'x') }, 'secret'],
  ])('%j', (params, words) => {
    expect(() => bind(command, params)).toThrow(words);
  });
});

describe.each(SHELLS.map((words) => [words.join(' '), words] as const))('in %s', (_, words) => {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-command-'));
  writeFileSync(join(directory, 'made'), '');
  afterAll(() => rmSync(directory, { recursive: true }));
  const state = (params: Record<string, unknown>, readOnly = false) => {
    const want = bind(shell, { cmd: 'exit 3', ...params }, {}, { readOnly, hosts: 1 });
    const script = shell.probe([want]);
    return shell.parse(runScript(script?.text ?? '', shell.input([want])?.bytes(), words), [want])[0];
  };

  test.each([
    [{ creates: '/dev/null' }, true],
    [{ creates: '/nonexistent' }, false],
    [{ removes: '/nonexistent' }, true],
    [{ removes: '/dev/null' }, false],
    [{ unless: 'echo noise; echo noise >&2; exit 0' }, true],
    [{ unless: 'exit 1' }, false],
    [{ unless: 'read line' }, false],
    [{ creates: 'made', chdir: directory }, true],
    [{ creates: '/nonexistent', removes: '/dev/null', unless: 'false' }, false],
  ])('%j', (params, needless) => {
    const found = state(params);
    expect(found instanceof Missing ? found.without?.state : found).toEqual({ needless });
  });

  test('a read-only command is its own probe, and may have standard input', () => {
    expect(state({ cmd: 'cat; echo x; exit 7', stdin: 'in\n' }, true)).toMatchObject({
      needless: false,
      output: { status: 7, stdout: 'in\nx\n' },
    });
  });
});

describe('what a command said', () => {
  const want = bind(command, { cmd: 'make' });
  const { after } = command.plan(undefined, want);
  const judge = (said: Parameters<typeof output>[0]) => after?.([output(said)]);

  test('success', () => {
    expect(judge({ stdout: 'a\nb\n\n', stderr: '' })).toEqual({
      result: { rc: 0, stdout: 'a\nb', stderr: '', stdout_lines: ['a', 'b'], stderr_lines: [] },
    });
  });

  test('failure shows what it said last', () => {
    const stderr = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join('');
    const verdict = judge({ status: 2, stdout: 'out', stderr });
    expect(verdict?.failure?.summary).toBe('‹make› failed');
    expect(verdict?.failure?.detail).toMatch(
      /^It ended with status 2:\n {2}… \(8 lines before\)\n {2}line 8\n[\s\S]*line 19$/,
    );
    expect(verdict?.result).toMatchObject({ rc: 2, stdout: 'out' });
  });

  test('silence, time and a missing program', () => {
    expect(judge({ status: 1 })?.failure?.detail).toBe('It ended with status 1 and printed nothing.');
    expect(judge({ status: 137, timedOut: true })?.failure?.detail).toMatch(/^It took too long/);
    expect(judge({ status: 127 })?.failure?.hint).toMatch('no such command');
  });

  test('a read-only one is judged at once', () => {
    const state = { needless: false, output: output({ status: 1, stderr: 'no' }) };
    expect(command.plan(state, want)).toMatchObject({ changes: [], failure: { summary: '‹make› failed' } });
  });

  test('an answer without our word is an error', () => {
    expect(() => command.parse(output({ stdout: '', stderr: 'sh: broken' }), [want])).toThrow('sh: broken');
  });
});

describe('what it looks at may be otherwise once pending changes of a dry run are made', () => {
  const path = '/srv/made';
  const [needless, needed] = [{ needless: true }, { needless: false }];
  const there = foreseen([{ path, kind: 'directory' }]);
  const gone = foreseen([{ path, kind: 'nothing' }]);
  const perhaps = foreseen([{ path, kind: 'anything' }]);

  test.each<[string, object, object, ReturnType<typeof foreseen>, 'needed' | 'needless' | 'unknown']>([
    ['creates: it will be there', { creates: path }, needed, there, 'needless'],
    ['creates: it will be gone', { creates: path }, needless, gone, 'needed'],
    ['creates, in its directory', { creates: 'made', chdir: '/srv' }, needless, gone, 'needed'],
    ['creates: nothing pending is there', { creates: path }, needless, foreseen([]), 'needless'],
    ['removes: it will be there', { removes: path }, needless, there, 'needed'],
    ['removes: it will be gone', { removes: path }, needed, gone, 'needless'],
    ['removes: perhaps', { removes: path }, needless, perhaps, 'unknown'],
    ['both, one of them as it was', { creates: path, removes: '/srv/other' }, needless, gone, 'unknown'],
    ['unless may answer otherwise', { unless: 'true' }, needless, foreseen([]), 'unknown'],
    ['unless, and it will be there anyhow', { unless: 'true', creates: path }, needed, there, 'needless'],
    ['none of them', {}, needed, gone, 'needed'],
  ])('%s', (_title, params, have, pending, expected) => {
    const want = bind(command, { cmd: 'make', ...params });
    const { changes, doubt } = command.plan(command.pending(have, want, pending), want);
    expect(doubt !== undefined ? 'unknown' : changes.length > 0 ? 'needed' : 'needless').toBe(expected);
  });
});
