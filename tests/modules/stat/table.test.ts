import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Content, type PathEffect, Unknown } from '../../../engine/module/index.ts';
import stat from '../../../modules/stat/stat.ts';
import { bind, type Params } from '../harness/bind.ts';
import { foreseen } from '../harness/foreseen.ts';
import { probeAll, runScript, SHELLS } from '../harness/perform.ts';
import { table } from '../harness/table.ts';

const DETAILS = {
  ...{ type: 0o100000, mode: 0o640, uid: 77, gid: 0, owner: undefined, group: 'root', size: 3 },
  ...{ device: 1, inode: 2, hardLinks: 1, blocks: 8, blockSize: 4096, deviceType: 0 },
  ...{ accessed: 1, modified: 1_700_000_000, changed: 3 },
};
const NOTHING = { details: undefined, access: '', target: undefined, source: undefined, checksum: undefined };

table(stat, [
  {
    title: 'a file',
    params: { path: '/etc/motd' },
    have: { ...NOTHING, details: DETAILS, access: 'rw', checksum: 'ab' },
    changes: [],
    result: {
      stat: {
        ...{ exists: true, path: '/etc/motd', mode: '0640', size: 3, uid: 77, gid: 0, pw_name: null, gr_name: 'root' },
        ...{ isreg: true, isdir: false, islnk: false, ischr: false, isblk: false, isfifo: false, issock: false },
        ...{ rusr: true, wusr: true, xusr: false, rgrp: true, wgrp: false, xgrp: false },
        ...{ roth: false, woth: false, xoth: false, isuid: false, isgid: false },
        ...{ readable: true, writeable: true, executable: false, checksum: 'ab' },
        ...{ inode: 2, dev: 1, nlink: 1, atime: 1, mtime: 1_700_000_000, ctime: 3 },
        ...{ blocks: 8, block_size: 4096, device_type: 0, lnk_target: null, lnk_source: null },
      },
    },
  },
  { title: 'nothing', params: { path: '/none' }, have: NOTHING, changes: [], result: { stat: { exists: false } } },
  {
    title: 'what may not be looked at is not said to be absent',
    params: { path: '/root/x' },
    have: { ...NOTHING, trouble: 'hidden' },
    changes: [],
    failure: 'cannot read /root/x',
  },
  {
    title: 'below a file',
    params: { path: '/etc/motd/x' },
    have: { ...NOTHING, trouble: 'no-directory' },
    changes: [],
    failure: "/etc/motd/x can't be there",
  },
  {
    title: 'a link to itself, followed',
    params: { path: '/l', follow: true },
    have: { ...NOTHING, trouble: 'loop' },
    changes: [],
    failure: '/l leads nowhere',
  },
]);

test('a plain string is its path', () => {
  expect(stat.freeForm).toBe('path');
  expect(() => bind(stat, { path: 'etc' })).toThrow('absolute');
  expect(bind(stat, { path: '/a//b/', checksum_algorithm: 'md5' })).toEqual({
    path: '/a/b/',
    follow: false,
    checksum: 'md5',
  });
});

describe('behind pending changes', () => {
  const have = { ...NOTHING, details: DETAILS, access: 'rw', checksum: 'ab' };
  const look = (left: readonly PathEffect[], params: Params = { path: '/a' }, now: object = have) => {
    const want = bind(stat, params);
    return stat.plan(stat.pending(now, want, foreseen(left)), want).result?.stat;
  };
  const unknown = expect.any(Unknown);

  test('kinds are known, and what the change says', () => {
    expect(
      look([{ path: '/a', kind: 'file', content: Content.of('x'), mode: 0o600 }], { path: '/a' }, NOTHING),
    ).toMatchObject({
      exists: true,
      isreg: true,
      isdir: false,
      mode: '0600',
      rgrp: false,
      size: unknown,
      checksum: unknown,
    });
    expect(look([{ path: '/a', kind: 'link', target: 'b' }])).toMatchObject({
      ...{ islnk: true, lnk_target: 'b', lnk_source: unknown, uid: unknown },
    });
    expect(look([{ path: '/a', kind: 'nothing' }])).toEqual({ exists: false });
    expect(look([{ path: '/a', kind: 'anything' }])).toEqual(unknown);
  });

  test('other attributes leave the rest as it is', () => {
    expect(look([{ path: '/a', kind: 'same', owner: 'x' }])).toMatchObject({
      ...{ size: 3, checksum: 'ab', mode: '0640', gid: 0, uid: unknown, pw_name: unknown, readable: unknown },
    });
    expect(look([{ path: '/a', kind: 'same', mode: 0o644 }])).toMatchObject({ mode: '0644', roth: true, uid: 77 });
  });

  test('what a followed link leads to counts', () => {
    const link = { ...NOTHING, details: DETAILS, target: 'b', source: '/b' };
    const there: PathEffect = { path: '/b', kind: 'same', mode: 0o600 };
    expect(look([there], { path: '/a', follow: true }, link)).toEqual(unknown);
    expect(look([there], { path: '/a' }, link)).toMatchObject({ mode: '0640' });
    expect(look([{ path: '/a', kind: 'link', target: 'c' }], { path: '/a', follow: true }, link)).toEqual(unknown);
  });
});

