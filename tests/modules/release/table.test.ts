import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Content, Missing, type PathEffect, type Plan } from '../../../engine/module/index.ts';
import release from '../../../modules/release/release.ts';
import type { ReleaseState } from '../../../modules/release/state.ts';
import { bind, type Params } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { foreseen } from '../harness/foreseen.ts';
import { converge, perform, planHere, SHELLS } from '../harness/perform.ts';
import { compact, table } from '../harness/table.ts';

const archive = 'an archive';
const { sha256 } = Content.of(archive);
const known = (...ids: readonly string[]) => ids.map((id, index) => ({ id, sha256, made: 100 - index }));
const state = (more: Partial<ReleaseState> = {}): ReleaseState => ({
  base: entry({ kind: 'directory' }),
  blocker: undefined,
  release: undefined,
  link: undefined,
  was: '',
  previous: '',
  shared: [],
  all: [],
  ...more,
});
const inUse = (id: string, previous = '') => ({
  link: entry({ kind: 'link', target: `releases/${id}` }),
  was: id,
  previous,
});
const there = entry({ kind: 'directory', mode: 0o755 });
const common = { path: '/srv/app', id: 'b' };
const present = { ...common, src: 'b.tar.gz' };
const local = { 'b.tar.gz': archive, dir: { a: 'x' } };

