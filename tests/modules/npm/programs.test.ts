// The JavaScript that Node.js runs on hosts, by itself: as it is sent, in directories that npm has never seen.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import COMPARE from '../../../modules/npm/compare.cjs';
import GLOBAL from '../../../modules/npm/global.cjs';
import SCRIPTS from '../../../modules/npm/scripts.cjs';

const NPM = join(dirname(process.execPath), 'npm');

let directory = '';
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'vrun-npm-programs-')));
});
afterEach(() => rmSync(directory, { recursive: true }));

type Json = Readonly<Record<string, unknown>>;

function write(files: Readonly<Record<string, Json>>): void {
  for (const [path, value] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), JSON.stringify(value));
  }
}

function run(program: string, ...words: readonly string[]): string {
  const env = { PATH: process.env.PATH, HOME: directory };
  const done = spawnSync(process.execPath, ['-e', program, ...words], { cwd: directory, env, encoding: 'utf8' });
  if (done.status !== 0 || done.stderr !== '') throw new Error(done.stderr);
  return done.stdout;
}

const A = { version: '1.0.0', integrity: 'sha512-a' };
const ROOT = { dependencies: { a: '^1.0.0' } };

/** An application that is as its lock file says. */
function whole(more: Readonly<Record<string, Json>> = {}): void {
  write({
    'package.json': ROOT,
    'package-lock.json': { lockfileVersion: 3, packages: { '': ROOT, 'node_modules/a': A } },
    'node_modules/.package-lock.json': { packages: { 'node_modules/a': A } },
    'node_modules/a/package.json': { name: 'a', version: '1.0.0' },
    ...more,
  });
}

const AS_LOCKED = { lock: 'there', agree: true, installed: true, packages: 1, differing: 0, examples: [] };

describe('compare.cjs with lock.cjs', () => {
  test.each<readonly [title: string, Readonly<Record<string, Json>>, Json]>([
    ['as locked', {}, {}],
    [
      'a package of another version',
      { 'node_modules/a/package.json': { version: '1.0.1' } },
      { differing: 1, examples: ['a'] },
    ],
    [
      'one that npm knows of and the lock file does not',
      { 'node_modules/.package-lock.json': { packages: { 'node_modules/a': A, 'node_modules/b': A } } },
      { packages: 2, differing: 1, examples: ['b'] },
    ],
    ['one that nobody knows of', { 'node_modules/@x/b/package.json': {} }, { differing: 1, examples: ['@x/b'] }],
    [
      'one that may be absent',
      {
        'package-lock.json': { packages: { '': ROOT, 'node_modules/a': { ...A, optional: true } } },
        'node_modules/.package-lock.json': { packages: {} },
        'node_modules/a/package.json': { version: '1.0.0' },
      },
      { packages: 0 },
    ],
    ['a lock file for another package.json', { 'package.json': { dependencies: { a: '^2.0.0' } } }, { agree: false }],
    [
      'an old lock file',
      { 'package-lock.json': { lockfileVersion: 1, dependencies: {} } },
      { lock: 'old', agree: false, differing: 1, examples: ['a'] },
    ],
    [
      'linked from a store',
      {
        'node_modules/.package-lock.json': {
          packages: { 'node_modules/.store/a@1/node_modules/a': A, 'node_modules/a': { link: true } },
        },
        'node_modules/.store/a@1/node_modules/a/package.json': { version: '1.0.0' },
      },
      {},
    ],
  ])('%s', (_, files, differs) => {
    whole(files);
    expect(JSON.parse(run(COMPARE, 'true', NPM))).toEqual({ ...AS_LOCKED, ...differs });
  });

  test('no lock file, and nothing installed', () => {
    write({ 'package.json': {} });
    const nothing = { lock: 'none', agree: false, installed: false, packages: 0 };
    expect(JSON.parse(run(COMPARE, 'true', NPM))).toEqual({ ...AS_LOCKED, ...nothing });
  });

  test('a lock file that is none is said', () => {
    whole();
    writeFileSync(join(directory, 'package-lock.json'), '{');
    expect(() => run(COMPARE, 'true', NPM)).toThrow(/^SyntaxError: /m);
  });
});

test('scripts.cjs', () => {
  write({ 'package.json': { scripts: { build: 'x', test: 'y' } }, 'server.js': {} });
  expect(JSON.parse(run(SCRIPTS))).toEqual({ scripts: ['build', 'test', 'env', 'start'] });
  write({ 'package.json': {} });
  expect(JSON.parse(run(SCRIPTS)).scripts).toEqual(['env', 'start']);
});

describe('global.cjs with settings.cjs', () => {
  test('the prefix, and where settings are', () => {
    writeFileSync(join(directory, '.npmrc'), `prefix=${directory}/own\n`);
    expect(run(GLOBAL, NPM, '', 'a', '').split('\n')).toEqual([
      `${directory}/own`,
      `${directory}/.npmrc`,
      `${directory}/own/etc/npmrc`,
      '',
    ]);
  });

  test('what a registry that nobody runs said of a tag', () => {
    const [said, ...words] = run(GLOBAL, NPM, 'http://127.0.0.1:9', 'a', 'next').split('\n').slice(3);
    expect(said).toBe('@said');
    expect(words.join('')).toMatch(/^ .*127\.0\.0\.1:9/);
  });
});
