import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Missing, sh } from '../../../engine/module/index.ts';
import npm from '../../../modules/npm/npm.ts';
import type { NpmTree } from '../../../modules/npm/tree.ts';
import { bind, output, type Params } from '../harness/bind.ts';
import { foreseen } from '../harness/foreseen.ts';
import { table } from '../harness/table.ts';

const params = { path: '/srv/app/', user: 'app' };
const tree: NpmTree = { lock: 'there', agree: true, installed: true, packages: 3, differing: 0, examples: [] };

table(
  npm,
  [
    { title: 'as the lock file says', params, have: tree, changes: [], result: { packages: 3 } },
    {
      title: 'nothing installed',
      params,
      have: { ...tree, installed: false, packages: 0, differing: 3, examples: ['a', 'b', 'c'] },
      changes: [
        '+ packages in /srv/app/node_modules',
        '  $ as npm ci --no-audit --no-fund --loglevel=error --omit=dev </dev/null || { vrun_back; exit 1; }',
        '  = path:/srv/app/node_modules',
      ],
    },
    {
      title: 'changed by hand',
      params: { ...params, production: false },
      have: { ...tree, differing: 7, examples: ['a', 'b'] },
      changes: [
        '~ packages in /srv/app/node_modules: 7 missing, too many or of another version: a, b, … → as in the lock file',
        '  $ as npm ci --no-audit --no-fund --loglevel=error </dev/null || { vrun_back; exit 1; }',
        '  = path:/srv/app/node_modules',
      ],
    },
    {
      title: 'install, where package.json asks for others',
      params: { ...params, command: 'install' },
      have: { ...tree, agree: false },
      changes: [
        '~ packages in /srv/app/node_modules: package.json asks for others → as in package.json',
        '  $ as npm install --no-audit --no-fund --loglevel=error --omit=dev </dev/null',
        '  = path:/srv/app/node_modules',
      ],
    },
    { title: 'install, where all is there', params: { ...params, command: 'install' }, have: tree, changes: [] },
    {
      title: 'ci, where package.json asks for others',
      params,
      have: { ...tree, agree: false },
      changes: [],
      failure: 'do not agree',
    },
    {
      title: 'ci without a lock file',
      params,
      have: { ...tree, lock: 'none', agree: false },
      changes: [],
      failure: '/srv/app has no package-lock.json and no npm-shrinkwrap.json',
    },
    { title: 'an old lock file', params, have: { ...tree, lock: 'old' }, changes: [], failure: 'cannot be compared' },
    {
      title: 'a script acts each time',
      params: { ...params, command: 'run build:css' },
      have: { scripts: ['test', 'build:css', 'env'] },
      changes: ['! npm run build:css in /srv/app', '  $ as npm run --silent build:css'],
    },
    {
      title: 'a script that is not there',
      params: { ...params, command: 'run build' },
      have: { scripts: ['test', 'build:css', 'env'] },
      changes: [],
      failure: 'package.json in /srv/app has no script build',
    },
  ],
  /as npm/,
);

test('in a dry run nobody knows which packages files ask for that are still to come', () => {
  const packages = bind(npm, params);
  const build = bind(npm, { ...params, command: 'run build' });
  const scripts = { scripts: ['test', 'env'] };
  const comes = (name: string) => foreseen([{ path: `/srv/app/${name}`, kind: 'anything' }]);
  expect(npm.pending(tree, packages, comes('server.js'))).toBe(tree);
  for (const name of ['package.json', 'package-lock.json', 'node_modules']) {
    expect(npm.pending(tree, packages, comes(name))).toBeInstanceOf(Missing);
  }
  expect(npm.pending(scripts, build, comes('package-lock.json'))).toBe(scripts);
  expect(npm.pending(scripts, build, comes('package.json'))).toEqual({ scripts: ['build'] });
});

test.each([
  [{ path: 'app' }, 'absolute'],
  [{ ...params, user: 'a;b' }, 'Not the name of a user'],
  [{ ...params, command: 'run build && x' }, 'is not for a server'],
  [{ ...params, command: 'uninstall' }, 'is not for a server'],
])('parameters that are refused: %j', (given, words) => {
  expect(() => bind(npm, given)).toThrow(words);
});