table(
  release,
  [
    {
      title: 'a new release',
      params: { ...present, sha256 },
      local,
      have: state(),
      changes: [
        `+ release b in /srv/app: b.tar.gz, 10 bytes, sha256 ${sha256.slice(0, 12)}…`,
        '  < ‹10 bytes›',
        '  = path:/srv/app/releases/b/',
        '  = path:/srv/app/releases/b',
      ],
      result: { id: 'b', current: false, was: '', previous: '', released: '/srv/app/releases/b' },
    },
    {
      title: 'the same release',
      params: present,
      local,
      have: state({ release: there, all: known('b') }),
      changes: [],
    },
    {
      title: 'the same id from another archive',
      params: { ...present, sha256: 'f'.repeat(64) },
      local,
      have: state({ release: there, all: known('b') }),
      changes: [],
      failure: 'release b is there, but made from another archive',
    },
    {
      title: 'the same id, and nobody knows from what',
      params: present,
      local,
      have: state({ release: there }),
      changes: [],
      failure: 'release b is there, but not known',
    },
    {
      title: 'an archive that is not the wanted one is not sent',
      params: { ...present, sha256: 'f'.repeat(64) },
      local,
      have: state(),
      changes: [],
      failure: 'b.tar.gz is not the archive that is wanted',
    },
    {
      title: 'a file where the release should be',
      params: present,
      local,
      have: state({ release: entry({}) }),
      changes: [],
      failure: '/srv/app/releases/b is a file',
    },
    {
      title: 'a link to what is shared that is missing, and a mode',
      params: { ...present, shared: ['uploads', 'a/b'] },
      local,
      have: state({
        release: entry({ kind: 'directory', mode: 0o700 }),
        all: known('b'),
        shared: [
          { entry: entry({ kind: 'link', target: '../../shared/uploads' }), kept: true },
          { entry: entry({ kind: 'link', target: '../shared/a/b' }), kept: true },
        ],
      }),
      changes: ['~ release b in /srv/app: mode 0700 → mode 0755', '~ release b in /srv/app: shared a/b'],
    },
    {
      title: 'files where a link to what is shared should be',
      params: { ...present, shared: ['uploads'] },
      local,
      have: state({ release: there, all: known('b'), shared: [{ entry: there, kept: true }] }),
      changes: [],
      failure: '/srv/app/releases/b/uploads is a directory',
    },
    {
      title: 'the first one in use',
      params: { ...common, state: 'current' },
      have: state({ release: there, all: known('b') }),
      changes: ['+ link /srv/app/current: releases/b', '  = path:/srv/app/current/', '  = path:/srv/app/current'],
      result: { current: false, was: '' },
    },
    {
      title: 'another one in use, and what is beyond keep goes',
      params: { ...common, state: 'current', keep: 3 },
      have: state({ release: there, ...inUse('a', 'z'), all: known('b', 'c', 'a', 'd', 'z') }),
      changes: [
        '~ link /srv/app/current: releases/a → releases/b',
        '  = path:/srv/app/current/',
        '- release d in /srv/app',
        '- release z in /srv/app',
      ],
      result: { was: 'a', previous: 'z', current: false },
    },
    {
      title: 'in use already',
      params: { ...common, state: 'current', keep: 1 },
      have: state({ release: there, ...inUse('b', 'a'), all: known('b', 'a') }),
      changes: [],
      result: { was: 'b', previous: 'a', current: true },
    },
    {
      title: 'in use already, with too many others',
      params: { ...common, state: 'current', keep: 1 },
      have: state({ release: there, ...inUse('b', 'a'), all: known('c', 'b', 'a') }),
      changes: ['- release c in /srv/app'],
    },
    {
      title: 'a directory in the place of the link',
      params: { ...common, state: 'current' },
      have: state({ release: there, link: there }),
      changes: [],
      failure: '/srv/app/current is a directory',
    },
    {
      title: 'back from a release',
      params: { ...common, state: 'previous' },
      have: state({ release: there, ...inUse('b', 'a') }),
      changes: ['~ link /srv/app/current: releases/b → releases/a', '  = path:/srv/app/current/'],
      result: { id: 'b', was: 'b', previous: 'a', current: true },
    },
    {
      title: 'back already',
      params: { ...common, state: 'previous' },
      have: state({ release: there, ...inUse('a', 'b') }),
      changes: [],
      result: { current: false },
    },
    {
      title: 'back from whatever is in use',
      params: { path: '/srv/app', state: 'previous' },
      have: state(inUse('b', 'a')),
      changes: ['! link /srv/app/current: releases/b → releases/a', '  = path:/srv/app/current/'],
      result: { id: 'b', released: '/srv/app/releases/b' },
    },
    {
      title: 'nothing to go back to',
      params: { path: '/srv/app', state: 'previous' },
      have: state(inUse('b')),
      changes: [],
      failure: 'there is no previous release',
    },
    {
      title: 'removed',
      params: { ...common, state: 'absent' },
      have: state({ release: there, ...inUse('a', 'b'), all: known('b', 'a') }),
      changes: ['- release b in /srv/app'],
    },
    { title: 'removed already', params: { ...common, state: 'absent' }, have: state(), changes: [] },
    {
      title: 'the one in use is not removed',
      params: { ...common, state: 'absent' },
      have: state({ release: there, ...inUse('b') }),
      changes: [],
      failure: 'release b is in use',
    },
    {
      title: 'a directory is no archive',
      params: { ...present, src: 'x.zip' },
      local: { 'x.zip': { a: 'b' } },
      have: state(),
      changes: [],
      failure: 'x.zip is a directory',
    },
  ],
  /^never$/,
);

const bare = `@files\n41ed:0:0:100:1:40:2:1:root:root:/\n@followed\n@exist\n${'0\n'.repeat(3)}@links\n@end\n`;

table(
  release,
  [
    {
      title: 'a host without what unpacks it',
      params: { ...common, src: 'b.zip' },
      local: { 'b.zip': archive },
      transcript: { stdout: `@made\n@tool\n${bare}` },
      missing: ['package:unzip'],
      changes: [
        `+ release b in /srv/app: b.zip, 10 bytes, sha256 ${sha256.slice(0, 12)}…`,
        '  < ‹10 bytes›',
        '  = path:/srv/app/releases/b/',
        '  = path:/srv/app',
        '  = path:/srv/app/releases',
        '  = path:/srv/app/releases/b',
      ],
    },
  ],
  /^never$/,
);

