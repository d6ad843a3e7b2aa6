// `vrun proof` as a person uses it.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { vrun } from '../docs/project.ts';
import { temporaryDirectory, writeTree } from './build.ts';

vi.setConfig({ testTimeout: 60_000 });

const KEY = '.config/vrun/proof-key';
const FILES = { 'build/server.js': 'serve();\n', 'build/package-lock.json': '{}\n' };

/** A home with a build in it. */
function home(files: Readonly<Record<string, string>> = FILES): string {
  const directory = temporaryDirectory();
  writeTree(directory, files);
  return directory;
}

describe('init', () => {
  test('makes a key that stock tools can use, private, and lists it', async () => {
    const directory = home();
    const { status, stdout } = await vrun(directory, 'proof', 'init', '--identity', 'ci@example.com');
    expect(status).toBe(0);
    expect(statSync(join(directory, KEY)).mode & 0o777).toBe(0o600);
    const { stdout: key } = spawnSync('ssh-keygen', ['-y', '-f', join(directory, KEY)], { encoding: 'utf8' });
    const [type, blob] = key.trim().split(' ');
    const line = `ci@example.com namespaces="vrun-build-manifest-v1" ${type} ${blob}`;
    expect(stdout).toContain(`\n    ${line}\n`);
    expect(readFileSync(join(directory, '.config/vrun/allowed_signers'), 'utf8')).toBe(`${line}\n`);
  });

  test('never overwrites, and adds to the file that is named, once', async () => {
    const directory = home();
    writeFileSync(join(directory, 'signers'), '# ours');
    await vrun(directory, 'proof', 'init', '--key', 'keys/k', '--allowed-signers', 'signers');
    const key = readFileSync(join(directory, 'keys/k'), 'utf8');
    const again = await vrun(
      directory,
      'proof',
      'init',
      '--key',
      'keys/k',
      '--allowed-signers',
      'signers',
      '--identity',
      'x',
    );
    expect(again.status).toBe(0);
    expect(again.stdout).toContain('nothing was overwritten');
    expect(again.stdout).toContain('    reader@docs namespaces=');
    expect(readFileSync(join(directory, 'keys/k'), 'utf8')).toBe(key);
    expect(readFileSync(join(directory, 'signers'), 'utf8')).toMatch(/^# ours\nreader@docs namespaces=[^\n]+\n$/);
  });

  test.each([
    ['a git work tree', '.git/HEAD', 'deep/er/key'],
    ['a project', 'vrun.yml', 'key'],
    ['one behind a link', 'real/vrun.yml', 'link/keys/key'],
  ])('refuses a place in %s', async (_, marker, key) => {
    const directory = home({ [marker]: '', 'real/x': '' });
    symlinkSync('real', join(directory, 'link'));
    const { status, stderr } = await vrun(directory, 'proof', 'init', '--key', key);
    expect([status, existsSync(join(directory, key))]).toEqual([1, false]);
    expect(stderr).toContain('The key must lie outside of the project');
  });

  test('refuses a name that allowed_signers could not hold', async () => {
    const directory = home();
    const { status, stderr } = await vrun(directory, 'proof', 'init', '--identity', 'two words');
    expect([status, existsSync(join(directory, KEY))]).toEqual([1, false]);
    expect(stderr).toContain("‹two words› can't name a signer");
  });
});

describe('sign and verify', () => {
  async function signed(directory: string, ...options: string[]) {
    await vrun(directory, 'proof', 'init');
    return vrun(directory, 'proof', 'sign', 'build', ...options);
  }

  test('gates, commit and time are as they were said', async () => {
    const directory = home({ ...FILES, 'gates.json': '{"types":"passed"}' });
    const options = ['--commit', 'c0ffee', '--gate', 'lint=passed', '--gate', 'e2e=not-run', '--gates', 'gates.json'];
    const { status, stderr } = await signed(directory, ...options, '--built-at', '2026-11-23T02:20:00+01:00');
    expect([status, stderr]).toEqual([0, expect.stringContaining('not passed: e2e')]);
    expect(JSON.parse(readFileSync(join(directory, 'build/public/proof/build.json'), 'utf8'))).toMatchObject({
      commit: 'c0ffee',
      builtAt: '2026-11-23T01:20:00.000Z',
      gatesConfigured: ['types', 'lint', 'e2e'],
      gatesRan: [
        { name: 'types', ran: true, passed: true },
        { name: 'lint', ran: true, passed: true },
        { name: 'e2e', ran: false },
      ],
    });
  });

  describe('a build.json of the application’s own', () => {
    const own = {
      commit: '0123456789ab',
      builtAt: '2026-11-20T08:00:00.000Z',
      depsSha256: createHash('sha256').update('{}').digest('hex'),
      generated: true,
      gatesConfigured: ['ESLint enforced'],
      gatesRan: [{ name: 'ESLint enforced', ran: true, passed: true }],
      more: 'of its own',
    };
    const commit = ['--commit', '0123456789abcdef0123456789abcdef01234567'];
    const place = 'build/public/proof/build.json';
    const withOwn = (said: object) =>
      home({ 'build/package-lock.json': '{}', 'build/server.js': '', [place]: JSON.stringify({ ...own, ...said }) });

    test('stays as it is, and what is signed beside it says the same and more', async () => {
      const directory = withOwn({});
      const before = readFileSync(join(directory, place), 'utf8');
      for (let times = 0; times < 2; times += 1) {
        const { status, stderr } = await signed(directory, ...commit, '--gate', 'test=passed');
        expect(status, stderr).toBe(0);
        expect(readFileSync(join(directory, place), 'utf8')).toBe(before);
      }
      const { predicate } = JSON.parse(readFileSync(join(directory, 'build/manifest.json'), 'utf8'));
      expect(predicate).toMatchObject({
        commit: commit[1],
        builtAt: own.builtAt,
        gatesConfigured: ['ESLint enforced', 'test'],
      });
      const verified = await vrun(directory, 'proof', 'verify', 'build', ...commit, '--gates', 'ESLint enforced,test');
      expect(verified.status, verified.stdout).toBe(0);
    });

    test.each([
      ['of another commit', { commit: 'ffffffffffff' }, [], 'commit is ffffffffffff, and it is to be 0123456789abcdef'],
      ['of another lock file', { depsSha256: 'f'.repeat(64) }, [], 'depsSha256 is ffff'],
      ['with another result of a gate', {}, ['--gate', 'ESLint enforced=failed'], 'gate ESLint enforced has another'],
      ['from another time than is asked for', {}, ['--built-at', '2026-11-21T00:00:00Z'], 'builtAt is 2026-11-20'],
      ['that is no proof', { gatesRan: 1 }, [], "not a build's proof: gatesRan"],
      ['that says itself that it isn’t real', { generated: false }, [], 'generated is false'],
    ])('%s: nothing is written, and it is said what would be lost', async (_, said, options, why) => {
      const directory = withOwn(said);
      const before = readFileSync(join(directory, place), 'utf8');
      const { status, stderr } = await signed(directory, ...commit, ...options);
      expect([status, existsSync(join(directory, 'build/manifest.json'))]).toEqual([1, false]);
      expect(stderr).toContain('which would be lost');
      expect(stderr).toContain(why);
      expect(readFileSync(join(directory, place), 'utf8')).toBe(before);
    });
  });

  test('a good build is 0, with what is only a warning here; a changed one 2', async () => {
    const directory = home();
    await signed(directory);
    const good = await vrun(directory, 'proof', 'verify', 'build');
    expect([good.status, good.stdout]).toEqual([0, expect.stringContaining('build is as it was signed.')]);
    expect(good.stdout).toContain('commit is unknown: it was built without git: proof-verify refuses it');
    writeTree(directory, { 'build/server.js': 'evil();\n', 'build/more.js': '' });
    const bad = await vrun(directory, 'proof', 'verify', 'build');
    expect(bad.status).toBe(2);
    expect(bad.stdout).toMatch(/^modified {2}server\.js\nextra {5}more\.js\n/);
    const json = await vrun(directory, 'proof', 'verify', 'build', '--output', 'json');
    expect(json.status).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      signer: 'reader@docs',
      findings: [
        { path: 'server.js', kind: 'modified' },
        { path: 'more.js', kind: 'extra' },
      ],
    });
  });

  test('what is expected of it', async () => {
    const directory = home();
    await signed(directory, '--commit', 'c0ffee', '--gate', 'lint=passed');
    const verify = (...options: string[]) => vrun(directory, 'proof', 'verify', 'build', ...options);
    expect((await verify('--commit', 'c0ffee', '--gates', 'lint')).status).toBe(0);
    expect((await verify('--commit', 'c0ffe')).stdout).toContain('commit is c0ffee, not c0ffe');
    expect((await verify('--gates', 'lint,test')).stdout).toContain('gate test is not among those');
  });

  test('without anybody to trust, without a manifest, without a signature, with another key: 2', async () => {
    const directory = home();
    await vrun(directory, 'proof', 'init', '--key', 'keys/k');
    await vrun(directory, 'proof', 'sign', 'build', '--key', 'keys/k');
    const verify = (...options: string[]) => vrun(directory, 'proof', 'verify', 'build', ...options);
    const nobody = await verify();
    expect([nobody.status, nobody.stderr]).toEqual([
      2,
      expect.stringContaining('Nothing says whose builds are trusted'),
    ]);
    expect((await verify('--allowed-signers', 'keys/allowed_signers')).status).toBe(0);
    await vrun(directory, 'proof', 'init', '--key', 'other/k');
    const stranger = await verify('--allowed-signers', 'other/allowed_signers');
    expect([stranger.status, stranger.stdout]).toEqual([
      2,
      expect.stringContaining('which other/allowed_signers does not list.'),
    ]);
    const line = readFileSync(join(directory, 'keys/allowed_signers'), 'utf8').split(' ').slice(2).join(' ');
    writeFileSync(join(directory, 'old'), `builder valid-before="20200101Z" ${line}`);
    const expired = await verify('--allowed-signers', 'old');
    expect([expired.status, expired.stdout]).toEqual([2, expect.stringContaining('until 2020-01-01T00:00:00Z only')]);
    writeTree(directory, { 'empty/x': '' });
    const none = await vrun(directory, 'proof', 'verify', 'empty', '--allowed-signers', 'keys/allowed_signers');
    expect([none.status, none.stdout]).toEqual([2, expect.stringContaining('it was never signed')]);
    const file = await vrun(directory, 'proof', 'verify', 'empty/x', '--allowed-signers', 'keys/allowed_signers');
    expect([file.status, file.stderr]).toEqual([2, expect.stringContaining('is no directory')]);
    writeTree(directory, { 'empty/manifest.json': '{}\n' });
    const unsigned = await vrun(directory, 'proof', 'verify', 'empty', '--allowed-signers', 'keys/allowed_signers');
    expect([unsigned.status, unsigned.stdout]).toEqual([2, expect.stringContaining('the manifest is not signed')]);
  });

  test.each([
    ['no key', ['build'], /There is no key to sign builds with(.|\n)*vrun proof init/],
    ['no directory', ['none'], /none is no directory/],
    ['a gate that went nowhere', ['build', '--gate', 'lint=maybe'], /NAME=passed, NAME=failed or NAME=not-run/],
    ['a pattern for everything', ['build', '--ignore', '*'], /it would leave out everything/],
    ['no time', ['build', '--built-at', 'today'], /Write it as 2026/],
  ])('%s is wrong use: 1', async (_, argv, says) => {
    const { status, stderr } = await vrun(home(), 'proof', 'sign', ...argv);
    expect(status).toBe(1);
    expect(stderr).toMatch(says);
  });

  test('a key that would be deployed is refused', async () => {
    const directory = home();
    mkdirSync(join(directory, 'build/keys'));
    await vrun(directory, 'proof', 'init', '--key', 'build/keys/k');
    const { status, stderr } = await vrun(directory, 'proof', 'sign', 'build', '--key', 'build/keys/k');
    expect([status, stderr]).toEqual([1, expect.stringContaining('The signing key lies in the build')]);
  });
});