describe('the comparison, on this machine', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'vrun-npm-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (path: string, value: unknown) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), typeof value === 'string' ? value : JSON.stringify(value));
  };
  const probe = (given: Params = {}): unknown => {
    const want = bind(npm, { path: directory, ...given });
    const script = npm.probe([want]) ?? sh``;
    return npm.parse(output({ stdout: execFileSync('sh', ['-c', script.text], { encoding: 'utf8' }) }), [want])[0];
  };
  /** An application whose lock file names these packages, and a node_modules that has them. */
  const application = (packages: Readonly<Record<string, object>>, root: object = ROOT) => {
    write('package.json', root);
    write('package-lock.json', { lockfileVersion: 3, packages: { '': root, ...packages } });
    write('node_modules/.package-lock.json', { lockfileVersion: 3, packages });
    for (const [path, entry] of Object.entries(packages)) write(`${path}/package.json`, entry);
  };
  const ROOT = { dependencies: { a: '1', '@b/c': '1' } };
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const installed = {
    'node_modules/a': { ...a, dependencies: { d: '^1.0.0' } },
    'node_modules/@b/c': a,
    'node_modules/a/node_modules/d': a,
  };

  test('as locked', () => {
    application(installed);
    expect(probe()).toEqual({ lock: 'there', agree: true, installed: true, packages: 3, differing: 0, examples: [] });
  });

  test.each<readonly [string, string[], () => void]>([
    ['a package is gone', ['d'], () => rmSync(join(directory, 'node_modules/a/node_modules/d'), { recursive: true })],
    ['a package is of another version', ['a'], () => write('node_modules/a/package.json', { version: '1.0.1' })],
    ['a package that nobody asked for', ['x'], () => write('node_modules/x/package.json', {})],
    ['one in a scope', ['@b/x'], () => write('node_modules/@b/x/package.json', {})],
    [
      'the record has one of another digest',
      ['a'],
      () =>
        write('node_modules/.package-lock.json', {
          packages: { ...installed, 'node_modules/a': { ...a, integrity: 'sha512-b' } },
        }),
    ],
  ])('%s', (_, examples, drift) => {
    application(installed);
    drift();
    expect(probe()).toMatchObject({ differing: 1, examples });
  });

  test('a directory in which the user may not write is foreseen', () => {
    application(installed);
    rmSync(join(directory, 'node_modules/@b'), { recursive: true });
    const tree = Object(probe());
    const want = bind(npm, { path: directory, user: 'app' });
    expect(npm.plan(tree, want).changes).toHaveLength(1);
    expect(npm.plan({ ...tree, shut: true }, want).failure?.summary).toBe(`app may not write in ${directory}`);
  });

  test('a shrinkwrap goes before a lock file', () => {
    application(installed);
    write('npm-shrinkwrap.json', { lockfileVersion: 3, packages: { '': ROOT, ...installed } });
    write('package-lock.json', { lockfileVersion: 3, packages: { '': {} } });
    expect(probe()).toMatchObject({ lock: 'there', agree: true, differing: 0 });
  });

  test('a lock file that lacks what a package asks for is not accepted, as npm has it', () => {
    const { 'node_modules/a/node_modules/d': _, ...rest } = installed;
    application(rest);
    expect(probe()).toMatchObject({ agree: false });
  });

  test('in production a development package must not be there, otherwise it must', () => {
    application({ ...installed, 'node_modules/b': { ...a, dev: true } }, { ...ROOT, devDependencies: { b: '1' } });
    expect(probe()).toMatchObject({ differing: 1, examples: ['b'] });
    expect(probe({ production: false })).toMatchObject({ differing: 0 });
  });

  test('a package for another platform may be missing', () => {
    application(installed);
    const root = { ...ROOT, optionalDependencies: { o: '1' } };
    write('package.json', root);
    const packages = { '': root, ...installed, 'node_modules/o': { ...a, optional: true } };
    write('package-lock.json', { lockfileVersion: 3, packages });
    expect(probe()).toMatchObject({ differing: 0, agree: true });
  });

  const nothing = { installed: true, packages: 0, differing: 0 };
  const elsewhere = { ...a, optional: true, os: ['!linux', '!darwin', '!win32'] };
  test.each([
    ['no package at all', {}, {}, nothing],
    ['development packages only', { devDependencies: { b: '1' } }, { 'node_modules/b': { ...a, dev: true } }, nothing],
    [
      'packages for other platforms only',
      { optionalDependencies: { o: '1' } },
      { 'node_modules/o': elsewhere },
      nothing,
    ],
    [
      'an optional package',
      { optionalDependencies: { o: '1' } },
      { 'node_modules/o': { ...a, optional: true, os: ['!aix'] } },
      { installed: false },
    ],
  ])('without node_modules: %s', (_, root, packages, expected) => {
    write('package.json', root);
    write('package-lock.json', { lockfileVersion: 3, packages: { '': root, ...packages } });
    expect(probe()).toMatchObject({ lock: 'there', agree: true, ...expected });
    write('node_modules/x/package.json', {});
    expect(probe()).toMatchObject({ differing: 1, examples: ['x'] });
  });

  test('the scripts that can be run', () => {
    write('package.json', { scripts: { build: 'x', 'build:css': 'y' } });
    expect(probe({ command: 'run build' })).toEqual({ scripts: ['build', 'build:css', 'env'] });
    write('server.js', '');
    write('package.json', {});
    expect(probe({ command: 'run start' })).toEqual({ scripts: ['env', 'start'] });
  });

  test('no application, no lock file, one that is no JSON', () => {
    expect(probe()).toBeInstanceOf(Missing);
    write('package.json', {});
    expect(probe()).toMatchObject({ lock: 'none', agree: false, installed: false });
    write('package-lock.json', '<html>');
    const want = bind(npm, { path: directory });
    const script = npm.probe([want]) ?? sh``;
    expect(() => execFileSync('sh', ['-c', script.text], { stdio: 'pipe' })).toThrow('SyntaxError');
  });

  test('an installation that fails leaves the old packages', () => {
    application(installed);
    write('node_modules/x/package.json', {});
    mkdirSync(join(directory, 'bin'));
    writeFileSync(join(directory, 'bin/npm'), '#!/bin/sh\nmkdir node_modules; echo broken >&2; exit 1\n', {
      mode: 0o755,
    });
    const want = bind(npm, { path: directory });
    const [change] = npm.plan(probe(), want).changes;
    const [step] = change?.steps ?? [];
    const script = step && 'run' in step ? step.run.text : '';
    const env = { PATH: `${join(directory, 'bin')}:${process.env.PATH ?? ''}`, HOME: directory };
    expect(() => execFileSync('sh', ['-c', script], { env, stdio: 'pipe' })).toThrow('broken');
    expect(readFileSync(join(directory, 'node_modules/a/package.json'), 'utf8')).toContain('1.0.0');
    expect(existsSync(join(directory, '.node_modules.vrun'))).toBe(false);
  });
});
