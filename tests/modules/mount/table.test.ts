import { describe, expect, test } from 'vitest';
import { Content, type PathEffect } from '../../../engine/module/index.ts';
import { withLine, withoutLine } from '../../../modules/mount/fstab-lines.ts';
import mount from '../../../modules/mount/mount.ts';
import { bind } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { foreseen } from '../harness/foreseen.ts';
import { table } from '../harness/table.ts';

const LINE = 'tmpfs /srv/a tmpfs size=1m,nosuid 0 0\n';
const fstab = (text: string) => ({
  path: '/etc/fstab',
  entry: entry({ sha256: Content.of(text).sha256, mode: 0o644 }),
  text,
});
const mounted = (more: object = {}) => ({
  source: 'tmpfs',
  fstype: 'tmpfs',
  device: '0:40',
  opts: ['rw', 'nosuid', 'relatime', 'size=1024k'],
  ...more,
});
const none = {
  fstab: fstab('# x\n'),
  root: true,
  mounts: [],
  point: 'none',
  pointId: '',
  sourceId: '',
  source: undefined,
  device: undefined,
  known: true,
};
const there = { ...none, fstab: fstab(LINE), mounts: [mounted()], point: 'directory' };
const params = { path: '/srv/a/', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m,nosuid', state: 'mounted' };
const WRITE = (text: string) => [
  '  $ :',
  '  revert if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi',
  `  > /etc/fstab - ${JSON.stringify(text)}`,
  '  restore',
  '  $ if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi',
];
const only = (state: string, more: object = {}) => ({ path: '/srv/a', state, ...more });

table(mount, [
  { title: 'as it should be', params, have: there, changes: [] },
  {
    title: 'a line, a directory and a mount, which go together',
    params,
    have: none,
    changes: [
      '+ mount /srv/a: not mounted → /etc/fstab: line added, mounted from tmpfs (tmpfs)',
      ...WRITE(`# x\n${LINE}`),
      '  $ mkdir -p -- /srv/a',
      '  revert rmdir -- /srv/a 2>/dev/null || :',
      '  $ mount -- /srv/a',
      '  revert umount -- /srv/a 2>/dev/null || :',
      '  = path:/etc/fstab',
      '  = path:/srv/a',
    ],
  },
  {
    title: 'mounted, and not in the table',
    params,
    have: { ...there, fstab: none.fstab },
    changes: [
      '~ mount /srv/a: tmpfs → /etc/fstab: line added, remounted',
      ...WRITE(`# x\n${LINE}`),
      '  $ mount -o remount -- /srv/a || { umount -- /srv/a && mount -- /srv/a; }',
    ],
  },
  {
    title: 'an option that the mount lacks',
    params: { ...params, opts: 'size=1m,nosuid,ro' },
    have: { ...there, fstab: fstab('tmpfs /srv/a tmpfs size=1m,nosuid,ro') },
    changes: [
      '~ mount /srv/a: tmpfs without ro → remounted',
      '  $ mount -o remount -- /srv/a || { umount -- /srv/a && mount -- /srv/a; }',
    ],
  },
  {
    title: 'something else is mounted there, twice',
    params,
    have: { ...there, mounts: [mounted(), mounted({ source: '/dev/sdb1', fstype: 'ext4' })] },
    changes: [
      '~ mount /srv/a: /dev/sdb1 → unmounted, mounted from tmpfs (tmpfs)',
      '  $ umount -- /srv/a || exit',
      '  $ umount -- /srv/a || exit',
      '  $ mount -- /srv/a',
      '  revert umount -- /srv/a 2>/dev/null || :',
    ],
  },
  {
    title: 'a device by its label is known by its number',
    params: { ...params, src: 'LABEL=data', fstype: 'ext4', opts: 'noatime' },
    have: {
      ...there,
      fstab: fstab('LABEL=data /srv/a ext4 noatime 0 0\n'),
      source: '/dev/dm-1',
      device: '254:1',
      mounts: [mounted({ source: '/dev/mapper/x', fstype: 'ext4', device: '254:1', opts: ['rw', 'noatime'] })],
    },
    changes: [],
  },
  {
    title: 'a directory that is bound is known by its inode',
    params: { ...params, src: '/srv/b', fstype: 'none', opts: 'bind' },
    have: { ...there, fstab: fstab('/srv/b /srv/a none bind 0 0\n'), pointId: '1:2', sourceId: '1:3' },
    changes: [
      '~ mount /srv/a: tmpfs → unmounted, mounted from /srv/b (none)',
      '  $ umount -- /srv/a || exit',
      '  $ mount -- /srv/a',
      '  revert umount -- /srv/a 2>/dev/null || :',
    ],
  },
  {
    title: 'in the table alone, not at boot',
    params: { ...params, boot: false, dump: 1, passno: '2', state: 'present' },
    have: none,
    changes: [
      '+ mount /srv/a: /etc/fstab: line added',
      ...WRITE('# x\ntmpfs /srv/a tmpfs size=1m,nosuid,noauto 1 2\n'),
      '  = path:/etc/fstab',
    ],
  },
  {
    title: 'gone: the line, the mounts, and the directory if it is empty',
    params: only('absent'),
    have: { ...there, mounts: [mounted(), mounted()] },
    changes: [
      '- mount /srv/a: tmpfs → /etc/fstab: line removed, unmounted, mount point gone',
      ...WRITE(''),
      '  $ umount -- /srv/a || exit',
      '  $ umount -- /srv/a || exit',
      '  $ rmdir -- /srv/a 2>/dev/null || [ -d /srv/a ] || [ ! -e /srv/a ]',
    ],
  },
  {
    title: 'gone already, though a directory is there',
    params: only('absent'),
    have: { ...none, point: 'directory' },
    changes: [],
  },
  { title: 'unmounted already', params: only('unmounted'), have: none, changes: [] },
  {
    title: 'the line alone',
    params: only('absent_from_fstab'),
    have: there,
    changes: ['- mount /srv/a: /etc/fstab: line removed', ...WRITE('')],
  },
  {
    title: 'mounted anew with other options',
    params: only('remounted', { opts: 'ro' }),
    have: there,
    changes: ['! mount /srv/a: remounted', '  $ mount -o remount,ro -- /srv/a'],
  },
  {
    title: 'but not where nothing is',
    params: only('remounted'),
    have: none,
    changes: [],
    failure: 'nothing is mounted',
  },
  {
    title: 'without the table',
    params: { ...params, state: 'ephemeral' },
    have: { ...none, point: 'directory' },
    changes: [
      '+ mount /srv/a: not mounted → mounted from tmpfs (tmpfs)',
      '  $ mount -t tmpfs -o size=1m,nosuid -- tmpfs /srv/a',
      '  revert umount -- /srv/a 2>/dev/null || :',
      '  = path:/srv/a',
    ],
  },
  {
    title: 'never over something else',
    params: { ...params, state: 'ephemeral' },
    have: { ...there, mounts: [mounted({ source: '/dev/sdb1', fstype: 'ext4' })] },
    changes: [],
    failure: 'something else is mounted',
  },
  {
    title: 'an unknown type',
    params: { ...params, fstype: 'ext5' },
    have: { ...none, known: false },
    changes: [],
    failure: "can't mount ext5",
  },
  { title: 'on a file', params, have: { ...none, point: 'file' }, changes: [], failure: 'no directory' },
  { title: 'without root', params, have: { ...none, root: false }, changes: [], failure: 'only root' },
  {
    title: 'another table',
    params: { ...params, fstab: '/srv/fstab' },
    have: { ...there, mounts: [], fstab: { ...fstab(LINE), path: '/srv/fstab' } },
    changes: [
      '~ mount /srv/a: not mounted → mounted from tmpfs (tmpfs)',
      '  $ mount -T /srv/fstab -- /srv/a',
      '  revert umount -- /srv/a 2>/dev/null || :',
    ],
  },
]);

describe('lines of the table', () => {
  const line = { path: '/srv/a', src: 'x', fstype: 'ext4', opts: 'defaults', dump: '0', passno: '0' };
  test.each([
    ['an empty table', '', 'x /srv/a ext4 defaults 0 0\n'],
    ['one without a line break at its end', '# x', '# x\nx /srv/a ext4 defaults 0 0\n'],
    ['a line that says the same with fewer fields stays', 'x\t/srv/a\text4', 'x\t/srv/a\text4'],
    ['with a slash more', 'x /srv/a/ ext4 defaults 0 0 # ours\n', 'x /srv/a/ ext4 defaults 0 0 # ours\n'],
    [
      'others stay as they are',
      '  y /srv/b ext4\nhalf a\nz /srv/a xfs defaults 0 0\n',
      '  y /srv/b ext4\nhalf a\nx /srv/a ext4 defaults 0 0\n',
    ],
    [
      'what is put out is no line',
      '#x /srv/a ext4 defaults 0 0\n',
      '#x /srv/a ext4 defaults 0 0\nx /srv/a ext4 defaults 0 0\n',
    ],
  ])('%s', (_title, before, after) => {
    expect(withLine(before, line).text).toBe(after);
    expect(withLine(after, line).text).toBe(after);
  });

  test('spaces and backslashes are written as numbers and read as what they are', () => {
    const odd = { ...line, path: '/srv/a b\\c', src: '#x' };
    const { text } = withLine('', odd);
    expect(text).toBe('\\043x /srv/a\\040b\\134c ext4 defaults 0 0\n');
    expect(withLine(text, odd).text).toBe(text);
    expect(withoutLine(`# y\n${text}`, odd).text).toBe('# y\n');
  });

  test('swap space goes by its source', () => {
    const swap = { ...line, path: 'none', fstype: 'swap', opts: 'sw' };
    const two = 'x none swap sw 0 0\ny none swap sw 0 0\n';
    expect(withLine(two, { ...swap, src: 'y' }).text).toBe(two);
    expect(withoutLine(two, { ...swap, src: 'y' }).text).toBe('x none swap sw 0 0\n');
  });
});

test('a table that an earlier task writes is the one that is looked at', () => {
  const want = bind(mount, { ...params, state: 'present' });
  const left: PathEffect = { path: '/etc/fstab', kind: 'file', content: Content.of(LINE) };
  expect(mount.plan(mount.pending(none, want, foreseen([left])), want).changes).toEqual([]);
});

describe('what is refused', () => {
  test.each([
    [{ path: 'srv', state: 'absent' }, 'absolute'],
    [{ path: '/srv/a', state: 'mounted', src: 'x' }, 'needs fstype'],
    [{ path: '/srv/a', state: 'present', fstype: 'ext4' }, 'needs src'],
    [{ path: '/', state: 'unmounted' }, 'root file system stays'],
    [{ path: 'none', state: 'mounted', src: '/x', fstype: 'swap' }, 'Swap space is not mounted'],
    [{ ...params, opts: 'a, b' }, 'commas between them'],
    [{ ...params, src: 'a\tb' }, 'one line'],
    [{ path: '/srv/a' }, 'A parameter is missing'],
  ])('%j', (given, words) => {
    expect(() => bind(mount, given)).toThrow(words);
  });
});
