import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../engine/module/index.ts';
import script from '../../../modules/script/script.ts';
import { bind, type Local, output, type Params } from '../harness/bind.ts';
import { runScript, SHELLS } from '../harness/perform.ts';
import { table } from '../harness/table.ts';

const local = { 'setup.sh': '#!/bin/sh\necho done\n', 'setup dir/a b.sh': '#!/bin/sh\n', directory: { a: 'b' } };

test.each([
  ['#!/bin/sh\n', undefined],
  ['echo\n', undefined],
  ['#!/usr/bin/python3 -u\n', '/usr/bin/python3'],
  ['#! /usr/bin/env node\n', 'node'],
  ['#!/usr/bin/env -S node -x\n', undefined],
])('what reads %j is looked for beforehand', (text, program) => {
  const want = bind(script, { cmd: 'x' }, { x: text });
  expect(script.probe([want])?.text).toEqual(program && expect.stringContaining(`command -v ${program} `));
  const [have] = program ? script.parse(output({ stdout: 'lacking\n' }), [want]) : [];
  expect(have).toEqual(program && expect.objectContaining({ fresh: { needless: false } }));
});

table(
  script,
  [
    {
      title: 'a script and its arguments',
      params: { cmd: `setup.sh --label 'two words' $HOME` },
      local,
      changes: [
        `! run setup.sh --label two words $HOME`,
        `  $ "$w"/setup.sh --label 'two words' '$HOME'`,
        '  < ‹20 bytes›',
      ],
    },
    {
      title: 'as words, with a program of its own, somewhere else',
      params: { argv: ['setup dir/a b.sh', ''], executable: '/usr/bin/env', chdir: '/srv' },
      local,
      changes: [
        '! run setup dir/a b.sh ',
        '  $ cd -- /srv || exit',
        `  $ /usr/bin/env "$w"/'a b.sh' ''`,
        '  < ‹10 bytes›',
      ],
    },
    {
      title: 'with a secret on its standard input',
      params: { cmd: 'setup.sh', stdin: new Secret('key', 'x') },
      local,
      changes: ['! run setup.sh', '  $ "$w"/setup.sh ', '  < ‹secret content›'],
    },
    {
      title: 'not needed',
      params: { cmd: 'setup.sh', creates: '/srv/x' },
      local,
      transcript: { stdout: 'needless\n' },
      changes: [],
    },
    {
      title: 'a directory',
      params: { cmd: 'directory' },
      local,
      have: undefined,
      changes: [],
      failure: 'is a directory',
    },
  ],
  /^ {2}\$ ("\$w"|cd|\/usr)/,
);

test.each<[Params, string]>([
  [{}, 'One command is wanted'],
  [{ cmd: 'setup.sh', argv: ['setup.sh'] }, 'One command is wanted'],
  [{ cmd: 'setup.sh "' }, 'split into words'],
  [{ cmd: 'setup.sh', chdir: 'srv' }, 'absolute'],
  [{ cmd: 'setup.sh', executable: 'bash' }, 'wrong form'],
  [{ cmd: 'setup.sh', creates: 'made' }, 'absolute'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(script, params, local)).toThrow(words);
});

describe.each(SHELLS.map((words) => [words.join(' '), words] as const))('run by %s', (_, shell) => {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-script-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('.vrun-'));
  const run = (file: Local, params: Params = {}) => {
    const want = bind(script, { cmd: "go.sh one 'two words'", ...params }, { 'go.sh': file });
    const before = left();
    const outputs = script
      .plan(undefined, want)
      .changes.flatMap(({ steps }) => steps)
      .map((step) => ('run' in step ? runScript(step.run.text, step.stdin?.bytes(), shell) : output({ status: 255 })));
    expect(left()).toEqual(before);
    return script.plan(undefined, want).after?.(outputs);
  };

  test('arguments, name, mode, directory and status', () => {
    const text = '#!/bin/sh\nprintf "%s|" "$@" "${0##*/}" "$PWD"; umask; stat -c %a "$0"; exit 7\n';
    expect(run(text, { chdir: directory })).toMatchObject({
      result: { rc: 7, stdout: `one|two words|go.sh|${directory}|0022\n700` },
      failure: { summary: '‹go.sh one two words› failed' },
    });
  });

  test('another program reads it; a script that says nothing is sh’s', () => {
    expect(run('print "$0"', { executable: '/usr/bin/awk', cmd: 'go.sh' })).toMatchObject({ failure: {} });
    expect(run('echo plain $1\n')?.result).toMatchObject({ stdout: 'plain one' });
  });

  test('its standard input, whole and gone from the disk; none is empty', () => {
    const text = '#!/bin/sh\ncat\nls -A "${0%/*}"\n';
    const stdin = `line\n${'x'.repeat(70_000)}\n`;
    expect(run(text, { stdin })?.result).toMatchObject({ rc: 0, stdout: `${stdin}go.sh` });
    expect(run(text)?.result).toMatchObject({ stdout: 'go.sh' });
    expect(run(text, { stdin: '' })?.result).toMatchObject({ stdout: 'go.sh' });
  });

  test('bytes that are no text', () => {
    const bytes = Buffer.concat([Buffer.from('#!/bin/sh\nexit 0\n'), Buffer.from([0xff, 0x00, 0xfe])]);
    expect(run(bytes)?.result).toMatchObject({ rc: 0 });
  });

  test('one that only reads is its own probe', () => {
    const want = bind(
      script,
      { cmd: 'go.sh x', stdin: 'in\n' },
      { 'go.sh': 'echo "$1"; cat; exit 3\n' },
      { readOnly: true, hosts: 1 },
    );
    const probe = script.probe([want])?.text ?? '';
    const [state] = script.parse(runScript(probe, script.input([want])?.bytes(), shell), [want]);
    expect(script.plan(state, want)).toMatchObject({ changes: [], result: { rc: 3, stdout: 'x\nin' }, failure: {} });
  });
});
