// A signed build on a real host: as it was signed, changed in every way, and as large as real ones are.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../../lab/describe-lab.ts';
import { address, exec, KEY_FILE, KNOWN_HOSTS_FILE } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { openProject, type Said, VRUN, vrun } from '../../law/law.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const MANY = 20_000;

/** What somebody does to the files, as root in the build's directory; what the failure then says. */
const TAMPERINGS: readonly (readonly [string, string, RegExp])[] = [
  ['a changed file', 'echo evil >>server.js', /modified +server\.js/],
  ['an added file', 'echo evil >evil.js', /extra +evil\.js/],
  ['a deleted file', 'rm lib/a.js', /missing +lib\/a\.js/],
  ['an execute bit set', 'chmod +x server.js', /mode-changed +server\.js/],
  ['an execute bit taken away', 'chmod -x bin/start', /mode-changed +bin\/start/],
  ['a link in the place of a file', 'mv server.js /srv/s.js; ln -s /srv/s.js server.js', /type-changed +server\.js/],
  ['a set-uid program', 'chmod u+s bin/start', /special-or-setuid +bin\/start/],
  ['a pipe', 'mkfifo pipe', /special-or-setuid +pipe/],
  [
    'another commit in build.json',
    "sed -i 's/0123456789/9876543210/' public/proof/build.json",
    /modified +public\/proof\/build\.json\n.*commit is 9876543210abcdef.* was signed/,
  ],
  [
    'other gates in build.json',
    `sed -i 's/"lint"/"none"/' public/proof/build.json`,
    /build\.json: its gates are not those that were signed/,
  ],
  ['another lock file', 'echo >>package-lock.json', /package-lock\.json has the digest .* not depsSha256/],
];