describe.each(SHELLS)('on this machine with %s', (...shell) => {
  let base = '';
  const at = (name: string) => join(base, name);
  const look = (params: Params): Readonly<Record<string, unknown>> => {
    const want = bind(stat, params);
    const plan = stat.plan(probeAll(stat, [want], shell)[0], want);
    if (plan.failure) return { failure: plan.failure.summary };
    return Object(plan.result?.stat);
  };
  beforeAll(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'vrun-stat-')));
    mkdirSync(at('directory/sub'), { recursive: true });
    writeFileSync(at("it's\\a $file"), 'text');
    chmodSync(at("it's\\a $file"), 0o4751);
    runScript(`cd ${base}; mkfifo fifo`);
    for (const [name, target] of [
      ...[
        ['link', 'directory/../directory'],
        ['to-file', "it's\\a $file"],
        ['dangling', 'none/../x'],
        ['loop', 'loop'],
      ],
      ['above', '../directory'],
    ] as const)
      symlinkSync(target, name === 'above' ? at('directory/above') : at(name));
  });
  afterAll(() => rmSync(base, { recursive: true }));

  test.each(['directory', "it's\\a $file", 'fifo', 'link', 'dangling', 'loop'])('%s is what Node says', (name) => {
    const known = lstatSync(at(name));
    expect(look({ path: at(name) })).toMatchObject({
      ...{ exists: true, path: at(name), mode: (known.mode & 0o7777).toString(8).padStart(4, '0') },
      ...{ isreg: known.isFile(), isdir: known.isDirectory(), islnk: known.isSymbolicLink(), isfifo: known.isFIFO() },
      ...{ uid: known.uid, gid: known.gid, size: known.size, inode: known.ino, dev: known.dev, nlink: known.nlink },
      ...{ blocks: known.blocks, block_size: known.blksize, device_type: known.rdev },
      ...{ mtime: Math.floor(known.mtimeMs / 1000), ctime: Math.floor(known.ctimeMs / 1000) },
      ...{ isuid: (known.mode & 0o4000) !== 0, xoth: (known.mode & 1) !== 0, wgrp: (known.mode & 0o20) !== 0 },
    });
  });

  test('links, as they are written and where they lead', () => {
    expect(look({ path: at('link') })).toMatchObject({
      lnk_target: 'directory/../directory',
      lnk_source: at('directory'),
    });
    expect(look({ path: at('directory/above') })).toMatchObject({
      lnk_target: '../directory',
      lnk_source: at('directory'),
    });
    expect(look({ path: at('dangling') })).toMatchObject({ lnk_target: 'none/../x', lnk_source: at('x') });
    expect(look({ path: at('loop') })).toMatchObject({ lnk_target: 'loop', lnk_source: at('loop') });
  });

  test('a slash at the end, and follow', () => {
    expect(look({ path: `${at('link')}/` })).toMatchObject({
      isdir: true,
      islnk: false,
      lnk_target: null,
      path: `${at('link')}/`,
    });
    expect(look({ path: at('link'), follow: true })).toMatchObject({ isdir: true, inode: statSync(at('link')).ino });
    expect(look({ path: at('to-file'), follow: true })).toMatchObject({ isreg: true, size: 4, mode: '4751' });
    expect(look({ path: `${at('dangling')}/` })).toEqual({ exists: false });
    expect(look({ path: at('dangling'), follow: true })).toEqual({ exists: false });
    expect(look({ path: at('none') })).toEqual({ exists: false });
    expect(look({ path: at('dangling/below') })).toEqual({ exists: false });
    for (const path of ["it's\\a $file/", 'to-file/', "it's\\a $file/below"])
      expect(look({ path: at(path) })).toEqual({ failure: `${at(path)} can't be there` });
  });

  test('checksums by any algorithm, of files alone', () => {
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha384', 'sha512']) {
      if (shell[0] === 'busybox' && algorithm === 'sha384') continue;
      const checksum = createHash(algorithm).update('text').digest('hex');
      expect(look({ path: at("it's\\a $file"), checksum_algorithm: algorithm })).toMatchObject({ checksum });
      expect(look({ path: at('to-file'), follow: true, checksum_algorithm: algorithm })).toMatchObject({ checksum });
    }
    expect(look({ path: at("it's\\a $file") })).toMatchObject({
      checksum: createHash('sha1').update('text').digest('hex'),
    });
    expect(look({ path: at("it's\\a $file"), get_checksum: false })).toMatchObject({ checksum: null });
    for (const name of ['to-file', 'fifo', 'directory'])
      expect(look({ path: at(name) })).toMatchObject({ checksum: null });
  });

  test('many at once are one probe', () => {
    const wants = [`${at('link')}/`, at('link'), at('to-file'), at('none')].map((path) => bind(stat, { path }));
    const followed = bind(stat, { path: at('to-file'), follow: true, checksum_algorithm: 'md5' });
    const states = probeAll(stat, [...wants, followed], shell);
    expect(states).toMatchObject([
      ...[{ details: { type: 0o40000 } }, { target: 'directory/../directory' }, { source: at("it's\\a $file") }],
      ...[{ details: undefined }, { checksum: createHash('md5').update('text').digest('hex') }],
    ]);
  });
});
