import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../engine/language/problem/problem.ts';
import { commitOfBuild } from '../../engine/proof/git-commit.ts';
import { type Manifest, manifestBytes, readManifest } from '../../engine/proof/manifest.ts';
import { COMMIT, FILES, newKey, sign, temporaryDirectory, writeTree } from './build.ts';

const key = newKey();

function buildOf(files: Readonly<Record<string, string>>): string {
  const root = join(temporaryDirectory(), 'build');
  mkdirSync(root);
  writeTree(root, files);
  return root;
}

function manifestOf(root: string): Manifest {
  return readManifest(readFileSync(join(root, 'manifest.json')));
}

describe('a signed build', () => {
  test('lists every file and link, its own proof too', async () => {
    const root = buildOf(FILES);
    await sign(root, key);
    expect(manifestOf(root).entries.map((entry) => `${entry.type} ${entry.path}`)).toEqual([
      'file app/[slug]/page one.js',
      'file bin/start',
      'file empty',
      'file größe/ü.txt',
      'symlink node_modules/.bin/tool',
      'file node_modules/tool/cli.js',
      'file package-lock.json',
      'file public/proof/build.json',
      'file server.js',
    ]);
    expect(JSON.parse(readFileSync(join(root, 'public/proof/build.json'), 'utf8'))).toEqual({
      commit: COMMIT,
      builtAt: '2026-11-23T00:00:00.000Z',
      depsSha256: 'f25e7d293543b03d1a2cab20f9827739fd644af8400382bc4f6a5124e46aead0',
      generated: true,
      gatesConfigured: ['lint', 'test'],
      gatesRan: [
        { name: 'lint', ran: true, passed: true },
        { name: 'test', ran: true, passed: true },
      ],
    });
  });

  test('is an in-toto statement that stock ssh-keygen verifies', async () => {
    const root = buildOf(FILES);
    await sign(root, key);
    const signers = join(temporaryDirectory(), 'allowed_signers');
    writeFileSync(signers, key.line);
    const verify = (message: Buffer) =>
      spawnSync(
        'ssh-keygen',
        ['-Y', 'verify', '-f', signers, '-I', 'builder', '-n', 'vrun-build-manifest-v1', '-s', 'manifest.json.sig'],
        { cwd: root, input: message, encoding: 'utf8' },
      );
    const message = readFileSync(join(root, 'manifest.json'));
    expect(verify(message).stdout).toMatch(/^Good "vrun-build-manifest-v1" signature for builder with ED25519 key/);
    expect(verify(Buffer.concat([message, Buffer.from(' ')])).status).not.toBe(0);
    expect(JSON.parse(message.toString())).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://vantus.systems/vrun/build-manifest/v1',
      predicate: { commit: COMMIT, ignore: [] },
    });
  });

  test('has the same bytes each time, in whatever order its files came about', async () => {
    const [one, other] = [buildOf(FILES), buildOf(Object.fromEntries(Object.entries(FILES).reverse()))];
    await sign(one, key, { ignore: ['uploads'] });
    await sign(other, key, { ignore: ['uploads'] });
    await sign(other, key, { ignore: ['uploads'] });
    for (const file of ['manifest.json', 'manifest.json.sig', 'public/proof/build.json']) {
      expect(readFileSync(join(one, file)).equals(readFileSync(join(other, file))), file).toBe(true);
    }
  });

  test('leaves out what is ignored, directories as a whole', async () => {
    const root = buildOf({ ...FILES, 'cache/a/b': '', 'cache-2': '', 'x/cache': '' });
    await sign(root, key, { ignore: ['cache', 'gr*'] });
    const paths = manifestOf(root).entries.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['cache-2', 'x/cache']));
    expect(paths).not.toEqual(expect.arrayContaining(['cache/a/b']));
    expect(paths).not.toEqual(expect.arrayContaining(['größe/ü.txt']));
  });

  test('says so when there is no lock file', async () => {
    const root = buildOf({ 'server.js': '' });
    await sign(root, key, { lockfile: undefined });
    expect(manifestOf(root).record.depsSha256).toBe('none');
  });

  test('is not written through a link that lies in the place of its manifest', async () => {
    const root = buildOf(FILES);
    const outside = join(temporaryDirectory(), 'outside');
    writeFileSync(outside, 'mine');
    symlinkSync(outside, join(root, 'manifest.json'));
    await sign(root, key);
    expect(readFileSync(outside, 'utf8')).toBe('mine');
  });
});

