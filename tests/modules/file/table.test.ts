import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import file from '../../../modules/file/file.ts';
import { bind } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { converge, planHere, runScript, SHELLS } from '../harness/perform.ts';
import { compact, table } from '../harness/table.ts';

const absent = { entry: undefined, missing: [], source: undefined, tree: [] };
const at = (given: Parameters<typeof entry>[0]) => ({ ...absent, entry: entry(given) });
const tree = (modes: readonly number[]) =>
  modes.map((mode) => ({ ...entry({ mode: mode & 0o7777 }), kind: mode & 0o40000 ? 'directory' : 'file' }));

table(file, [
  ...(
    [
      [{ state: 'directory' }, { ...absent, shut: '/srv' }, 'nothing can be written in /srv'],
      [{ state: 'touch' }, { ...absent, shut: '/srv' }, 'nothing can be written in /srv'],
      [{ state: 'touch' }, at({ held: 'fixed' }), "/srv/x can't be changed by anybody"],
      [{ state: 'file', mode: '0600' }, at({ held: 'fixed' }), "/srv/x can't be changed by anybody"],
      [{ state: 'file', mode: '0600' }, at({ held: 'foreign' }), '/srv/x belongs to root'],
      [{ state: 'absent' }, at({ held: 'mount' }), '/srv/x is a mount point'],
      [{ state: 'absent' }, { ...at({ kind: 'directory' }), mounts: ['/srv/x/y'] }, '/srv/x/y is a mount point'],
      [{ state: 'absent' }, { ...at({}), shut: '/srv' }, 'nothing can be written in /srv'],
      [{ state: 'link', src: 'b' }, { ...at({ kind: 'link', target: 'a' }), shut: '/srv' }, 'can be written in /srv'],
      [{ state: 'hard', src: '/a' }, { ...absent, source: entry({ kind: 'directory' }) }, '/a can.t have another name'],
      [
        { state: 'hard', src: '/a' },
        { ...absent, crosses: true, source: entry({}) },
        '/a can.t have another name there',
      ],
    ] as const
  ).map(([params, have, failure]) => ({
    title: `${failure}: ${params.state}`,
    params: { path: '/srv/x', ...params },
    have,
    changes: [],
    failure: new RegExp(failure),
  })),
  {
    title: 'what is mounted gets another mode',
    params: { path: '/srv/x', state: 'file', mode: '0600' },
    have: { ...at({ held: 'mount' }), shut: '/srv' },
    changes: ['~ file /srv/x: mode 0644 → mode 0600', '  $ chmod -- 00600 /srv/x'],
  },
  {
    title: 'a directory that is missing is made with those above it',
    params: { path: '/srv/a/b/', state: 'directory', owner: 'www-data', group: 'www-data', mode: '0750' },
    have: { ...absent, missing: ['/srv/a'] },
    changes: [
      '+ directory /srv/a/b: mode 0750, owner www-data, group www-data, with /srv/a above it',
      '  $ mkdir -m 00750 -- /srv/a &&',
      '  $ chown -h -- www-data:www-data /srv/a &&',
      '  $ chmod -- 00750 /srv/a &&',
      '  $ mkdir -m 00750 -- /srv/a/b &&',
      '  $ chown -h -- www-data:www-data /srv/a/b &&',
      '  $ chmod -- 00750 /srv/a/b',
      '  = path:/srv/a',
      '  = path:/srv/a/b',
    ],
  },
  {
    title: 'a directory as it should be',
    params: { path: '/srv', state: 'directory', owner: 'root', mode: '0755' },
    have: at({ kind: 'directory', mode: 0o755 }),
    changes: [],
    result: { path: '/srv', state: 'directory' },
  },
  {
    title: 'only what differs is named and set',
    params: { path: '/srv', state: 'directory', owner: 'root', group: 'adm', mode: 'g+s' },
    have: at({ kind: 'directory', mode: 0o755 }),
    changes: [
      '~ directory /srv: mode 0755, group root → mode 2755, group adm',
      '  $ chgrp -h -- adm /srv &&',
      '  $ chmod -- 02755 /srv',
    ],
  },
  {
    title: 'an octal mode takes the set-gid bit of a directory away',
    params: { path: '/srv', state: 'directory', mode: '755' },
    have: at({ kind: 'directory', mode: 0o2755 }),
    changes: ['~ directory /srv: mode 2755 → mode 0755', '  $ chmod -- 00755 /srv'],
  },
  {
    title: 'an owner given by number',
    params: { path: '/srv', state: 'directory', owner: '0', group: '4' },
    have: at({ kind: 'directory', group: 'adm', gid: 4 }),
    changes: [],
  },
  {
    title: 'a file in the place of a directory',
    params: { path: '/srv', state: 'directory' },
    have: at({ kind: 'file' }),
    changes: [],
    failure: '/srv is a file',
  },
  {
    title: 'recurse looks at all that is in it',
    params: { path: '/srv', state: 'directory', recurse: true, mode: 'u=rwX,go=rX', owner: 'root' },
    have: { ...at({ kind: 'directory', mode: 0o755 }), tree: tree([0o40755, 0o644, 0o600]) },
    changes: [
      '~ directory /srv and all that is in it: mode u=rwX,go=rX, owner root',
      '  $ chown -hR -- root /srv &&',
      '  $ chmod -R -- u=rwX,go=rX /srv',
    ],
  },
  {
    title: 'recurse where nothing differs',
    params: { path: '/srv', state: 'directory', recurse: true, mode: 'u=rwX,go=rX', owner: 'root' },
    have: { ...at({ kind: 'directory', mode: 0o755 }), tree: tree([0o40755, 0o644, 0o755]) },
    changes: [],
  },
  {
    title: 'attributes of a file',
    params: { path: '/etc/motd', state: 'file', mode: 'u=rw,g=r,o=' },
    have: at({ kind: 'file', mode: 0o644 }),
    changes: ['~ file /etc/motd: mode 0644 → mode 0640', '  $ chmod -- 00640 /etc/motd'],
  },
  {
    title: 'a new owner of a set-uid file: the bit is set again',
    params: { path: '/opt/x', state: 'file', mode: '4755', owner: 'adm' },
    have: at({ kind: 'file', mode: 0o4755 }),
    changes: ['~ file /opt/x: owner root → owner adm', '  $ chown -h -- adm /opt/x &&', '  $ chmod -- 04755 /opt/x'],
  },
  {
    title: 'a file is removed',
    params: { path: '/etc/motd', state: 'absent' },
    have: at({ kind: 'file' }),
    changes: ['- file /etc/motd', '  $ rm -f -- /etc/motd'],
  },
  {
    title: 'a directory is removed with all that is in it',
    params: { path: '/srv/old site', state: 'absent' },
    have: at({ kind: 'directory' }),
    changes: ['- directory /srv/old site', "  $ rm -rf -- '/srv/old site'"],
  },
  { title: 'nothing to remove', params: { path: '/etc/motd', state: 'absent' }, have: absent, changes: [] },
  {
    title: 'a link is made',
    params: { path: '/etc/localtime', state: 'link', src: '/usr/share/zoneinfo/UTC' },
    have: absent,
    changes: [
      '+ link /etc/localtime: /usr/share/zoneinfo/UTC',
      '  $ ln -sfn -- /usr/share/zoneinfo/UTC /etc/localtime',
      '  = path:/etc/localtime',
    ],
  },
  {
    title: 'a link that leads elsewhere',
    params: { path: '/a', state: 'link', src: 'c' },
    have: at({ kind: 'link', target: 'b' }),
    changes: ['~ link /a: b → c', '  $ ln -sfn -- c /a'],
  },
  {
    title: 'a link as it should be',
    params: { path: '/a', state: 'link', src: 'b' },
    have: at({ kind: 'link', target: 'b' }),
    changes: [],
  },
  {
    title: 'a file is not replaced by a link unasked',
    params: { path: '/a', state: 'link', src: 'b' },
    have: at({ kind: 'file' }),
    changes: [],
    failure: '/a is a file',
  },
  {
    title: 'with force an empty directory makes room',
    params: { path: '/a', state: 'link', src: 'b', force: true },
    have: at({ kind: 'directory' }),
    changes: ['~ link /a: directory → b', '  $ rmdir -- /a &&', '  $ ln -sfn -- b /a'],
  },
  {
    title: 'a directory with something in it does not',
    params: { path: '/a', state: 'link', src: 'b', force: true },
    have: { ...at({ kind: 'directory' }), full: true },
    changes: [],
    failure: 'not empty',
  },
  {
    title: 'nothing can be below a file',
    params: { path: '/etc/motd/x/y', state: 'directory' },
    have: { ...absent, missing: ['/etc/motd/x'], blocker: '/etc/motd' },
    changes: [],
    failure: '/etc/motd is not a directory',
  },
  {
    title: 'and there is nothing to remove',
    params: { path: '/etc/motd/x', state: 'absent' },
    have: { ...absent, blocker: '/etc/motd' },
    changes: [],
  },
  {
    title: 'a hard link',
    params: { path: '/a', state: 'hard', src: '/b' },
    have: { ...absent, source: entry({ inode: 7 }) },
    changes: ['+ hard link /a: /b', '  $ ln -fn -- /b /a', '  = path:/a'],
  },
  {
    title: 'a hard link that is one',
    params: { path: '/a', state: 'hard', src: '/b' },
    have: { ...at({ inode: 7 }), source: entry({ inode: 7 }) },
    changes: [],
  },
  {
    title: 'touch makes a file',
    params: { path: '/a', state: 'touch', mode: '0600' },
    have: absent,
    changes: ['+ file /a: mode 0600', '  $ touch -- /a &&', '  $ chmod -- 00600 /a', '  = path:/a'],
  },
  {
    title: 'touch renews one each time, which is an act',
    params: { path: '/a', state: 'touch' },
    have: at({}),
    changes: ['! touch /a', '  $ touch -c -- /a'],
  },
  {
    title: 'without a state what is there gets its attributes',
    params: { path: '/a', mode: 'g=u' },
    have: at({ kind: 'directory', mode: 0o700 }),
    changes: ['~ directory /a: mode 0700 → mode 0770', '  $ chmod -- 00770 /a'],
    result: { path: '/a', state: 'directory' },
  },
  {
    title: 'what a link leads to is managed where it is',
    params: { path: '/a', state: 'touch', mode: '0600' },
    have: { ...at({}), at: '/b/c' },
    changes: ['~ file /b/c: mode 0644 → mode 0600', '  $ chmod -- 00600 /b/c', '! touch /b/c', '  $ touch -c -- /b/c'],
    result: { path: '/b/c' },
  },
  {
    title: 'a link that leads nowhere is not touched',
    params: { path: '/a', state: 'touch' },
    have: at({ kind: 'link', target: 'none' }),
    changes: [],
    failure: '/a is a symbolic link that leads nowhere',
  },
  {
    title: 'a link itself has no mode',
    params: { path: '/a', state: 'touch', follow: false, mode: '0600' },
    have: at({ kind: 'link', target: 'b' }),
    changes: [],
    failure: '/a is a symbolic link',
  },
  {
    title: 'a new link, and what it leads to',
    params: { path: '/a', state: 'link', src: 'b', owner: 'ops', mode: '0600' },
    have: { ...absent, aim: { path: '/b', entry: entry({ owner: 'ops' }) } },
    changes: [
      '+ link /a: b',
      '  $ ln -sfn -- b /a',
      '  = path:/a',
      '~ file /b: mode 0644 → mode 0600',
      '  $ chmod -- 00600 /b',
    ],
  },
  {
    title: 'a link that leads nowhere has nothing to give an owner',
    params: { path: '/a', state: 'link', src: 'b', force: true, owner: 'ops' },
    have: { ...absent, aim: { path: '/b', entry: undefined } },
    changes: ['+ link /a: b', '  $ ln -sfn -- b /a', '  = path:/a'],
  },
  {
    title: 'a link itself, not followed',
    params: { path: '/a', state: 'link', src: 'b', follow: false, owner: 'ops' },
    have: at({ kind: 'link', target: 'b' }),
    changes: ['~ link /a: owner root → owner ops', '  $ chown -h -- ops /a'],
  },
  {
    title: 'no link, and none is said',
    params: { path: '/a', state: 'link' },
    have: absent,
    changes: [],
    failure: 'there is no link /a',
  },
  {
    title: 'a hard link takes the place of a symbolic one',
    params: { path: '/a', state: 'hard', src: '/b' },
    have: { ...at({ kind: 'link', target: 'c' }), source: entry({ inode: 7 }) },
    changes: ['~ hard link /a: link → /b', '  $ ln -fn -- /b /a'],
  },
  {
    title: 'a hard link goes into a directory',
    params: { path: '/d', state: 'hard', src: '/b' },
    have: { ...absent, at: '/d/b', source: entry({ inode: 7 }) },
    changes: ['+ hard link /d/b: /b', '  $ ln -fn -- /b /d/b', '  = path:/d/b'],
    result: { path: '/d/b' },
  },
  {
    title: 'given times are a state',
    params: { path: '/a', state: 'touch', modification_time: '202001010000.00', access_time: 'preserve' },
    have: { ...at({}), times: { modified: 5, accessed: 6, wanted: { modified: 1_577_836_800, accessed: undefined } } },
    changes: [
      '~ times of /a: modified 1970-01-01T00:00:05Z → modified 2020-01-01T00:00:00Z',
      '  $ touch -c -m -d @1577836800 -- /a',
    ],
  },
  {
    title: 'given times as they are',
    params: { path: '/a', modification_time: '202001010000.00', access_time: '202001010000.00' },
    have: { ...at({}), times: { modified: 7, accessed: 7, wanted: { modified: 7, accessed: 7 } } },
    changes: [],
  },
  {
    title: 'one time now',
    params: { path: '/a', access_time: 'now' },
    have: at({}),
    changes: ['! touch /a', '  $ touch -c -a -- /a'],
  },
  {
    title: 'a time that the host has not',
    params: { path: '/a', modification_time: '202003290230.00' },
    have: { ...at({}), times: { modified: 7, accessed: 7, wanted: { modified: undefined, accessed: undefined } } },
    changes: [],
    failure: 'the host has no time 2020-03-29 02:30:00',
  },
  {
    title: 'what may not be looked at',
    params: { path: '/root/x', state: 'file' },
    have: at({ kind: 'hidden' }),
    changes: [],
    failure: 'cannot read /root/x',
  },
]);

