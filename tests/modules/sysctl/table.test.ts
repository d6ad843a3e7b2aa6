import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Content, Missing } from '../../../engine/module/index.ts';
import { editSysctl, sysctlPath } from '../../../modules/sysctl/lines.ts';
import sysctl from '../../../modules/sysctl/sysctl.ts';
import { bind, type Params } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { written } from '../harness/foreseen.ts';
import { table } from '../harness/table.ts';

const path = '/etc/sysctl.d/99-vrun.conf';
const file = (text?: string) => ({
  path,
  text: text ?? '',
  entry: text === undefined ? undefined : entry({ sha256: Content.of(text).sha256 }),
  blocker: undefined,
});
const forward = { name: 'net.ipv4.ip_forward', value: 1 };
const running = '/proc/sys/net/ipv4/ip_forward';
const setting = (value: string, text?: string) => ({ value, access: 'writable', file: file(text) });

table(sysctl, [
  {
    title: 'as it should be',
    params: forward,
    have: setting('1', 'net.ipv4.ip_forward=1\n'),
    changes: [],
    result: { value: '1' },
  },
  {
    title: 'neither running nor kept',
    params: forward,
    have: setting('0'),
    changes: [
      '~ sysctl net.ipv4.ip_forward: 0 → 1',
      `  $ printf '%s\\n' 1 >${running}`,
      `  revert printf '%s\\n' 0 >${running}`,
      `  > ${path} - "net.ipv4.ip_forward = 1\\n"`,
    ],
  },
  {
    title: 'only not kept',
    params: forward,
    have: setting('1', '# ours\n'),
    changes: [
      `~ sysctl net.ipv4.ip_forward in ${path}: line added`,
      `  > ${path} - "# ours\\nnet.ipv4.ip_forward = 1\\n"`,
    ],
  },
  {
    title: 'not to be kept',
    params: { ...forward, persist: false },
    have: { value: '0', access: 'writable', file: undefined },
    changes: [
      '~ sysctl net.ipv4.ip_forward: 0 → 1',
      `  $ printf '%s\\n' 1 >${running}`,
      `  revert printf '%s\\n' 0 >${running}`,
    ],
  },
  {
    title: 'a value of several words',
    params: { name: 'net.ipv4.tcp_rmem', value: '4096  131072 6291456' },
    have: setting('4096 131072 6291456', 'net.ipv4.tcp_rmem = 4096\t131072\t6291456\n'),
    changes: [],
  },
  {
    title: 'a line that goes; what runs stays',
    params: { name: 'net.ipv4.ip_forward', state: 'absent' },
    have: setting('1', 'a.b = 1\nnet/ipv4/ip_forward = 1\n'),
    changes: [`- sysctl net.ipv4.ip_forward in ${path}: line removed`, `  > ${path} - "a.b = 1\\n"`],
  },
  { title: 'a line that is gone', params: { name: 'a.b', state: 'absent' }, have: setting('1'), changes: [] },
  {
    title: 'read-only, and another value',
    params: forward,
    have: { ...setting('0'), access: 'read-only' },
    changes: [],
    failure: 'cannot be changed here',
  },
  ...['yes', '1 2', '0x1', '01', '+1', '1.5', '18446744073709551616'].map((value) => ({
    title: `${value}, where the kernel keeps a number`,
    params: { ...forward, value },
    have: setting('0'),
    changes: [],
    failure: 'net.ipv4.ip_forward takes a number',
  })),
  {
    title: 'one number, where the kernel keeps three',
    params: { name: 'net.ipv4.tcp_rmem', value: 4096 },
    have: setting('4096 131072 6291456'),
    changes: [],
    failure: 'takes 3 numbers',
  },
  {
    title: 'a word, where the kernel keeps words',
    params: { name: 'net.ipv4.tcp_congestion_control', value: 'bbr', persist: false },
    have: { value: 'cubic', access: 'writable', file: undefined },
    changes: [
      '~ sysctl net.ipv4.tcp_congestion_control: cubic → bbr',
      "  $ printf '%s\\n' bbr >/proc/sys/net/ipv4/tcp_congestion_control",
      "  revert printf '%s\\n' cubic >/proc/sys/net/ipv4/tcp_congestion_control",
    ],
  },
  {
    title: 'no such setting',
    params: forward,
    have: { value: undefined, access: 'none', file: file() },
    changes: [],
    failure: 'has no setting net.ipv4.ip_forward',
  },
]);

test.each<[Params, string]>([
  [{ name: 'net.ipv4.ip_forward' }, 'needs a value'],
  [{ name: 'net.ipv4.ip_forward', value: 'a\nb' }, 'one line'],
  [{ name: 'net.ipv4.ip_forward', value: ' ' }, 'one line'],
  [{ name: 'ip_forward', value: 1 }, 'wrong form'],
  [{ name: '../etc/passwd', value: 1 }, 'wrong form'],
  // Before a name of sysctl.d(5) the - is none of it.
  [{ name: '-net.ipv4.ip_forward', value: 1 }, 'wrong form'],
  [{ name: 'net.ipv4../x', value: 1 }, 'wrong form'],
  [{ name: 'net.$(id)', value: 1 }, 'wrong form'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(sysctl, params)).toThrow(words);
});

test.each([
  ['net.ipv4.conf.eth0/100.rp_filter', '/proc/sys/net/ipv4/conf/eth0.100/rp_filter'],
  ['net/ipv4/conf/eth0.100/rp_filter', '/proc/sys/net/ipv4/conf/eth0.100/rp_filter'],
  ['kernel.sysrq', '/proc/sys/kernel/sysrq'],
])('%s is %s', (name, expected) => {
  expect(sysctlPath(name)).toBe(expected);
});

test('in a dry run the file is read as earlier tasks would write it', () => {
  const want = bind(sysctl, forward);
  const pending = written(path, 'a.b = 1\n');
  const [change] = sysctl.plan(sysctl.pending(setting('1'), want, pending), want).changes;
  expect(change?.diff).toEqual({ before: 'a.b = 1\n', after: 'a.b = 1\nnet.ipv4.ip_forward = 1\n' });
  const missing = new Missing({ needs: ['path:/etc/sysctl.d'], fresh: setting('1') });
  expect(sysctl.pending(missing, want, pending)).toMatchObject({ access: 'writable', file: { text: 'a.b = 1\n' } });
});

test('an edit is made once, and other lines stay', () => {
  const row = fc.constantFrom('a.b = 1', 'a/b=2', '-a.b =  3', '# a.b = 1', '; x', 'c.d=1', '', 'nonsense');
  fc.assert(
    fc.property(fc.array(row), fc.constantFrom('1', '4', undefined), (rows, value) => {
      const once = editSysctl(rows.join('\n'), 'a.b', value).text;
      expect(editSysctl(once, 'a.b', value).text).toBe(once);
      const others = (text: string) => text.split('\n').filter((line) => line !== '' && !/^-?a[./]b/.test(line));
      expect(others(once)).toEqual(others(rows.join('\n')));
      expect(once.split('\n').filter((line) => /^-?a[./]b/.test(line)).length).toBe(value === undefined ? 0 : 1);
    }),
  );
});
