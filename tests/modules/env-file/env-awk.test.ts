// env.awk by itself, in each awk: what it says of a file, and what it makes of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import ENV from '../../../modules/env-file/env.awk';
import { awk, EACH_AWK } from '../harness/awks.ts';

const directory = mkdtempSync(join(tmpdir(), 'vrun-env-awk-'));
const file = join(directory, 'app.env');
afterAll(() => rmSync(directory, { recursive: true }));

type Case = readonly [title: string, mode: string, input: string, file: string, printed: string];

const ASKED: readonly Case[] = [
  ['nothing', 'ask', '', '', '.\n'],
  ['a value that is there', 'ask', 'v A=1\n', 'A=1\n', 'v A same\n.\n'],
  ['one that is not', 'ask', 'v A=1\n', 'B=1\n', 'v A missing\n.\n'],
  ['the last counts', 'ask', 'v A=1\n', 'A=1\nA=2\n', 'v A differs\n.\n'],
  ['what a shell reads otherwise', 'ask', 'v A=a b\nv B=a b\n', `A=a b\nB='a b'\n`, 'v A differs\nv B same\n.\n'],
  ['escapes in double quotes', 'ask', 'v A=a"b$c\n', 'A="a\\"b\\$c"\n', 'v A same\n.\n'],
  ['a value with an equals sign', 'ask', 'v A=b=c\n', 'A=b=c\n', 'v A same\n.\n'],
  ['a secret', 'ask', 'g K\n', 'K=x\n', 'g K set\n.\n'],
  ['a secret that is empty', 'ask', 'g K\n', 'K=""\n', 'g K empty\n.\n'],
  ['a placeholder', 'ask', 'p todo\ng K\n', "K='todo'\n", 'g K placeholder\n.\n'],
  ['a secret that a shell alone reads', 'ask', 'g K\n', 'export K=x\n', 'g K export\n.\n'],
  ['what is required, to be tested', 'ask', 'r A\nr B\n', 'A="x y"\n', '= A x y\nr B missing\n.\n'],
  ['of a new value', 'ask', 'v A=2\nr A\n', 'A=1\n', 'v A differs\n= A 2\n.\n'],
  ['of a sample', 'ask', 'g K\ns K=abc\nr K\n', '', 'g K missing\n= K abc\n.\n'],
  ['required, and over two lines', 'ask', 'r A\n', 'A="x\ny"\n', 'r A lines\n.\n'],
  ['required, and shall go', 'ask', 'r A\nx A\n', 'A=1\n', 'x A there\nr A missing\n.\n'],
  ['what is gone', 'ask', 'x A\nx B\n', 'A=1\n', 'x A there\nx B gone\n.\n'],
  ['a quote that is never closed', 'ask', '', 'A=1\nB="x\n', '! open 2\n.\n'],
  ['a return within a line', 'ask', '', 'A=1\rB=2\n', '! return 1\n.\n'],
  ['two ways to read it', 'ask', 'v A=1\n', '# x\\\nA=1\n', 'v A same\n? A 2\n.\n'],
  ['an export with more behind', 'ask', 'x A\n', 'export A=1 B=2\n', 'x A there\n? A 1\n.\n'],
  ['bytes that are no UTF-8', 'ask', 'v A=\u00ff\n', "A='\u00ff'\n", 'v A same\n.\n'],
  ['secrets to be made', 'need', 'p todo\ng A\ng B\ng C\ng D\n', 'A=1\nB=todo\nexport C=1\n', 'B\nD\n'],
];

const EDITED: readonly Case[] = [
  ['in its place', 'edit', 'v A=2\n', '# c\nA=1\nB=1\n', '# c\nA=2\nB=1\n'],
  ['at the end', 'edit', "v A=it's\n", 'B=1\n', `B=1\nA="it's"\n`],
  ['over several lines', 'edit', 'v A=2\n', 'A="1\n\n"\nB=1\n', 'A=2\nB=1\n'],
  ['out', 'edit', 'x A\n', 'A=1\nB=1\nexport A\n', 'B=1\n'],
  ['where systemd reads it too', 'edit', 'g K\n', 'export K=1\n', 'K=1\nexport K\n'],
  ['below a comment that goes on', 'edit', 'v A=1\n', '# x\\\n', '# x\\\n\nA=1\n'],
  ['as it is', 'edit', 'v A=1\n', 'A=1\n', 'A=1\n'],
];

describe.each(EACH_AWK)('in %s', (_, which) => {
  const run = (mode: string, input: string, before: string, cut: string) => {
    writeFileSync(file, before, 'latin1');
    const args = [`mode=${mode}`, `cut=${cut}`, 'part=1', '-', 'part=2', file];
    return awk(which, ENV, { stdin: Buffer.from(input, 'latin1'), args });
  };

  test.each(ASKED)('%s', (_title, mode, input, before, printed) => {
    expect(run(mode, input, before, '')).toBe(printed);
  });

  test.each(EDITED)('put %s', (_title, mode, input, before, after) => {
    expect(run(mode, input, before, '')).toBe(after);
  });

  test('a last line without an end keeps that, unless more comes', () => {
    expect(run('edit', 'v A=1\n', 'A=0\nB=2', '1')).toBe('A=1\nB=2');
    expect(run('edit', 'v C=1\n', 'A=0\nB=2', '1')).toBe('A=0\nB=2\nC=1\n');
  });
});
