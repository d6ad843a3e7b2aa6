import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Missing } from '../../../engine/module/index.ts';
import type { GlobalPackage } from '../../../modules/npm/global.ts';
import npm from '../../../modules/npm/npm.ts';
import { bind, output, type Params } from '../harness/bind.ts';
import { foreseen } from '../harness/foreseen.ts';
import { converge, planHere, SHELLS } from '../harness/perform.ts';
import { compact, table } from '../harness/table.ts';

const PATH = '/usr/lib/node_modules/tool';
const have: GlobalPackage = {
  path: PATH,
  version: '1.1.0',
  shut: undefined,
  newest: undefined,
  settings: ['/root/.npmrc', '/usr/etc/npmrc', '/usr/lib/node_modules/npm/npmrc'],
};
const none = { ...have, version: undefined };
const params = { name: 'tool', global: true };
const THERE = [`  = path:${PATH}`, `  = path:${PATH}/`];
const install = (spec: string, options = '') =>
  `  $ cd / && as npm install --global --no-audit --no-fund --loglevel=error${options} ${spec} </dev/null`;

table(
  npm,
  [
    { title: 'any version will do', params, have, changes: [], result: { version: '1.1.0', path: PATH } },
    { title: 'not there', params, have: none, changes: ['+ npm package tool, global', install('tool'), ...THERE] },
    {
      title: 'not there, of a version, without scripts, from elsewhere',
      params: { ...params, version: '1.1.0', ignore_scripts: true, registry: 'https://npm.example.com/' },
      have: none,
      changes: [
        '+ npm package tool, global: 1.1.0',
        install('tool@1.1.0', ' --registry=https://npm.example.com/ --ignore-scripts'),
        ...THERE,
      ],
    },
    { title: 'the version', params: { ...params, version: '1.1.0' }, have, changes: [] },
    { title: 'the version, with a v', params: { ...params, version: 'v1.1.0' }, have, changes: [] },
    { title: 'a number', params: { ...params, version: 1.1 }, have, changes: [] },
    { title: 'a version in the range', params: { ...params, version: '>=1 <2 || 3.x' }, have, changes: [] },
    {
      title: 'an older version is wanted',
      params: { ...params, version: '1.0.0' },
      have,
      changes: ['~ npm package tool, global: 1.1.0 → 1.0.0', install('tool@1.0.0'), ...THERE],
    },
    {
      title: 'a version outside of the range',
      params: { ...params, version: '^2' },
      have,
      changes: ['~ npm package tool, global: 1.1.0 → ^2', install("'tool@^2'"), ...THERE],
    },
    {
      title: 'a version before the first of the range',
      params: { ...params, version: '^2' },
      have: { ...have, version: '2.0.0-rc.1' },
      changes: ['~ npm package tool, global: 2.0.0-rc.1 → ^2', install("'tool@^2'"), ...THERE],
    },
    {
      title: 'half of a package',
      params,
      have: { ...have, version: 'broken' },
      changes: ['~ npm package tool, global: broken →', install('tool'), ...THERE],
    },
    {
      title: 'the latest',
      params: { ...params, state: 'latest' },
      have: { ...have, newest: { version: '1.1.0' } },
      changes: [],
    },
    {
      title: 'an older one than the latest',
      params: { ...params, state: 'latest' },
      have: { ...have, newest: { version: '2.0.0' } },
      changes: ['~ npm package tool, global: 1.1.0 → 2.0.0', install('tool@2.0.0'), ...THERE],
    },
    {
      title: 'by a tag, not there',
      params: { ...params, version: 'next' },
      have: { ...none, newest: { version: '3.0.0-beta.1' } },
      changes: ['+ npm package tool, global: 3.0.0-beta.1', install('tool@3.0.0-beta.1'), ...THERE],
    },
    {
      title: 'a registry that gives no answer',
      params: { ...params, state: 'latest' },
      have: { ...have, newest: { said: '404 Not Found' } },
      changes: [],
      failure: 'the registry does not say which version of tool is latest',
    },
    {
      title: 'gone, whatever its version',
      params: { ...params, version: '9.9.9', state: 'absent' },
      have,
      changes: [
        '- npm package tool, global: 1.1.0 →',
        '  $ cd / && as npm uninstall --global --no-audit --no-fund --loglevel=error tool </dev/null',
      ],
    },
    { title: 'not there, as wanted', params: { ...params, state: 'absent' }, have: none, changes: [] },
    {
      title: 'a prefix in which the user may not write',
      params: { ...params, user: 'app' },
      have: { ...none, shut: '/usr/lib/node_modules' },
      changes: [],
      failure: 'app may not write in /usr/lib/node_modules',
    },
    { title: 'there, and shut', params, have: { ...have, shut: '/usr/lib/node_modules' }, changes: [] },
  ],
  /as npm/,
);

