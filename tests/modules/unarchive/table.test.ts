import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localArchive } from '../../../engine/archive/members.ts';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import type { LocalArchive } from '../../../engine/module/index.ts';
import unarchive from '../../../modules/unarchive/unarchive.ts';
import { bind } from '../harness/bind.ts';
import { converge, SHELLS } from '../harness/perform.ts';
import { compact, table } from '../harness/table.ts';

const local = { 'a.tar.gz': { 'bin/tool': 'run', 'share/doc': 'read' } };
const none = {
  missing: [],
  other: [],
  directory: [],
  content: [],
  attributes: [],
  unreadable: [],
  extra: [],
  extras: 0,
};
const state = (more: object = {}) => ({
  created: false,
  tree: undefined,
  differences: [],
  blocker: undefined,
  ...more,
});
const params = { src: 'a.tar.gz', dest: '/opt/tool' };
const remote = { src: '/srv/a.tar.gz', dest: '/opt/tool', remote_src: true };

table(
  unarchive,
  [
    {
      title: 'on the host, and no whole archive',
      params: remote,
      have: state({ differences: ['tar: error'], broken: 'gzip: stdin: unexpected end of file' }),
      changes: [],
      failure: '/srv/a.tar.gz is not a whole archive',
    },
    {
      title: 'into a directory where nothing can be written',
      params: remote,
      have: state({ differences: ['tool: differs'], shut: '/opt' }),
      changes: [],
      failure: 'nothing can be written in /opt',
    },
    {
      title: 'where there is no room',
      params,
      local,
      have: state({ tree: { blocker: undefined, room: 2, difference: { ...none, content: [1] } } }),
      changes: [],
      failure: 'there is no room for /opt/tool/',
    },
    {
      title: 'every file as in the archive',
      params,
      local,
      have: state({ tree: { blocker: undefined, difference: none } }),
      changes: [],
    },
    {
      title: 'a file that was changed',
      params,
      local,
      have: state({ tree: { blocker: undefined, difference: { ...none, content: [1] } } }),
      changes: [
        '~ 1 file in /opt/tool: 1 changed: bin/tool',
        '  < ‹2048 bytes›',
        '  = path:/opt/tool',
        '  = path:/opt/tool/',
      ],
    },
    { title: 'what it creates is there', params, local, have: state({ created: true }), changes: [] },
    { title: 'on the host, and unpacked', params: remote, have: state(), changes: [] },
    {
      title: 'on the host, and not quite unpacked',
      params: remote,
      have: state({ differences: ['bin/tool: Contents differ'] }),
      changes: [
        '~ what /srv/a.tar.gz holds, in /opt/tool: bin/tool: Contents differ',
        '  = path:/opt/tool',
        '  = path:/opt/tool/',
      ],
    },
    {
      title: 'on the host, with a file in the place of the directory',
      params: remote,
      have: state({ differences: ['x'], blocker: '/opt' }),
      changes: [],
      failure: '/opt is not a directory',
    },
  ],
  /^never$/,
);

test.each([
  [{ ...params, src: 'a.rar' }, 'not that of an archive'],
  [{ ...params, dest: 'opt' }, 'absolute'],
  [{ ...remote, src: 'a.tar.gz' }, 'absolute'],
  [{ ...remote, src: 'https://example.com/a.zip' }, 'not fetched'],
  [{ ...params, extra_opts: ['--transform', 's/a/b/'] }, 'not known here'],
  [{ ...params, exclude: ['/'] }, 'names nothing'],
  [{ ...remote, src: '/a.zip', creates: '/x', strip_components: 1 }, 'no way to leave out'],
])('parameters that are refused: %j', (given, words) => {
  expect(() => bind(unarchive, given, { ...local, 'a.rar': {} })).toThrow(words);
});

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'vrun-unarchive-'));
});
afterEach(() => rmSync(base, { recursive: true }));

