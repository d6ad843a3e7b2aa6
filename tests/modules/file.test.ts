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
import file from '../../modules/file.ts';
import { bind } from './bind.ts';
import { entry } from './entries.ts';
import { converge, planHere, SHELLS } from './perform.ts';
import { compact, table } from './table.ts';

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
      '  = path:/srv/a/b',
      '  = path:/srv/a',
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
    changes: ['~ link /a: b → c', '  $ ln -sfn -- c /a', '  = path:/a'],
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
    changes: ['~ link /a: directory → b', '  $ rmdir -- /a &&', '  $ ln -sfn -- b /a', '  = path:/a'],
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
    changes: ['+ hard link /a: /b', '  $ ln -f -- /b /a', '  = path:/a'],
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
    changes: ['! touch /a', '  $ touch -- /a'],
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
  [{ path: '/a', state: 'link' }, 'needs src'],
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

  test('follow manages what a link leads to', () => {
    writeFileSync(join(base, 'f'), 'x', { mode: 0o600 });
    symlinkSync('f', join(base, 'l'));
    expect(
      planHere(file, { params: { path: join(base, 'l'), state: 'file', mode: '0644' } }, shell).failure?.summary,
    ).toContain('symbolic link');
    expect(changed({ path: 'l', state: 'file', mode: '0644', follow: true })).toBe(1);
    expect(state('f')).toBe('644');
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