test.each([
  [{ path: '/a' }, 'needs id'],
  [{ path: '/a', id: '../b' }, 'pattern'],
  [{ path: '/', id: 'b' }, 'root directory'],
  [{ path: '/a', id: 'b', state: 'current', src: 'b.tar.gz' }, 'src is for state: present'],
  [{ path: '/a', id: 'b', src: 'b.rar' }, 'not that of an archive'],
  [{ path: '/a', id: 'b', link: 'previous' }, 'meaning of its own'],
  [{ path: '/a', id: 'b', shared: ['../x'] }, 'not a path inside'],
  [{ path: '/a', id: 'b', shared: ['x', 'x/y'] }, 'shared already'],
  [{ path: '/a', id: 'b', sha256: 'ABC' }, 'pattern'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(release, params, { 'b.tar.gz': '', 'b.rar': '' })).toThrow(words === 'pattern' ? /./ : words);
});

describe.each(SHELLS)('on this machine with %s', (...shell) => {
  let base = '';
  const app = (path = '') => join(base, 'app', path);
  const files = { 'server.js': 'serve()', 'node_modules/a/index.js': 'a', 'uploads/.keep': '' };
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'vrun-release-'));
    mkdirSync(join(base, 'tree'));
  });
  afterEach(() => rmSync(base, { recursive: true }));

  /** An archive of a tree with these files and whatever `more` makes there. */
  const pack = (contents: Readonly<Record<string, string>> = files, more = ':', name = 'a.tar.gz'): Buffer => {
    const tree = mkdtempSync(join(base, 'tree/'));
    for (const [path, text] of Object.entries(contents)) {
      mkdirSync(join(tree, path, '..'), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    execFileSync('sh', ['-c', more], { cwd: tree });
    const options = name.endsWith('xz') ? '-cJPf' : name.endsWith('gz') ? '-czPf' : '-cPf';
    execFileSync('tar', [options, join(base, name), '.'], { cwd: tree });
    return readFileSync(join(base, name));
  };
  const run = (params: Record<string, unknown>, bytes?: Buffer) => {
    const src = typeof params.src === 'string' ? params.src : 'a.tar.gz';
    return converge(release, { params: { path: app(), ...params }, local: bytes ? { [src]: bytes } : {} }, shell);
  };
  const unpack = (id: string, bytes = pack({ ...files, version: id }), more: Record<string, unknown> = {}) => {
    const [first, again] = run({ id, src: 'a.tar.gz', ...more }, bytes);
    expect(compact(again)).toEqual([]);
    expect(first.changes).toHaveLength(1);
  };
  const use = (id: string, more: Record<string, unknown> = {}) => {
    const [first, again] = run({ id, state: 'current', ...more });
    expect(compact(again)).toEqual([]);
    return first.changes.length;
  };
  const left = () => readdirSync(app('releases')).filter((name) => name.startsWith('.vrun'));

  test('unpack, switch, go back, prune, remove', () => {
    for (const [index, id] of ['1', '2', '3', '4'].entries()) {
      unpack(id, undefined, { shared: ['uploads', 'logs/app'] });
      utimesSync(app(`releases/.${id}.sha256`), index, index);
      expect(use(id, { keep: 3 })).toBe(id === '4' ? 2 : 1);
    }
    expect(readdirSync(app('releases')).filter((name) => !name.startsWith('.'))).toEqual(['2', '3', '4']);
    expect([readlinkSync(app('current')), readlinkSync(app('previous'))]).toEqual(['releases/4', 'releases/3']);
    expect(readFileSync(app('current/version'), 'utf8')).toBe('4');
    expect(readlinkSync(app('current/uploads'))).toBe('../../shared/uploads');
    expect(readlinkSync(app('current/logs/app'))).toBe('../../../shared/logs/app');
    writeFileSync(app('current/uploads/photo'), 'x');
    expect(existsSync(app('shared/uploads/photo'))).toBe(true);

    const [back, again] = run({ id: '4', state: 'previous' });
    expect([back.changes.length, compact(again)]).toEqual([1, []]);
    expect([readlinkSync(app('current')), readlinkSync(app('previous'))]).toEqual(['releases/3', 'releases/4']);
    run({ state: 'previous' });
    expect(readlinkSync(app('current'))).toBe('releases/4');

    expect(run({ id: '3', state: 'absent' })[0].changes).toHaveLength(1);
    expect(existsSync(app('previous'))).toBe(false);
    expect(() => run({ id: '4', state: 'absent' })).toThrow('in use');
    expect(() => run({ id: '9', state: 'current' })).toThrow(`missing path:${app('releases/9')}`);
    expect(left()).toEqual([]);
  });

  test.each<readonly [string, string, (bytes: Buffer) => Buffer]>([
    ['cut off', 'a.tar.gz', (bytes) => bytes.subarray(0, bytes.length - 20)],
    ['cut off in a file', 'a.tar', (bytes) => bytes.subarray(0, bytes.length - 12_000)],
    ['of another kind, not packed', 'a.tar.gz', (bytes) => gunzipSync(bytes)],
    ['a page that says that there is none', 'a.tar.gz', () => Buffer.from('<html>404</html>')],
    ['a page, as a zip archive', 'a.zip', () => Buffer.from('<html>404</html>')],
    ['a short text', 'a.tar', () => Buffer.from('404\n')],
    ['empty', 'a.tar.gz', () => Buffer.alloc(0)],
    [
      'with another checksum than it says',
      'a.tar.gz',
      (bytes) => Buffer.concat([bytes.subarray(0, -8), Buffer.alloc(8, 7)]),
    ],
    ['cut off, of xz', 'a.tar.xz', (bytes) => bytes.subarray(0, bytes.length - 20)],
  ])('an archive that is %s is refused beforehand, and by what unpacks it', (_, name, spoil) => {
    const whole = name.endsWith('zip') ? Buffer.alloc(0) : pack({ ...files, large: 'x'.repeat(20_000) }, ':', name);
    const bytes = spoil(whole);
    const plan = planHere(release, { params: { path: app(), id: '1', src: name }, local: { [name]: bytes } }, shell);
    expect([plan.changes, plan.failure?.summary]).toEqual([[], `${name} is not a whole archive`]);
    writeFileSync(join(base, name), bytes);
    const words = name.endsWith('zip') ? ['unzip', '-Z1'] : ['tar', name.endsWith('gz') ? '-tzf' : '-taf'];
    expect(spawnSync(words[0] ?? '', [...words.slice(1), join(base, name)]).status).not.toBe(0);
  });

  test('a zip archive', () => {
    pack(files, `zip -qr ${join(base, 'a.zip')} .`);
    unpack('1', readFileSync(join(base, 'a.zip')), { src: 'a.zip' });
    expect(readFileSync(app('releases/1/server.js'), 'utf8')).toBe('serve()');
  });

  test('what GNU tar takes is taken: an archive without its end, and one that is packed though its name does not say so', () => {
    const whole = pack(files, ':', 'a.tar');
    const end = Math.ceil(whole.findLastIndex((byte) => byte !== 0) / 512) * 512;
    unpack('1', whole.subarray(0, end), { src: 'a.tar' });
    unpack('2', gzipSync(whole), { src: 'a.tar' });
  });

  test('drift of links and mode is put right; what is in the way stays', () => {
    unpack('1', undefined, { shared: ['uploads'] });
    rmSync(app('releases/1/uploads'));
    chmodSync(app('releases/1'), 0o700);
    const bytes = readFileSync(join(base, 'a.tar.gz'));
    const [first, again] = run({ id: '1', src: 'a.tar.gz', shared: ['uploads'] }, bytes);
    expect([first.changes.length, compact(again)]).toEqual([2, []]);
    expect([readlinkSync(app('releases/1/uploads')), lstatSync(app('releases/1')).mode & 0o777]).toEqual([
      '../../shared/uploads',
      0o755,
    ]);
    const other = { id: '1', src: 'a.tar.gz', shared: ['node_modules'] };
    expect(() => run(other, bytes)).toThrow('node_modules is a directory');
  });

  test('what is shared is not replaced, and a link there may be', () => {
    mkdirSync(app('shared'), { recursive: true });
    writeFileSync(app('shared/.env'), 'A=1');
    unpack('1', pack({ ...files, '.env': 'A=0' }), { shared: ['.env'] });
    expect(readFileSync(app('releases/1/.env'), 'utf8')).toBe('A=1');
    symlinkSync('/nowhere', app('elsewhere'));
    rmSync(app('current'), { force: true });
    symlinkSync('/srv', app('current'));
    expect(use('1')).toBe(1);
    expect(existsSync(app('previous'))).toBe(false);
  });

  test('plain and xz archives', () => {
    for (const name of ['a.tar', 'a.tar.xz']) unpack(name, pack(files, ':', name), { src: name });
    expect(readFileSync(app('releases/a.tar.xz/server.js'), 'utf8')).toBe('serve()');
  });

  test('nobody else may write to what was unpacked', () => {
    unpack('1', pack(files, 'chmod 0777 . server.js node_modules; chmod 02777 uploads'));
    const modes = ['', 'server.js', 'node_modules', 'uploads'].map((path) => lstatSync(app(`releases/1/${path}`)).mode);
    expect(modes.map((mode) => (mode & 0o7777).toString(8))).toEqual(['755', '755', '755', '755']);
  });

  test('links that stay inside, and dangling ones, are kept', () => {
    unpack(
      '1',
      pack(files, 'mkdir -p n/.bin; ln -s ../../server.js n/.bin/s; ln -s ../gone/x/y n/.bin/d; ln -s n all'),
    );
    expect(readlinkSync(app('releases/1/n/.bin/d'))).toBe('../gone/x/y');
  });

  test.each([
    ['a link to elsewhere', 'ln -s /etc/passwd l', 'links that lead out'],
    ['a link upwards', 'mkdir d; ln -s ../../x d/l', 'links that lead out'],
    ['a dangling link to elsewhere', 'ln -s /none/such/file l', 'links that lead out'],
    ['a dangling link upwards', 'ln -s a/../../none/such l', 'links that lead out'],
    ['a link through a link', 'mkdir -p a/b; ln -s .. a/b/l; ln -s a/b/l/../../.. up', 'links that lead out'],
    ['a FIFO', 'mkfifo f', 'devices, sockets or FIFOs'],
    ['a set-uid file', 'chmod 4755 server.js', 'set-uid'],
    ['a set-gid file', 'chmod 2755 server.js', 'set-uid'],
  ])('%s is refused, and nothing is left', (_what, more, words) => {
    const bytes = pack(files, more);
    if (words !== 'devices, sockets or FIFOs')
      expect(() => run({ id: '1', src: 'a.tar.gz' }, bytes)).toThrow('a.tar.gz is refused');
    // By the host, too: packed under that name it isn't looked into here.
    expect(() => run({ id: '1', src: 'a.tar' }, bytes)).toThrow(words);
    expect(readdirSync(app('releases'))).toEqual([]);
  });

  test.each(['/tmp/vrun-evil', '../vrun-evil', 'a/../../vrun-evil'])('a member %s is refused', (name) => {
    writeFileSync(join(base, 'x'), 'evil');
    const bytes = join(base, 'e.tar.gz');
    execFileSync('tar', ['-czPf', bytes, '--transform', `s,^x$,${name},`, 'x'], { cwd: base });
    expect(() => run({ id: '1', src: 'a.tar.gz' }, readFileSync(bytes))).toThrow('a.tar.gz is refused');
    expect(() => run({ id: '1', src: 'a.tar' }, readFileSync(bytes))).toThrow(/lead out|contains '..'/);
    expect([existsSync('/tmp/vrun-evil'), existsSync(app('vrun-evil'))]).toEqual([false, false]);
    expect(readdirSync(app('releases'))).toEqual([]);
  });

  test('half an archive, and none at all', () => {
    const bytes = pack({ big: 'x'.repeat(200_000), more: Math.random().toString() });
    expect(() => run({ id: '1', src: 'a.tar.gz' }, bytes.subarray(0, bytes.length / 2))).toThrow(
      'is not a whole archive',
    );
    expect(() => run({ id: '1', src: 'a.tar.gz' }, Buffer.from('no archive'))).toThrow('is not a whole archive');
    expect(existsSync(app('releases'))).toBe(false);
  });

  test('what a run that was cut off left is removed', () => {
    mkdirSync(app('releases/.vrun-release-old/tree'), { recursive: true });
    unpack('1');
    expect(left()).toEqual([]);
  });

  test('releases that others made are not pruned, and have no digest', () => {
    mkdirSync(app('releases/theirs'), { recursive: true });
    unpack('1');
    expect(use('1', { keep: 1 })).toBe(1);
    expect(existsSync(app('releases/theirs'))).toBe(true);
    expect(planHere(release, { params: { path: app(), id: 'theirs' } }, shell).changes).toEqual([]);
  });

  describe('what the release in use has too is copied there', () => {
    const bytes = (seed: number) => randomBytes(20_000).fill(seed, 0, 50).toString('base64');
    const large = {
      ...{ 'lib/same': bytes(1), 'lib/-a b ü': bytes(2), 'lib/back\\slash': bytes(3), 'bin/same': bytes(4) },
      ...{ 'secret/same': bytes(5), 'moved/here': bytes(6), 'mode/now': bytes(7), small: 'x' },
    };
    const one = () =>
      pack({ ...large, 'lib/changed': bytes(8), gone: bytes(9) }, 'chmod 755 bin/same; chmod 700 secret');
    const more = `chmod 755 bin/same mode/now; chmod 700 secret; mkdir empty; ln -s ../lib/same bin/link; mv moved/here lib/here; touch -d @0 small`;
    const two = (text = bytes(10)) => pack({ ...large, 'lib/changed': text }, more);
    const plan = (archive: Buffer) =>
      planHere(release, { params: { path: app(), id: '2', src: 'a.tar.gz' }, local: { 'a.tar.gz': archive } }, shell);
    const sent = ({ changes: [change] }: Plan) => {
      const [step] = change?.steps ?? [];
      return step !== undefined && 'run' in step ? step.stdin : undefined;
    };
    const look = (id: string) =>
      execFileSync(
        'sh',
        ['-c', `find . ! -name version -printf '%P %y %m %l\\n' | sort; find . -type f -exec sha256sum {} + | sort`],
        {
          cwd: app(`releases/${id}`),
        },
      ).toString();
    beforeEach(() => {
      unpack('1', one());
      use('1');
    });

    test('and the tree is what it would be without', () => {
      const archive = two();
      const names = execFileSync('tar', ['-t'], { input: sent(plan(archive))?.bytes() })
        .toString()
        .split('\n');
      expect(names.filter((name) => name.endsWith('/same') || name.endsWith('ü'))).toEqual([]);
      expect(names).toEqual(
        expect.arrayContaining(['tree/lib/changed', 'tree/lib/here', 'tree/small', 'tree/bin/link']),
      );
      unpack('2', archive);
      rmSync(app('current'));
      unpack('3', archive);
      expect(look('2')).toBe(look('3'));
      expect(left()).toEqual([]);
    });

    test('unless the archive is less', () => {
      const archive = pack({ ...files, 'lib/same': large['lib/same'], much: 'x'.repeat(100_000) });
      expect(sent(plan(archive))?.size).toBe(archive.length);
    });

    test('unless what is in use is none of the releases', () => {
      const archive = two();
      execFileSync('sh', ['-c', 'mv releases/1 elsewhere; ln -sfn elsewhere current'], { cwd: app() });
      expect(sent(plan(archive))?.size).toBe(archive.length);
    });

    test.each([
      ['another content', 'echo x >>releases/1/lib/same'],
      ['a link', 'mv releases/1/lib/same elsewhere; ln -s ../../../elsewhere releases/1/lib/same'],
      ['nothing', 'rm releases/1/lib/same'],
    ])('and is refused where meanwhile there is %s', (_, change) => {
      const planned = plan(two());
      execFileSync('sh', ['-c', change], { cwd: app() });
      expect(() => perform(planned, shell)).toThrow(/1 has changed meanwhile|No such file/i);
      expect(existsSync(app('releases/2'))).toBe(false);
      expect(left()).toEqual([]);
    });
  });

  test.runIf(process.getuid?.() === 0)('owner and group, of everything and of what is shared', () => {
    unpack('1', undefined, { owner: 'daemon', group: 'www-data', shared: ['uploads'] });
    const { stdout } = spawnSync('sh', ['-c', 'find releases/1 shared/uploads -exec stat -c %U:%G {} + | sort -u'], {
      cwd: app(),
    });
    expect(stdout.toString()).toBe('daemon:www-data\n');
    expect(lstatSync(app('releases')).uid).toBe(0);
  });
});