describe('what is refused, before anything is written', () => {
  const refused: readonly [string, (root: string) => void, RegExp][] = [
    [
      'a link out, by its text',
      (root) => symlinkSync('../../x', join(root, 'out')),
      /out: .* leaves the build: \.\.\/\.\.\/x/,
    ],
    ['an absolute link', (root) => symlinkSync('/etc/passwd', join(root, 'out')), /out: .*\/etc\/passwd/],
    [
      'a link out through another',
      (root) => {
        const outside = temporaryDirectory();
        mkdirSync(join(outside, 'd'));
        symlinkSync('.', join(root, 'here'));
        symlinkSync(join(outside, 'd'), join(root, 'there'));
        symlinkSync('there/..', join(root, 'out'));
      },
      /out: .*leaves the build/,
    ],
    ['a fifo', (root) => void spawnSync('mkfifo', [join(root, 'pipe')]), /pipe: it is neither/],
    ['a set-uid file', (root) => chmodSync(join(root, 'server.js'), 0o4755), /server\.js: it is set-uid/],
    ['a name with a line break', (root) => writeFileSync(join(root, 'a\nb'), ''), /a\?b: its name holds a control/],
    ['a name with a backslash', (root) => writeFileSync(join(root, 'a\\b'), ''), /a\\b: its name/],
    ['a name with an arrow', (root) => writeFileSync(join(root, 'a -> b'), ''), /its name holds “ -> ”/],
    [
      'a name that is not UTF-8',
      (root) => writeFileSync(Buffer.concat([Buffer.from(`${root}/x`), Buffer.of(0xff)]), ''),
      /not UTF-8/,
    ],
  ];
  test.each(refused)('%s', async (_, spoil, says) => {
    const root = buildOf(FILES);
    spoil(root);
    const error = await sign(root, key).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ProblemError);
    expect(error instanceof ProblemError && error.problems[0]?.detail).toMatch(says);
    expect(existsSync(join(root, 'public'))).toBe(false);
    expect(existsSync(join(root, 'manifest.json'))).toBe(false);
  });

  test('a proof that is left out of itself', async () => {
    const root = buildOf(FILES);
    await expect(sign(root, key, { ignore: ['pub*'] })).rejects.toThrow("can't be signed");
  });
});

describe('readManifest', () => {
  const good: Manifest = {
    entries: [{ type: 'file', path: 'a', sha256: '0'.repeat(64), executable: false }],
    record: { commit: 'c', builtAt: 't', depsSha256: 'none', gatesConfigured: [], gatesRan: [] },
    ignore: [],
  };
  const bad: readonly [string, Buffer, RegExp][] = [
    ['text after it', Buffer.concat([manifestBytes(good), Buffer.from('\n')]), /not canonical/],
    ['no newline', manifestBytes(good).subarray(0, -1), /newline/],
    ['another statement', Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}\n'), /no build manifest/],
    ['a path that leads out', manifestBytes({ ...good, entries: [{ ...entry('../a') }] }), /not a plain path/],
    ['a file twice', manifestBytes({ ...good, entries: [entry('a'), entry('a')] }), /not in order/],
    ['a pattern for everything', manifestBytes({ ...good, ignore: ['*'] }), /everything/],
    [
      'a link whose digest is another',
      Buffer.from(
        manifestBytes({ ...good, entries: [{ type: 'symlink', path: 'l', target: 'a' }] })
          .toString()
          .replace('"target":"a"', '"target":"b"'),
      ),
      /digest of the link l/,
    ],
  ];
  function entry(path: string): Manifest['entries'][number] {
    return { type: 'file', path, sha256: '0'.repeat(64), executable: false };
  }

  test('reads what was written', () => {
    expect(readManifest(manifestBytes(good))).toEqual(good);
  });

  test.each(bad)('refuses %s', (_, bytes, why) => {
    expect(() => readManifest(bytes)).toThrow(why);
  });
});

describe('the commit', () => {
  const git = (cwd: string, ...args: string[]) =>
    spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd, encoding: 'utf8' });

  test('is that of the repository; the build itself is no change', async () => {
    const root = temporaryDirectory();
    git(root, 'init', '-q');
    expect(await commitOfBuild(join(root, 'out'), [root])).toBe('unknown');
    writeTree(root, { 'src.js': '1', 'out/server.js': '1' });
    git(root, 'add', 'src.js');
    git(root, 'commit', '-qm', 'x');
    const head = git(root, 'rev-parse', 'HEAD').stdout.trim();
    expect(await commitOfBuild(join(root, 'out'), [join(root, 'out'), root])).toBe(head);
    writeTree(root, { 'dist/app/x': '' });
    expect(await commitOfBuild(join(root, 'dist/app'), [root])).toBe(`${head}-dirty`);
    expect(await commitOfBuild(root, [root])).toBe(`${head}-dirty`);
  });

  test('a changed or unknown file makes it dirty', async () => {
    const root = temporaryDirectory();
    git(root, 'init', '-q');
    writeTree(root, { 'src.js': '1', '.gitignore': 'out\n' });
    git(root, 'add', '.');
    git(root, 'commit', '-qm', 'x');
    writeTree(root, { 'out/x': '' });
    const build = join(root, 'out');
    const head = git(root, 'rev-parse', 'HEAD').stdout.trim();
    expect(await commitOfBuild(build, [build])).toBe(head);
    writeTree(root, { 'new.js': '' });
    expect(await commitOfBuild(build, [build])).toBe(`${head}-dirty`);
    git(root, 'add', '.');
    git(root, 'commit', '-qm', 'y');
    writeTree(root, { 'src.js': '2' });
    expect(await commitOfBuild(build, [build])).toMatch(/^[0-9a-f]{40}-dirty$/);
  });

  test('is unknown outside of a repository', async () => {
    const root = temporaryDirectory();
    expect(await commitOfBuild(root, [root, '/'])).toBe('unknown');
  });
});
