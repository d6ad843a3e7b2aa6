// The awk programs that hold trees against each other, in each awk.
import { describe, expect, test } from 'vitest';
import OTHER_SUMS from '../../../engine/resources/copy/other-sums.awk';
import COMPARE from '../../../engine/resources/tree/compare.awk';
import SUMS from '../../../engine/resources/tree/sums.awk';
import { awk, EACH_AWK } from '../../modules/harness/awks.ts';

const sum = (digit: string) => digit.repeat(64);

interface Options {
  readonly owner?: string;
  readonly by_uid?: number;
  readonly group?: string;
  readonly by_gid?: number;
  readonly remove?: number;
  readonly shown?: number;
  readonly skip?: string;
}

type Row = readonly [
  title: string,
  list: readonly string[],
  there: readonly string[],
  options: Options,
  printed: string[],
];

const FILE = '81a4\t3\taa\tf';
const THERE = '81a4:0:0:root:root:3:./f';

const COMPARED: readonly Row[] = [
  ['nothing of nothing', [], [], {}, ['X 0']],
  ['nothing is there', [FILE, '41ed\t0\t\td'], [], {}, ['missing 0-1', 'X 0']],
  ['a file to be looked into', [FILE], [THERE], {}, ['h\t0\taa\t./f', 'X 0']],
  ['another size', [FILE], ['81a4:0:0:root:root:4:./f'], {}, ['content 0-0', 'X 0']],
  ['another mode', [FILE], ['81ed:0:0:root:root:3:./f'], {}, ['attributes 0-0', 'h\t0\taa\t./f', 'X 0']],
  ['whatever mode', ['8-\t3\taa\tf'], ['81ed:0:0:root:root:3:./f'], {}, ['h\t0\taa\t./f', 'X 0']],
  ['a directory in the way', [FILE], ['41ed:0:0:root:root:9:./f'], {}, ['directory 0-0', 'X 0']],
  ['a link in the way', [FILE], ['a1ff:0:0:root:root:3:./f'], {}, ['other 0-0', 'X 0']],
  ['a FIFO in the way', [FILE], ['11a4:0:0:root:root:3:./f'], {}, ['other 0-0', 'X 0']],
  ['a link to be looked into', ['a-\t0\tto\tl'], ['a1ff:0:0:root:root:2:./l'], {}, ['l\t0\tto\t./l', 'X 0']],
  ['an owner by name', [FILE], [THERE], { owner: 'www' }, ['attributes 0-0', 'h\t0\taa\t./f', 'X 0']],
  ['an owner by number', [FILE], [THERE], { owner: '0', by_uid: 1 }, ['h\t0\taa\t./f', 'X 0']],
  ['a group by number', [FILE], [THERE], { group: '33', by_gid: 1 }, ['attributes 0-0', 'h\t0\taa\t./f', 'X 0']],
  ['a name with colons', ['81a4\t3\taa\ta:b'], ['81a4:0:0:root:root:3:./a:b'], {}, ['h\t0\taa\t./a:b', 'X 0']],
  ['what else is there stays', [], [THERE], {}, ['X 0']],
  ['or is told of', [], [THERE], { remove: 1 }, ['x\t./f', 'X 1']],
  [
    'the outermost of what is not wanted',
    [],
    ['41ed:0:0:root:root:9:./d', '81a4:0:0:root:root:3:./d/f', '41ed:0:0:root:root:9:./d/e'],
    { remove: 1 },
    ['x\t./d/', 'X 1'],
  ],
  [
    'all of it',
    [],
    ['41ed:0:0:root:root:9:./d', '81a4:0:0:root:root:3:./d/f'],
    { remove: 1, shown: -1 },
    ['x\t./d/', 'x\t./d/f', 'X 2'],
  ],
  ['no more than asked for', [], [THERE, '81a4:0:0:root:root:3:./g'], { remove: 1, shown: 1 }, ['x\t./f', 'X 2']],
  [
    'what may stay, and what it lies in',
    [],
    ['41ed:0:0:root:root:9:./d', '81a4:0:0:root:root:3:./d/keep', '81a4:0:0:root:root:3:./d/f'],
    { remove: 1, skip: '^x$\\n(^|/)keep$' },
    ['x\t./d/f', 'X 1'],
  ],
];

describe.each(EACH_AWK)('in %s', (_, which) => {
  test.each(COMPARED)('compare.awk: %s', (_title, list, there, options, printed) => {
    const all = { owner: '', by_uid: 0, group: '', by_gid: 0, remove: 0, shown: 200, skip: '', ...options };
    const args = Object.entries(all).flatMap(([name, value]) => ['-v', `${name}=${value}`]);
    const out = awk(which, COMPARE, { stdin: [...list, '@', ...there, ''].join('\n'), args });
    expect(out.split('\n')).toEqual([...printed, '']);
  });

  test('sums.awk', () => {
    const list = ['alike', 'other', 'gone', 'back\\slash'].map((name, index) => `h\t${index}\t${sum('a')}\t./${name}`);
    const found = [`${sum('a')}  ./alike`, `${sum('b')}  ./other`, `\\${sum('a')}  ./back\\\\slash`];
    const out = awk(which, SUMS, { stdin: [...list, '@', ...found, ''].join('\n'), args: ['-F', '\\t'] });
    expect(out).toBe('content 1-1\nunreadable 2-2\n');
  });

  test('other-sums.awk', () => {
    const own = [`${sum('a')}  ./alike`, `${sum('a')}  ./other name`, `${sum('a')}  ./gone`, `\\${sum('a')}  ./b\\\\s`];
    const there = [
      `${sum('a')}  ./alike`,
      `${sum('b')}  ./other name`,
      `\\${sum('b')}  ./b\\\\s`,
      `${sum('c')}  ./more`,
    ];
    const out = awk(which, OTHER_SUMS, { stdin: [...own, '@', ...there, ''].join('\n') });
    expect(out).toBe('file ./other name\nfile ./b\\s\n');
  });
});