test.each<readonly [Params, string]>([
  [{ name: 'tool' }, 'A package by its name is for all of the host: global: true'],
  [{ global: true }, 'global needs the name of a package'],
  [{}, 'npm needs a path, or a name with global: true'],
  [{ ...params, path: '/srv/app' }, 'path is for a directory, not for a global package'],
  [{ ...params, command: 'install' }, 'command is for a directory, not for a global package'],
  [{ path: '/srv/app', version: '1.0.0' }, 'version is for a package with global: true'],
  [{ path: '/srv/app', state: 'latest' }, 'state: latest is for a package with global: true'],
  [{ ...params, name: 'tool@1.0.0' }, '‹tool@1.0.0› is not the name of a package'],
  [{ ...params, name: '-g' }, '‹-g› is not the name of a package'],
  [{ ...params, name: '../tool' }, '‹../tool› is not the name of a package'],
  [{ ...params, name: 'https://example.com/tool.tgz' }, 'is not the name of a package'],
  [{ ...params, version: 'npm:other@1' }, '‹npm:other@1› is no version of a package'],
  [{ ...params, version: 'file:../x' }, 'is no version of a package'],
  [{ ...params, version: '1.0.0', state: 'latest' }, 'version 1.0.0 cannot be the latest one'],
  [{ ...params, registry: 'https://me:secret@example.com/' }, 'The address holds a user name or a password'],
  [{ ...params, registry: 'file:///srv' }, 'A value of the wrong form'],
  [{ ...params, executable: 'npm' }, 'absolute'],
])('parameters that are refused: %j', (given, words) => {
  expect(() => bind(npm, given)).toThrow(words);
});

test('settings of npm that are still to come, and another hand in the package, make it unknown', () => {
  const want = bind(npm, params);
  const comes = (path: string) => foreseen([{ path, kind: 'anything' }]);
  expect(npm.pending(have, want, comes('/etc/motd'))).toBe(have);
  for (const path of ['/root/.npmrc', '/usr/etc/npmrc', PATH]) {
    expect(npm.pending(have, want, comes(path))).toBeInstanceOf(Missing);
  }
});

test('a package.json that says no version is half of a package', () => {
  const parse = (...rows: string[]) =>
    npm.parse(output({ stdout: ['@path', PATH, '@settings', '/a', ...rows, ''].join('\n') }), [bind(npm, params)])[0];
  expect(parse('@package', ' \uFEFF{ "version": "1.0.0" }', '')).toMatchObject({ version: '1.0.0' });
  for (const text of ['', ' {', ' {}', ' []', ' { "version": 1 }']) {
    expect(parse('@package', text)).toMatchObject({ version: 'broken' });
  }
  expect(parse()).toMatchObject({ version: undefined });
});

