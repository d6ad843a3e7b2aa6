// Every way to change a build is found alike by `vrun proof verify` and by the script that hosts run, in each shell.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { verifyBuild } from '../../engine/proof/verify-build.ts';
import proofVerify from '../../modules/proof-verify/proof-verify.ts';
import { bind } from '../modules/harness/bind.ts';
import { runScript, SHELLS } from '../modules/harness/perform.ts';
import { FILES, localsOf, newKey, sign, temporaryDirectory, writeTree } from './build.ts';

vi.setConfig({ testTimeout: 60_000 });

const key = newKey();
const NOW = new Date('2026-11-23T00:10:00Z');

interface Case {
  readonly title: string;
  readonly tamper: (root: string) => void;
  /** `KIND PATH` of each finding, or the beginning of a fault. */
  readonly found: readonly string[];
  readonly ignore?: readonly string[];
}

/** The digest of no bytes at all. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const at = (root: string, path: string) => join(root, path);

const CASES: readonly Case[] = [
  { title: 'nothing', tamper: () => undefined, found: [] },
  {
    title: 'a changed file',
    tamper: (root) => writeFileSync(at(root, 'app/[slug]/page one.js'), 'evil();\n'),
    found: ['modified app/[slug]/page one.js'],
  },
  { title: 'an added file', tamper: (root) => writeFileSync(at(root, 'app/x'), ''), found: ['extra app/x'] },
  { title: 'a deleted file', tamper: (root) => rmSync(at(root, 'größe/ü.txt')), found: ['missing größe/ü.txt'] },
  {
    title: 'execute bits, both ways, of others too',
    tamper: (root) => {
      chmodSync(at(root, 'server.js'), 0o755);
      chmodSync(at(root, 'empty'), 0o645);
      chmodSync(at(root, 'bin/start'), 0o655);
    },
    found: ['mode-changed bin/start', 'mode-changed empty', 'mode-changed server.js'],
  },
  {
    title: 'permissions that aren’t about executing',
    tamper: (root) => {
      chmodSync(at(root, 'server.js'), 0o600);
      chmodSync(at(root, 'bin/start'), 0o700);
    },
    found: [],
  },
  {
    title: 'links and directories in the place of files, and the reverse',
    tamper: (root) => {
      for (const path of ['server.js', 'empty', 'node_modules/.bin/tool']) rmSync(at(root, path));
      symlinkSync('bin/start', at(root, 'server.js'));
      mkdirSync(at(root, 'empty'));
      writeFileSync(at(root, 'node_modules/.bin/tool'), 'x');
    },
    found: ['type-changed empty', 'type-changed node_modules/.bin/tool', 'type-changed server.js'],
  },
  {
    title: 'a link that leads elsewhere, and one more',
    tamper: (root) => {
      rmSync(at(root, 'node_modules/.bin/tool'));
      symlinkSync('../tool/cli.j', at(root, 'node_modules/.bin/tool'));
      symlinkSync('/etc/passwd', at(root, 'passwd'));
    },
    found: ['modified node_modules/.bin/tool', 'extra passwd'],
  },
  {
    title: 'a directory moved away, with a link in its place',
    tamper: (root) => {
      renameSync(at(root, 'app'), `${root}-app`);
      symlinkSync(`${root}-app`, at(root, 'app'));
    },
    found: ['missing app/[slug]/page one.js', 'extra app'],
  },
  {
    title: 'a fifo, and set-uid and set-gid',
    tamper: (root) => {
      execFileSync('mkfifo', [at(root, 'pipe')]);
      chmodSync(at(root, 'bin/start'), 0o4755);
      chmodSync(at(root, 'node_modules/tool/cli.js'), 0o2755);
    },
    found: ['special-or-setuid bin/start', 'special-or-setuid node_modules/tool/cli.js', 'special-or-setuid pipe'],
  },
  {
    title: 'a new program that runs as somebody else',
    tamper: (root) => {
      writeFileSync(at(root, 'su'), '');
      chmodSync(at(root, 'su'), 0o6755);
    },
    found: ['extra su', 'special-or-setuid su'],
  },
  {
    title: 'names that look like lines of other files',
    tamper: (root) => {
      rmSync(at(root, 'empty'));
      writeTree(root, { [`x\n${EMPTY}  ./empty`]: '', 'a\\b': '', 'bell\u0007': '', 'sub/\t/x': '' });
      writeFileSync(at(root, 'a -> b'), '');
      symlinkSync('../tool/cli.js\n./empty -> x', at(root, 'forged'));
    },
    found: [
      'missing empty',
      'extra a -> b',
      'extra a\\b',
      'extra bell?',
      'extra forged',
      'extra sub/?',
      `extra x?${EMPTY}  .`,
    ],
  },
  {
    title: 'an ignored directory, an ignored link, and what only looks like them',
    ignore: ['uploads', 'cache*', 'data.db'],
    tamper: (root) => {
      writeTree(root, { 'uploads/evil.js': '', 'uploads2/x': '', 'sub/uploads/x': '', 'cache-1/a/b': '' });
      symlinkSync('/var/lib/app/data.db', at(root, 'data.db'));
    },
    found: ['extra sub/uploads/x', 'extra uploads2/x'],
  },
  {
    title: 'the manifest itself',
    tamper: (root) => writeFileSync(at(root, 'public/proof/build.json'), '{}'),
    found: ['modified public/proof/build.json', "public/proof/build.json: it is not a build's proof"],
  },
  {
    title: 'another lock file',
    tamper: (root) => writeFileSync(at(root, 'package-lock.json'), '{}'),
    found: ['modified package-lock.json', 'package-lock.json has the digest 44136fa355b3'],
  },
];

/** BusyBox's own tools under their names. */
let busybox = '';
beforeAll(() => {
  busybox = busyboxTools(mkdtempSync(join(tmpdir(), 'vrun-proof-busybox-')));
});
afterAll(() => rmSync(busybox, { recursive: true, force: true }));

