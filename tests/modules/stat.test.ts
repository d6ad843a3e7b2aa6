import { expect, test } from 'vitest';
import stat from '../../modules/stat.ts';
import { bind } from './bind.ts';
import { entry } from './entries.ts';
import { table } from './table.ts';

table(stat, [
  {
    title: 'a file',
    params: { path: '/etc/motd' },
    have: { entry: entry({ mode: 0o640, size: 3, modified: 1_700_000_000, sha256: 'ab', owner: undefined, uid: 77 }) },
    changes: [],
    result: {
      stat: expect.objectContaining({
        exists: true,
        path: '/etc/motd',
        isreg: true,
        isdir: false,
        islnk: false,
        mode: '0640',
        uid: 77,
        pw_name: null,
        gr_name: 'root',
        size: 3,
        mtime: 1_700_000_000,
        lnk_source: null,
        sha256: 'ab',
      }),
    },
  },
  {
    title: 'a link is not followed',
    params: { path: '/etc/mtab' },
    have: { entry: entry({ kind: 'link', target: '../proc/self/mounts', sha256: 'of what it leads to' }) },
    changes: [],
    result: {
      stat: expect.objectContaining({ islnk: true, isreg: false, lnk_source: '../proc/self/mounts', sha256: null }),
    },
  },
  {
    title: 'nothing',
    params: { path: '/none/' },
    have: { entry: undefined },
    changes: [],
    result: { stat: { exists: false } },
  },
  {
    title: 'what may not be looked at is not said to be absent',
    params: { path: '/root/x' },
    have: { entry: entry({ kind: 'hidden' }) },
    changes: [],
    failure: 'cannot read /root/x',
  },
]);

test('a plain string is its path', () => {
  expect(stat.freeForm).toBe('path');
  expect(() => bind(stat, { path: 'etc' })).toThrow('absolute');
});