describe('with npm of this machine', () => {
  let registry: ChildProcess;
  let address = '';
  let base = '';
  beforeAll(async () => {
    const file = fileURLToPath(new URL('../../differential/npm-registry.js', import.meta.url));
    registry = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (registry.stdout === null) throw new Error('the registry has no output');
    const [line] = await once(registry.stdout, 'data');
    address = `http://127.0.0.1:${String(line).trim()}/`;
  });
  afterAll(() => registry.kill());

  const lies = (...parts: string[]) => join(base, ...parts);
  const settings = (more = '') => {
    mkdirSync(lies('etc'), { recursive: true });
    writeFileSync(lies('etc/npmrc'), `cache=${lies('cache')}\n${more}`);
  };
  /** A Node.js of its own, with npm: packages then lie below its directory. */
  beforeEach(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'vrun-npm-')));
    mkdirSync(lies('bin'));
    copyFileSync(process.execPath, lies('bin/node'));
    const program = execFileSync('sh', ['-c', 'readlink -f "$(command -v npm)"'], { encoding: 'utf8' }).trim();
    symlinkSync(program, lies('bin/npm'));
    settings();
  });
  afterEach(() => rmSync(base, { recursive: true }));

  const task = (more: Params = {}) => ({
    params: { ...params, executable: lies('bin/npm'), registry: address, ...more },
  });
  const converged = (more: Params = {}) => {
    const [first, second] = converge(npm, task(more));
    expect(compact(second)).toEqual([]);
    return compact(first).filter((line) => /^[+~-]/.test(line));
  };
  const says = (program: string) => execFileSync(lies('bin', program), { encoding: 'utf8' }).trim();

  test('installed, of another version, the latest, gone: npm ls agrees', { timeout: 120_000 }, () => {
    const env = { PATH: `${lies('bin')}:/usr/bin:/bin`, HOME: base };
    const listed = () => {
      const said = execFileSync(lies('bin/npm'), ['ls', '--global', '--json'], { encoding: 'utf8', env });
      return Object(JSON.parse(said)).dependencies?.tool?.version;
    };
    expect(converged({ version: '1.0.0' })).toEqual(['+ npm package tool, global: 1.0.0']);
    expect([says('tool'), listed()]).toEqual(['1.0.0', '1.0.0']);
    expect(converged({ version: '^1' })).toEqual([]);
    expect(converged({ version: '^1.1' })).toEqual(['~ npm package tool, global: 1.0.0 → ^1.1']);
    expect(says('tool')).toBe('1.1.0');
    expect(converged({ version: 'latest' })).toEqual(['~ npm package tool, global: 1.1.0 → 2.0.0']);
    expect([says('tool'), listed()]).toEqual(['2.0.0', '2.0.0']);
    expect(converged({ state: 'latest' })).toEqual([]);
    expect(converged({ state: 'absent' })).toEqual(['- npm package tool, global: 2.0.0 →']);
    expect([existsSync(lies('bin/tool')), existsSync(lies('lib/node_modules/tool'))]).toEqual([false, false]);
  });

  test('one in a scope, and half of one', { timeout: 60_000 }, () => {
    expect(converged({ name: '@s/tool' })).toEqual(['+ npm package @s/tool, global']);
    rmSync(lies('lib/node_modules/@s/tool/package.json'));
    expect(converged({ name: '@s/tool' })).toEqual(['~ npm package @s/tool, global: broken →']);
    expect(existsSync(lies('lib/node_modules/@s/tool/by'))).toBe(true);
    rmSync(lies('lib/node_modules/@s/tool/package.json'));
    expect(converged({ name: '@s/tool', state: 'absent' })).toEqual(['- npm package @s/tool, global: broken →']);
    expect(converged({ name: '@s/tool', ignore_scripts: true })).toEqual(['+ npm package @s/tool, global']);
    expect(existsSync(lies('lib/node_modules/@s/tool/by'))).toBe(false);
  });

  test('an installation that fails leaves the old one', { timeout: 60_000 }, () => {
    converged({ version: '1.0.0' });
    expect(() => converge(npm, task({ version: 'next' }))).toThrow('install');
    expect(says('tool')).toBe('1.0.0');
    expect(converged({ version: '1.0.0' })).toEqual([]);
  });

  test('a prefix in the settings', { timeout: 60_000 }, () => {
    settings(`prefix=${lies('elsewhere')}\n`);
    expect(converged()).toEqual(['+ npm package tool, global']);
    expect(existsSync(lies('elsewhere/lib/node_modules/tool/package.json'))).toBe(true);
    expect(existsSync(lies('lib/node_modules/tool'))).toBe(false);
  });

  test.each([
    ['prefix = "/srv/a b"', '/srv/a b'],
    ['prefix=${HOME}/vrun-none', '/root/vrun-none'],
    ['prefix=~/vrun-none', '/root/vrun-none'],
    ['; prefix=/srv/x', undefined],
    ['[x]\nprefix=/srv/x', undefined],
    ['', undefined],
  ])('as npm understands its settings: %j', (text, prefix) => {
    settings(text);
    expect(planHere(npm, task({ state: 'absent' })).result?.path).toBe(`${prefix ?? base}/lib/node_modules/tool`);
  });

  test.each(SHELLS)('under %s, by all ways of asking', { timeout: 60_000 }, (...shell) => {
    expect(compact(planHere(npm, task(), shell))[0]).toBe('+ npm package tool, global');
    expect(compact(planHere(npm, task({ version: 'next' }), shell))[0]).toBe(
      '+ npm package tool, global: 3.0.0-beta.1',
    );
    settings(`prefix=${lies('with space')}\n`);
    expect(planHere(npm, task({ state: 'absent' }), shell).result).toEqual({
      version: null,
      path: lies('with space/lib/node_modules/tool'),
    });
  });

  test.each([
    ['a registry that is not there', { registry: 'http://127.0.0.1:9/' }, 'ECONNREFUSED'],
    ['a package that it has not', { name: 'none-such' }, '404'],
    ['a tag that the package has not', { version: 'nightly' }, 'nightly'],
  ])('%s is a failure in the dry run', { timeout: 60_000 }, (_, more, words) => {
    const { failure } = planHere(npm, task({ state: 'latest', ...more }));
    expect(failure?.detail).toContain(words);
  });
});