function busyboxTools(directory: string): string {
  const which = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim();
  const { stdout = '' } = spawnSync('busybox', ['--list'], { encoding: 'utf8' });
  for (const name of stdout.split('\n').filter((one) => one !== '')) symlinkSync(which, join(directory, name));
  return directory;
}

describe('found alike on this machine and by a host’s script', () => {
  test.each(CASES)('$title', async ({ tamper, found, ignore = [] }) => {
    const root = temporaryDirectory();
    const build = join(root, 'build');
    writeTree(build, FILES);
    await sign(build, key, { ignore });
    const locals = localsOf(build, key.line);
    tamper(build);
    const expected = found.filter((line) => /^[a-z-]+ /.test(line) && !line.includes(': ') && !line.includes(' has '));
    const faults = found.filter((line) => !expected.includes(line));

    const here = await verifyBuild(build, {
      allowedSigners: { name: 'allowed_signers', bytes: Buffer.from(key.line) },
      ...{ commit: undefined, gates: ['lint'], maxAge: undefined, lockfile: 'package-lock.json', now: NOW },
    });
    expect(here.findings.map(({ kind, path }) => `${kind} ${path}`)).toEqual(expected);
    expect(here.faults).toEqual(faults.map((fault) => expect.stringContaining(fault)));
    expect(here.signer).toBe('builder');

    const want = bind(
      proofVerify,
      { path: build, manifest: 'manifest.json', allowed_signers: 'allowed_signers', gates: ['lint'] },
      locals,
    );
    const script = proofVerify.probe([want])?.text ?? '';
    const input = proofVerify.input([want])?.bytes();
    const ways = SHELLS.map((shell) => [shell, script] as const);
    if (SHELLS.some(([name]) => name === 'busybox')) ways.push([['busybox', 'sh'], `PATH=${busybox}; ${script}`]);
    for (const [shell, text] of ways) {
      const out = runScript(text, input, shell);
      const [state] = proofVerify.parse(out, [want]);
      const { failure, result } = proofVerify.plan(state, want);
      const said = `${shell.join(' ')}: ${out.stderr}${out.stdout}`;
      expect(result?.findings, said).toEqual(here.findings.map(({ kind, path }) => ({ kind, path })));
      expect(result?.faults, said).toEqual(here.faults);
      expect(failure === undefined, said).toBe(found.length === 0);
    }
  });
});

test('deep: what anyone may write or fill is named, behind ignored links too', async () => {
  const root = temporaryDirectory();
  const build = join(root, 'build');
  writeTree(build, FILES);
  await sign(build, key, { ignore: ['uploads', 'cache'] });
  const locals = localsOf(build, key.line);
  writeTree(root, { 'open/file[666]': '', 'shut/inner[4755]': '' });
  chmodSync(at(root, 'open'), 0o777);
  symlinkSync(at(root, 'open'), at(build, 'uploads'));
  symlinkSync(at(root, 'shut'), at(build, 'cache'));
  chmodSync(at(build, 'server.js'), 0o646);
  const want = bind(
    proofVerify,
    { path: build, manifest: 'manifest.json', allowed_signers: 'allowed_signers', deep: true },
    locals,
  );
  const script = proofVerify.probe([want])?.text ?? '';
  for (const shell of SHELLS) {
    const out = runScript(script, proofVerify.input([want])?.bytes(), shell);
    const { result } = proofVerify.plan(proofVerify.parse(out, [want])[0], want);
    expect(result?.findings, `${shell.join(' ')}: ${out.stderr}${out.stdout}`).toEqual([
      { kind: 'special-or-setuid', path: 'cache/inner' },
      { kind: 'world-writable', path: 'server.js' },
      { kind: 'world-writable', path: 'uploads' },
      { kind: 'world-writable', path: 'uploads/file' },
    ]);
  }
});