test.each([
  [{ path: 'etc/motd', state: 'file' }, 'absolute'],
  [{ path: '/etc/../x', state: 'file' }, '..'],
  [{ path: '/etc/a\nb', state: 'file' }, 'control'],
  [{ path: '//', state: 'absent' }, 'root directory'],
  [{ path: '/a', src: '/b' }, 'links only'],
  [{ path: '/a', state: 'link', src: 'b', follow: false, mode: '0644' }, 'no mode'],
  [{ path: '/a', state: 'directory', recurse: true, access_time: 'now' }, 'Times are not set'],
  [{ path: '/a', state: 'touch', access_time: 'yesterday' }, 'is not a time'],
  [{ path: '/a', state: 'touch', access_time: '202302300000.00' }, 'is not a time'],
  [{ path: '/a', state: 'touch', access_time: '12:00', access_time_format: '%Q' }, 'is not a time'],
  [{ path: '/a', state: 'file', src: '/b' }, 'links only'],
  [{ path: '/a', state: 'file', recurse: true }, 'directories only'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(file, params)).toThrow(words);
});

describe.each(SHELLS)('on this machine with %s', (...shell) => {
  let base = '';
  const state = (path: string) => (lstatSync(join(base, path)).mode & 0o7777).toString(8);
  const run = (params: Record<string, unknown>) =>
    converge(file, { params: { ...params, path: join(base, String(params.path)) } }, shell);
  const changed = (params: Record<string, unknown>) => {
    const [first, again] = run(params);
    expect(compact(again)).toEqual([]);
    return first.changes.length;
  };
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'vrun-file-'));
  });
  afterEach(() => rmSync(base, { recursive: true }));

  test('directories, from absent and from drifted', () => {
    const params = { path: 'a b/c$d/e', state: 'directory', mode: '0750' };
    expect(changed(params)).toBe(1);
    expect([state('a b'), state('a b/c$d/e')]).toEqual(['750', '750']);
    expect(changed(params)).toBe(0);
    chmodSync(join(base, 'a b/c$d/e'), 0o2777);
    expect(changed(params)).toBe(1);
    expect(state('a b/c$d/e')).toBe('750');
  });

  test('links, targets with line breaks included', () => {
    symlinkSync('x\n@files\n41ed:0', join(base, 'l'));
    expect(changed({ path: 'l', state: 'link', src: 'nowhere', force: true })).toBe(1);
    expect(readlinkSync(join(base, 'l'))).toBe('nowhere');
    mkdirSync(join(base, 'd'));
    expect(changed({ path: 'm', state: 'link', src: 'd' })).toBe(1);
    expect(changed({ path: 'm', state: 'link', src: '.' })).toBe(1);
    expect(existsSync(join(base, 'm/d'))).toBe(true);
  });

  test('recurse', () => {
    mkdirSync(join(base, 'd/e'), { recursive: true });
    writeFileSync(join(base, 'd/f'), '');
    writeFileSync(join(base, "d/e/it's"), '');
    chmodSync(join(base, "d/e/it's"), 0o700);
    symlinkSync('/etc', join(base, 'd/l'));
    expect(changed({ path: 'd', state: 'directory', recurse: true, mode: 'u=rwX,g=rX,o=' })).toBe(1);
    expect([state('d'), state('d/e'), state('d/f'), state("d/e/it's")]).toEqual(['750', '750', '640', '750']);
    expect(changed({ path: 'd', state: 'directory', recurse: true, mode: 'u=rwX,g=rX,o=' })).toBe(0);
  });

  test('hard links and touch', () => {
    writeFileSync(join(base, 'f'), 'x');
    expect(changed({ path: 'g', state: 'hard', src: join(base, 'f') })).toBe(1);
    expect(lstatSync(join(base, 'g')).ino).toBe(lstatSync(join(base, 'f')).ino);
    const [first, again] = run({ path: 't', state: 'touch', mode: '0600' });
    expect([first.changes.length, again.changes.map(({ op }) => op)]).toEqual([1, ['!']]);
  });

  test('links are followed, or not', () => {
    writeFileSync(join(base, 'f'), 'x', { mode: 0o600 });
    symlinkSync('f', join(base, 'l'));
    symlinkSync('l', join(base, 'll'));
    expect(changed({ path: 'll', state: 'file', mode: '0644' })).toBe(1);
    expect([state('f'), readlinkSync(join(base, 'll'))]).toEqual(['644', 'l']);
    expect(changed({ path: 'll', mode: 'u=rw,go=' })).toBe(1);
    const [first] = run({ path: 'l', state: 'touch', mode: '0640' });
    expect([first.changes.map(({ what }) => what), state('f')]).toEqual([
      [`file ${join(base, 'f')}`, `touch ${join(base, 'f')}`],
      '640',
    ]);
    const here = (params: object) => planHere(file, { params: { path: join(base, 'l'), ...params } }, shell);
    expect(here({ state: 'file', follow: false }).failure?.summary).toContain('symbolic link');
    expect(here({ state: 'touch', follow: false, mode: '0600' }).failure?.summary).toContain('symbolic link');
    expect(here({}).changes).toEqual([]);
  });

  test('a new link gives what it leads to its mode', () => {
    mkdirSync(join(base, 'd'));
    writeFileSync(join(base, 'd/f'), 'x', { mode: 0o600 });
    expect(changed({ path: 'l', state: 'link', src: 'd/../d/f', mode: '0644' })).toBe(2);
    expect([state('d/f'), readlinkSync(join(base, 'l'))]).toEqual(['644', 'd/../d/f']);
    expect(changed({ path: 'l', state: 'link', mode: '0640' })).toBe(1);
    expect(changed({ path: 'l', state: 'link', src: 'd/f', mode: '0640' })).toBe(1);
    expect(changed({ path: 'away', state: 'link', src: 'none', force: true, mode: '0640' })).toBe(1);
    expect(() => run({ path: 'away', state: 'link', src: 'none' })).toThrow('missing');
  });

  test('hard links in the place of links, and in directories', () => {
    mkdirSync(join(base, 'd'));
    writeFileSync(join(base, 'f'), 'x');
    symlinkSync('d', join(base, 'to-d'));
    symlinkSync('f', join(base, 'to-f'));
    const linked = (path: string) => lstatSync(join(base, path)).ino === lstatSync(join(base, 'f')).ino;
    const hard = (path: string) => changed({ path, state: 'hard', src: join(base, 'f') });
    expect([hard('to-f'), linked('to-f')]).toEqual([1, true]);
    expect([hard('to-d'), linked('d/f'), readlinkSync(join(base, 'to-d'))]).toEqual([1, true, 'd']);
    expect(hard('d')).toBe(0);
  });

  test('times', () => {
    writeFileSync(join(base, 'f'), 'x');
    const given = { path: 'f', state: 'file', modification_time: '202001010203.04', access_time: '2. Feb 2021' };
    expect(changed({ ...given, access_time_format: '%d. %b %Y' })).toBe(1);
    const { mtime, atime } = lstatSync(join(base, 'f'));
    // The host's clock is asked: this process may have another one.
    const clock = (time: string) => new Date(Number(runScript(`date -d '${time}' +%s`).stdout) * 1000);
    const local = clock('2020-01-01 02:03:04');
    expect([mtime, atime]).toEqual([local, clock('2021-02-02')]);
    expect(
      changed({ path: 'new', state: 'touch', modification_time: '202001010203.04', access_time: 'preserve' }),
    ).toBe(1);
    expect(lstatSync(join(base, 'new')).mtime).toEqual(local);
    expect(changed({ path: 'd', state: 'directory', modification_time: '202001010203.04' })).toBe(1);
    expect(lstatSync(join(base, 'd')).mtime).toEqual(local);
    const kept = { path: 'f', state: 'touch', modification_time: 'preserve', access_time: 'preserve' };
    expect(changed(kept)).toBe(0);
    const [, again] = run({ path: 'f', state: 'file', access_time: 'now' });
    expect(again.changes.map(({ op }) => op)).toEqual(['!']);
    expect(lstatSync(join(base, 'f')).mtime).toEqual(local);
  });

  test('recurse below a link', () => {
    mkdirSync(join(base, 'd/e'), { recursive: true });
    symlinkSync('d', join(base, 'l'));
    writeFileSync(join(base, 'd/f'), '', { mode: 0o600 });
    expect(changed({ path: 'l', recurse: true, mode: 'u=rwX,g=rX,o=' })).toBe(1);
    expect([state('d'), state('d/e'), state('d/f')]).toEqual(['750', '750', '640']);
  });

  test('a directory above that is missing, and an owner', () => {
    expect(() => run({ path: 'a/b/c', state: 'touch', owner: 'nobody-such' })).toThrow(
      `missing path:${base}/a/b user:nobody-such`,
    );
    expect(() => run({ path: 'a', state: 'file' })).toThrow(`missing path:${base}/a`);
  });

  test.runIf(process.getuid?.() === 0)('owners', () => {
    writeFileSync(join(base, 'f'), 'x');
    expect(changed({ path: 'f', state: 'file', owner: 'daemon', group: '12345' })).toBe(1);
    expect([lstatSync(join(base, 'f')).uid, lstatSync(join(base, 'f')).gid]).toEqual([1, 12345]);
    chownSync(join(base, 'f'), 54321, 0);
    expect(changed({ path: 'f', state: 'file', owner: 'daemon' })).toBe(1);
  });
});