/** A tree with these files and what `more` makes there, packed as the name says. */
function pack(name: string, files: Readonly<Record<string, string>>, more = ':'): string {
  const tree = mkdtempSync(join(base, 'tree'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const archive = join(base, name);
  const command = name.endsWith('.zip') ? `zip -qry ${archive} .` : `tar -caf ${archive} .`;
  execFileSync('sh', ['-c', `${more} && ${command}`], { cwd: tree });
  return archive;
}

const FILES = {
  'v1/bin/tool': '#!/bin/sh\n',
  [`v1/${'long/'.repeat(30)}x`]: 'deep',
  'v1/größe & co': 'ö',
  'v1/empty': '',
};
const MORE = 'chmod 0755 v1/bin/tool && ln -s bin/tool v1/t && mkdir v1/void && cp -l v1/bin/tool v1/hard';
const hasZip = existsSync('/usr/bin/zip');
const kinds = ['a.tar', 'a.tgz', 'a.tar.xz', ...(hasZip ? ['a.zip'] : [])];

/** Changes a byte of a text that the archive holds as it is. */
function spoil(archive: string, text: string): void {
  const bytes = readFileSync(archive);
  const at = bytes.indexOf(text);
  bytes.set([0x21], at < 0 ? 60 : at);
  writeFileSync(archive, bytes);
}

describe('what is in an archive of the controller', () => {
  test.skipIf(!hasZip)('a zip archive whose checksum is another one is refused', () => {
    const archive = pack('a.zip', { x: 'stored as it is' });
    expect(localArchive('a.zip', archive).items(0)).toHaveLength(1);
    spoil(archive, 'stored');
    expect(refusal(localArchive('a.zip', archive), 0)).toContain('its checksum is another one');
  });

  test.each([
    ['mkdir d && ln -s .. d/up && ln -s d/up/.. out', 'link out leads out of it'],
    ['mkdir d && ln -s ../x d/a && ln -s d/a/../.. b && ln -s b/c c', 'leads out of it'],
  ])('links that lead out together: %s', (more, words) => {
    expect(refusal(localArchive('a.tar', pack('a.tar', { x: '' }, more)), 0)).toContain(words);
  });

  test('links in a circle lead nowhere', () => {
    const archive = pack('a.tar', {}, 'ln -s b a && ln -s a b');
    expect(localArchive('a.tar', archive).items(0)).toHaveLength(2);
  });

  test.each(kinds)('%s', (name) => {
    const items = localArchive(name, pack(name, FILES, MORE)).items(0);
    const found = items.map(({ path, kind, mode, target, content }) => [
      path,
      kind,
      mode & 0o777,
      target ?? content?.text(),
    ]);
    expect(found.toSorted()).toEqual(
      [
        ...['v1', 'v1/bin', 'v1/void'].map((path) => [path, 'directory', 0o755, undefined]),
        ...Array.from({ length: 30 }, (_, index) => [`v1${'/long'.repeat(index + 1)}`, 'directory', 0o755, undefined]),
        [`v1${'/long'.repeat(30)}/x`, 'file', 0o644, 'deep'],
        ['v1/bin/tool', 'file', 0o755, '#!/bin/sh\n'],
        ['v1/hard', 'file', 0o755, '#!/bin/sh\n'],
        ['v1/größe & co', 'file', 0o644, 'ö'],
        ['v1/empty', 'file', 0o644, ''],
        ['v1/t', 'link', 0o777, 'bin/tool'],
      ].toSorted(),
    );
  });

  test.each(['ustar', 'pax', 'v7', 'oldgnu'])('in tar format %s', (format) => {
    const archive = pack('b.tar', { 'a/b': 'x' }, ':');
    execFileSync('tar', [`--format=${format}`, '-cf', archive, 'a'], { cwd: join(archive, '..', onlyTree(archive)) });
    expect(
      localArchive('b.tar', archive)
        .items(1)
        .map(({ path, content }) => [path, content?.text()]),
    ).toEqual([['b', 'x']]);
  });

  test.each([
    ['mkfifo f', 'neither file'],
    ['chmod 4755 x', 'set-uid'],
    ['ln -s /etc l', 'leads out of it'],
    ['ln -s ../x l', 'leads out of it'],
    ['mkdir d && ln -s ../../x d/l', 'leads out of it'],
    ["touch 'a\nb'", 'name that'],
  ])('%s is refused', (more, words) => {
    const archive = localArchive('a.tar.gz', pack('a.tar.gz', { x: '' }, more));
    expect(refusal(archive, 0)).toContain(words);
  });

  test.each(['/etc/x', '../x', 'a/../../x'])('a member %s is refused', (name) => {
    writeFileSync(join(base, 'x'), '');
    const archive = join(base, 'e.tar');
    execFileSync('tar', ['-cPf', archive, '--transform', `s,^x$,${name},`, 'x'], { cwd: base });
    expect(refusal(localArchive('e.tar', archive), 0)).toContain('leads out of it');
  });

  test('a link that leads out of what is left of its path', () => {
    const archive = localArchive('a.tar', pack('a.tar', { 'v1/x': '', y: '' }, 'ln -s ../y v1/l'));
    expect(archive.items(0).some(({ kind }) => kind === 'link')).toBe(true);
    expect(refusal(archive, 2)).toContain('leads out of it');
  });

  test.each(kinds)('half of %s is refused', (name) => {
    const archive = pack(name, { x: 'x'.repeat(5000), y: Math.random().toString() });
    const bytes = readFileSync(archive);
    writeFileSync(archive, bytes.subarray(0, bytes.length / 2));
    expect(() => localArchive(name, archive).items(0)).toThrow('is refused');
  });

  test.each(kinds)('whatever has been done to %s, it is read or refused, and never leads out', (name) => {
    const archive = pack(name, FILES, MORE);
    const bytes = readFileSync(archive);
    const places = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(places, (changes) => {
        const changed = Buffer.from(bytes);
        for (const [at, byte] of changes) changed[at] = byte;
        writeFileSync(archive, changed);
        const reader = localArchive(name, archive);
        if (refusal(reader, 0) !== undefined) return;
        for (const { path } of reader.items(0)) {
          expect(path.startsWith('/') || path === '' || path.split('/').includes('..')).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a size that leads backwards', () => {
    const header = (type: string, size: number) => {
      const block = Buffer.alloc(512);
      block.write('x', 0);
      block.write(size.toString(8).padStart(11, '0'), 124);
      block.fill(' ', 148, 156);
      block.write(type, 156);
      const sum = block.reduce((total, byte) => total + byte, 0);
      block.write(`${sum.toString(8).padStart(6, '0')}\0`, 148);
      return block;
    };
    const record = Buffer.alloc(512);
    record.write('13 size=-512\n');
    const archive = join(base, 'a.tar');
    writeFileSync(archive, Buffer.concat([header('x', 13), record, header('0', 0), Buffer.alloc(1024)]));
    expect(refusal(localArchive('a.tar', archive), 0)).toContain('a size that is none');
  });

  test('what is no archive is refused', () => {
    for (const name of kinds) {
      writeFileSync(join(base, name), 'no archive at all');
      expect(() => localArchive(name, join(base, name)).items(0)).toThrow(/is refused/);
    }
  });
});

function refusal(archive: LocalArchive, strip: number): string | undefined {
  try {
    archive.items(strip);
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error.problems[0]?.detail;
    throw error;
  }
}

function onlyTree(archive: string): string {
  const name = execFileSync('ls', [dirname(archive)])
    .toString()
    .split('\n')
    .find((one) => one.startsWith('tree'));
  return name ?? '';
}

describe.each(SHELLS)('on this machine with %s', (...shell) => {
  const here = (path: string) => join(base, 'd', path);
  const read = (path: string) => readFileSync(here(path), 'utf8');
  const run = (given: Record<string, unknown>, archive?: string) => {
    const src = String(given.src ?? 'a.tar.gz');
    const row = {
      params: { src, dest: join(base, 'd'), ...given },
      local: archive ? { [src]: readFileSync(archive) } : {},
    };
    const [first, again] = converge(unarchive, row, shell);
    expect(compact(again)).toEqual([]);
    return first.changes.length;
  };

  test('from absent, from drifted, without what leads there', () => {
    const archive = pack('a.tar.gz', FILES, MORE);
    expect(run({ strip_components: 2 }, archive)).toBe(1);
    expect([read('t'), readlinkSync(here('t')), lstatSync(here('hard')).mode & 0o777]).toEqual([
      '#!/bin/sh\n',
      'bin/tool',
      0o755,
    ]);
    expect(run({ strip_components: 2 }, archive)).toBe(0);
    writeFileSync(here('bin/tool'), 'other');
    chmodSync(here('empty'), 0o666);
    writeFileSync(here('own'), 'mine');
    expect(run({ strip_components: 2 }, archive)).toBe(2);
    expect([read('bin/tool'), read('own'), lstatSync(here('empty')).mode & 0o777]).toEqual([
      '#!/bin/sh\n',
      'mine',
      0o644,
    ]);
  });

  test('creates: everything, or nothing', () => {
    const archive = pack('a.tar.gz', FILES, MORE);
    const creates = { creates: join(base, 'd/v1/bin/tool') };
    expect(run(creates, archive)).toBe(1);
    writeFileSync(here('v1/bin/tool'), 'other');
    expect(run(creates, archive)).toBe(0);
    const never = { creates: here('v1/never') };
    const said = 'never is still not there: let `creates` name what the archive has';
    expect(() => run(never, archive)).toThrow(said);
    expect(() => run({ ...never, src: archive, remote_src: true })).toThrow(said);
  });

  test('an archive that is on the host', () => {
    const src = pack('r.tar.gz', FILES, MORE);
    const given = { src, remote_src: true, strip_components: 2 };
    if (shell[0] === 'busybox') return; // its tar is the host's own here, all the same
    expect(run(given)).toBe(1);
    expect(run(given)).toBe(0);
    writeFileSync(here('bin/tool'), 'other');
    rmSync(here('t'));
    expect(run({ ...given, mode: '0640' })).toBe(1);
    expect([read('bin/tool'), lstatSync(here('bin/tool')).mode & 0o777, lstatSync(here('bin')).mode & 0o777]).toEqual([
      '#!/bin/sh\n',
      0o640,
      0o755,
    ]);
    expect(run({ ...given, mode: '0640' })).toBe(0);
    expect(() => run({ ...given, src: join(base, 'none.tar') })).toThrow('missing path:');
  });

  test.each(['r.tar.gz', ...(hasZip ? ['r.zip'] : [])])(
    'files of %s on the host get back owner, group and mode',
    (name) => {
      if (shell[0] === 'busybox') return;
      const src = pack(name, FILES, MORE);
      const given = { src, remote_src: true, group: '2', mode: '0640' };
      const tool = here('v1/bin/tool');
      expect([run(given), run(given)]).toEqual([1, 0]);
      chmodSync(tool, 0o600);
      expect([run(given), lstatSync(tool).mode & 0o777, run(given)]).toEqual([1, 0o640, 0]);
      chownSync(tool, 0, 1);
      expect([run(given), lstatSync(tool).gid, run(given)]).toEqual([1, 2, 0]);
    },
  );

  test.each(['a.tar', 'a.tgz', ...(hasZip ? ['a.zip'] : [])])(
    'some of %s, of the controller or of the host',
    (name) => {
      if (shell[0] === 'busybox') return;
      const archive = pack(name, {
        'v1/bin/tool': 'run',
        'v1/docs/a.md': '',
        'v1/docs/deep/b': '',
        'v1/x.md': '',
        'v2/y': '',
      });
      const some = { include: ['v1'], exclude: ['*.md', 'deep'], list_files: true };
      for (const given of [
        { ...some, src: name },
        { ...some, src: archive, remote_src: true },
      ]) {
        expect(run(given, archive)).toBe(1);
        expect(execFileSync('find', ['.', '-type', 'f'], { cwd: join(base, 'd') }).toString()).toBe('./v1/bin/tool\n');
        expect(run(given, archive)).toBe(0);
        rmSync(join(base, 'd'), { recursive: true });
      }
    },
  );

  test('directories that were there keep their own; links to them stay', () => {
    mkdirSync(here('bin'), { recursive: true, mode: 0o755 });
    mkdirSync(here('usr/lib'), { recursive: true });
    execFileSync('ln', ['-s', 'usr/lib', here('lib')]);
    const archive = pack('a.tar.gz', { 'bin/tool': 'run', 'share/doc': 'read' });
    const mode = (path: string) => lstatSync(here(path)).mode & 0o777;
    for (const given of [
      { mode: '0700' },
      ...(shell[0] === 'busybox' ? [] : [{ mode: '0700', src: archive, remote_src: true }]),
    ]) {
      expect(run(given, archive)).toBe(1);
      expect(['', 'bin', 'bin/tool', 'share'].map(mode)).toEqual([0o755, 0o755, 0o700, 0o700]);
      rmSync(here('bin/tool'));
      rmSync(here('share'), { recursive: true });
    }
    const into = pack('a.tar.gz', { 'lib/x': 'run' });
    expect(() => run({}, into)).toThrow('lib is a link or a file');
    if (shell[0] !== 'busybox') expect(() => run({ src: into, remote_src: true })).toThrow('leads to one');
    expect(readlinkSync(here('lib'))).toBe('usr/lib');
  });

  test('a zip archive of the host is held against what is there', () => {
    if (!hasZip || shell[0] === 'busybox') return;
    const src = pack('r.zip', { ...FILES, 'v1/[x] *?': 'odd' }, MORE);
    const given = { src, remote_src: true };
    expect(run(given)).toBe(1);
    expect(run(given)).toBe(0);
    writeFileSync(here('v1/bin/tool'), 'other');
    writeFileSync(here('v1/[x] *?'), 'even');
    rmSync(here('v1/t'));
    expect(run(given)).toBe(1);
    expect([read('v1/bin/tool'), read('v1/[x] *?'), readlinkSync(here('v1/t'))]).toEqual([
      '#!/bin/sh\n',
      'odd',
      'bin/tool',
    ]);
  });

  test('a zip archive of the host with a wrong checksum is foreseen as broken', () => {
    if (!hasZip || shell[0] === 'busybox') return;
    const src = pack('r.zip', { x: 'unpacked as it is'.repeat(9) });
    spoil(src, 'unpacked');
    expect(() => run({ src, remote_src: true })).toThrow('not a whole archive');
    expect(() => run({ src, remote_src: true, creates: here('x') })).toThrow('not a whole archive');
  });
});
