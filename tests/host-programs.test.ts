// Programs that run on hosts, as files: each is read by every awk or shell that it may meet there, kept in one style, and
// what is sent of it means what the file does.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sentText } from '../build-programs.js';
import { AWKS, inProject } from './modules/harness/awks.ts';
import { SHELLS } from './modules/harness/perform.ts';

const has = (program: string) => spawnSync(program, ['--version']).error === undefined;
const SHELLCHECK = has('shellcheck');
const SHFMT = has('shfmt');
const GAWK = has('gawk');
for (const [name, there] of Object.entries({ shellcheck: SHELLCHECK, shfmt: SHFMT, gawk: GAWK })) {
  if (!there) console.warn(`SKIPPED what ${name} says of programs for hosts: it is not installed.`);
}

const files = ['engine', 'modules'].flatMap((folder) => filesBelow(folder));
const awks = files.filter((path) => path.endsWith('.awk'));
const shells = files.filter((path) => path.endsWith('.sh'));
const scripts = files.filter((path) => /^modules\/.*\.cjs$/.test(path));
const read = (path: string) => readFileSync(inProject(path), 'utf8');

describe.each(awks)('%s', (path) => {
  test.each(AWKS.map((awk) => [awk.join(' '), awk] as const))('is read by %s', (_, [file = '', ...first]) => {
    // A program without a rule reads no input; one with rules ends at the end of none.
    const done = spawnSync(file, [...first, ...withOthers(path).flatMap((one) => ['-f', inProject(one)])], {
      input: '',
      encoding: 'utf8',
      env: ASIDE,
    });
    expect(done.stderr).toBe('');
  });

  test.runIf(GAWK)('means the same without comments and indentation', () => {
    expect(printedByGawk(sentText(inProject(path)))).toBe(printedByGawk(read(path)));
  });

  test('is in one style', () => {
    const odd = read(path)
      .split('\n')
      .filter((line) => {
        const code = line.replace(/"([^"\\]|\\.)*"|\/([^/\\]|\\.)+\/|#.*/g, '""').replace(/for \(.*?;.*?;.*?\)/, 'for');
        return line.length > 125 || /\t|\s$|^( {4})* {1,3}\S/.test(line) || code.includes(';');
      });
    expect(odd).toEqual([]);
    expect(read(path)).toMatch(/^# /);
  });
});

describe.each(shells)('%s', (path) => {
  test.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('is read by %s', (_, [file = '', ...first]) => {
    const { status, stderr } = spawnSync(file, [...first, '-n', inProject(path)], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  test.runIf(SHELLCHECK)('shellcheck has nothing against it', () => {
    const { stdout } = spawnSync('shellcheck', ['--shell=sh', inProject(path)], { encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  test.runIf(SHFMT)('is formatted as shfmt does', () => {
    const { stdout, stderr } = spawnSync('shfmt', ['-d', ...STYLE, inProject(path)], { encoding: 'utf8' });
    expect(stdout + stderr).toBe('');
  });

  test.runIf(SHFMT)('means the same without comments and indentation', () => {
    expect(printedByShfmt(sentText(inProject(path)))).toBe(printedByShfmt(read(path)));
  });
});

describe.runIf(scripts.length > 0).each(scripts)('%s', (path) => {
  test('is JavaScript, and so is what is sent', () => {
    for (const input of [read(path), sentText(inProject(path))]) {
      const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=commonjs', '-'], {
        input,
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
    }
  });
});

test('each is tried by a test or what tests share, itself or by what sends it', () => {
  const named = (paths: readonly string[]) =>
    paths.flatMap((path) =>
      [...read(path).matchAll(/'\.{1,2}\/([^']+)'/g)].map(([, name = '']) => posix.basename(name)),
    );
  const tests = filesBelow('tests').filter((path) => path.endsWith('.ts'));
  const tried = new Set([...named(tests), ...tests.map((path) => posix.basename(path).replace('.test.ts', '.ts'))]);
  const senders = files.filter((path) => /\.(ts|cjs)$/.test(path));
  const isTried = (path: string): boolean =>
    tried.has(posix.basename(path)) ||
    senders.some((sender) => tried.has(posix.basename(sender)) && named([sender]).includes(posix.basename(path)));
  expect([...awks, ...shells, ...scripts].filter((path) => !isTried(path))).toEqual([]);
});

/** With those whose functions it uses, which it names as `Behind NAME.awk`. */
const withOthers = (path: string) => [
  ...[...read(path).matchAll(/\bBehind ([\w-]+\.awk)/g)].map(([, name = '']) => posix.join(posix.dirname(path), name)),
  path,
];

const ASIDE = { PATH: process.env.PATH, LC_ALL: 'C' };
const STYLE = ['-p', '-i', '2', '-ci'];

/** gawk's own way to write a program, comments apart. */
function printedByGawk(program: string): string {
  const { stdout, stderr, status } = spawnSync('gawk', ['-o/dev/stdout', program], {
    input: '',
    encoding: 'utf8',
    env: ASIDE,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.replace(/^\s*(#.*)?\n/gm, '');
}

function printedByShfmt(script: string): string {
  const { stdout, stderr, status } = spawnSync('shfmt', ['-p', '-mn'], { input: script, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function filesBelow(folder: string): string[] {
  return readdirSync(inProject(folder), { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', '.state', 'transcripts'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