describeLab('proof-verify on a real host', () => {
  const lab = lent();
  let directory = '';
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'vrun-proof-law-'));
    cli('init', '--key', join(directory, 'keys', 'key'), '--identity', 'builder');
    write('build', {
      ...{ 'package-lock.json': '{}\n', 'server.js': 'serve();\n', 'lib/a.js': 'a\n', 'public/x': 'x\n' },
      'bin/start': '#!/bin/sh\n',
    });
    chmodSync(join(directory, 'build/bin/start'), 0o755);
    signed('build', '--gate', 'lint=passed', '--ignore', 'uploads');
  }, LAB_START_MS);
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const cli = (...args: string[]) =>
    execFileSync(process.execPath, [VRUN, 'proof', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const signed = (build: string, ...options: string[]) =>
    cli('sign', join(directory, build), '--key', join(directory, 'keys/key'), '--commit', COMMIT, ...options);

  function write(build: string, files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, build, path)), { recursive: true });
      writeFileSync(join(directory, build, path), text);
    }
  }

  /** Puts a build in the place of /srv/app. */
  function deploy(build: string): void {
    const tar = execFileSync('tar', ['-C', join(directory, build), '-cz', '.'], { maxBuffer: 256 << 20 });
    const unpack = 'rm -rf /srv/app; mkdir /srv/app; tar -C /srv/app -xz --no-same-owner -p';
    const options = ['-i', KEY_FILE, '-o', `UserKnownHostsFile=${KNOWN_HOSTS_FILE}`, '-o', 'BatchMode=yes'];
    execFileSync('ssh', [...options, `root@${address(lab.host)}`, unpack], { input: tar });
  }

  async function verify(build: string, more = '', ...options: string[]): Promise<Said> {
    const project = openProject(`
- name: Proof
  proof-verify:
    path: /srv/app
    manifest: ${directory}/${build}/manifest.json
    allowed_signers: ${directory}/keys/allowed_signers
    ${more}
`);
    try {
      return await vrun(project, lab.inventory, ...options);
    } finally {
      rmSync(project, { recursive: true });
    }
  }

  const failed = (said: Said) => expect([said.status, said.tasks[0]?.status], said.output).toEqual([2, 'failed']);

  test('a build as it was signed, in dry runs too; data beside it doesn’t matter', async () => {
    deploy('build');
    expect(
      await exec(lab.host, 'mkdir -p /srv/data && ln -s /srv/data /srv/app/uploads && touch /srv/data/x'),
    ).toMatchObject({
      status: 0,
    });
    for (const options of [[], ['--check']]) {
      const said = await verify('build', `commit: ${COMMIT}`, ...options);
      expect([said.status, said.tasks[0]?.status, said.messages], said.output).toEqual([0, 'ok', 1]);
    }
  });

  test.each(TAMPERINGS)('%s', async (_, tamper, found) => {
    deploy('build');
    const { status, stderr } = await exec(lab.host, `cd /srv/app\n${tamper}`);
    expect(status, stderr).toBe(0);
    const said = await verify('build');
    failed(said);
    expect(detailOf(said)).toMatch(found);
  });

  test('without a manifest: the lock file’s digest and the gates', async () => {
    deploy('build');
    const project = openProject('- name: Proof\n  proof-verify: { path: /srv/app, gates: [audit] }');
    await exec(lab.host, 'echo >>/srv/app/package-lock.json');
    const said = await vrun(project, lab.inventory);
    rmSync(project, { recursive: true });
    failed(said);
    expect(detailOf(said)).toMatch(/gate audit is not among those.*\n.*package-lock\.json has the digest/);
  });

  test('a manifest that is unsigned, changed, or signed by somebody else', async () => {
    deploy('build');
    const files = ['package-lock.json', 'server.js'].map((path) => [path, ''] as const);
    write('other', Object.fromEntries(files));
    cli('init', '--key', join(directory, 'stranger', 'key'));
    cli('sign', join(directory, 'other'), '--key', join(directory, 'stranger/key'), '--commit', COMMIT);
    const stranger = await verify('other');
    failed(stranger);
    expect(stranger.tasks[0]?.failure).toBe('The manifest is signed by somebody who is not trusted');

    writeFileSync(join(directory, 'other/manifest.json'), '{}\n');
    const changed = await verify('other');
    failed(changed);
    expect(changed.tasks[0]?.failure).toMatch(/manifest\.json is not to be trusted/);

    rmSync(join(directory, 'other/manifest.json.sig'));
    const unsigned = await verify('other');
    failed(unsigned);
    expect(unsigned.tasks[0]?.failure).toMatch(/manifest\.json is not signed/);
  });

  test('what a pending change would make is unknown', async () => {
    await exec(lab.host, 'rm -rf /srv/app');
    const project = openProject(`
- name: Directory
  file: { path: /srv/app, state: directory }
- name: Proof
  proof-verify: { path: /srv/app }
`);
    const dry = await vrun(project, lab.inventory, '--check');
    const run = await vrun(project, lab.inventory);
    rmSync(project, { recursive: true });
    expect(
      dry.tasks.map(({ status }) => status),
      dry.output,
    ).toEqual(['changed', 'unknown']);
    expect(
      run.tasks.map(({ status }) => status),
      run.output,
    ).toEqual(['changed', 'failed']);
  });

  test('20,000 files, of which a few differ', async () => {
    const files = Array.from({ length: MANY }, (_, index) => [
      `node_modules/package-${index % 500}/lib/file-${index}.js`,
      `module.exports = ${index};\n`.repeat(40),
    ]);
    write('large', { ...Object.fromEntries(files), 'package-lock.json': '{}\n' });
    let started = performance.now();
    const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
    signed('large');
    console.info(`${MANY} files were signed in ${seconds()} s`);
    deploy('large');
    started = performance.now();
    const good = await verify('large');
    console.info(`and verified on a host in ${seconds()} s, login and all`);
    expect([good.status, good.tasks[0]?.status, good.messages], good.output).toEqual([0, 'ok', 1]);

    await exec(lab.host, 'cd /srv/app; echo x >>node_modules/package-7/lib/file-7.js; rm -r node_modules/package-9');
    await exec(lab.host, 'cd /srv/app; i=0; while [ $i -lt 1500 ]; do : >extra-$i; i=$((i+1)); done');
    const bad = await verify('large');
    failed(bad);
    expect(detailOf(bad)).toMatch(/modified +node_modules\/package-7\/lib\/file-7\.js/);
    expect(detailOf(bad)).toMatch(/… and 1521 more: 21 missing, 1500 extra/);
  }, 300_000);
});

function detailOf({ output }: Said): string {
  const failure = output
    .split('\n')
    .find((line) => line.includes('"type":"task.finished"') && line.includes('"failure"'));
  const event: { readonly failure?: { readonly detail?: string } } = JSON.parse(failure ?? '{}');
  return event.failure?.detail ?? '';
}