describe('in a dry run', () => {
  const at = (
    path: string,
    left: { readonly kind: 'nothing' | 'anything' | 'directory' } | { readonly link: string },
  ) =>
    ({
      path: `/srv/app${path}`,
      ...('link' in left ? { kind: 'link', target: left.link } : left),
    }) as PathEffect;
  const made = at('/releases/b', { kind: 'directory' });
  const digest = { b: sha256 };
  const running = state({ ...inUse('a', 'z'), all: known('a', 'z') });
  const use = { ...common, state: 'current' };
  const back = { ...common, state: 'previous' };
  const plan = (
    have: unknown,
    params: Params,
    left: readonly PathEffect[],
    settled: Readonly<Record<string, string>> = {},
  ) => {
    const want = bind(release, params, local);
    const then = release.pending(have, want, foreseen(left, settled));
    if (then instanceof Missing) return then.needs;
    const { changes, failure } = release.plan(then, want);
    return failure ? [failure.summary] : compact({ changes }).filter((line) => /^[^ ]/.test(line));
  };
  const unpacked = new Missing({ needs: [`path:/srv/app/releases/b`], fresh: { ...running, release: there } });

  test.each<readonly [string, Params, readonly PathEffect[], readonly string[]]>([
    ['unpacked by an earlier task, it is there', present, [made], []],
    [
      'with other attributes it is corrected',
      { ...present, mode: '0711' },
      [{ path: made.path, kind: 'directory', mode: 0o755 }],
      ['~ release b in /srv/app: mode 0755 → mode 0711'],
    ],
    ['it is put into use', use, [made], ['~ link /srv/app/current: releases/a → releases/b']],
    ['in use already, nothing is to be done', use, [made, at('/current', { link: 'releases/b' })], []],
    [
      'the way back is the one that the earlier task left',
      back,
      [made, at('/current', { link: 'releases/b' }), at('/previous', { link: 'releases/a' })],
      ['~ link /srv/app/current: releases/b → releases/a'],
    ],
    [
      'the oldest go as if it were there',
      { ...use, keep: 1 },
      [made],
      ['~ link /srv/app/current: releases/a → releases/b', '- release z in /srv/app'],
    ],
    ['removed again', { ...common, state: 'absent' }, [made], ['- release b in /srv/app']],
    ['a link of another task', use, [made, at('/current', { kind: 'anything' })], ['path:/srv/app']],
  ])('%s', (_, params, left, lines) => {
    expect(plan(params.state === 'current' ? unpacked : running, params, left, digest)).toEqual(lines);
  });

  test('what an earlier task removes is not there', () => {
    const both = state({ ...inUse('a', 'b'), release: there, all: known('b', 'a') });
    const gone = [at('/releases/b', { kind: 'nothing' })];
    expect(plan(both, use, gone)).toEqual(['path:/srv/app/releases/b']);
    expect(plan(both, { path: '/srv/app', state: 'previous' }, gone)).toEqual([
      'there is no previous release in /srv/app',
    ]);
    expect(plan(both, { ...common, state: 'absent' }, gone)).toEqual([]);
    expect(plan(both, present, gone)).toEqual([expect.stringContaining('+ release b in /srv/app')]);
    expect(plan(running, { ...use, id: 'a' }, [at('/current', { kind: 'nothing' })])).toEqual([
      '+ link /srv/app/current: releases/a',
    ]);
  });
});
