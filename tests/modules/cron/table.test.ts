import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Content } from '../../../engine/module/index.ts';
import cron from '../../../modules/cron/cron.ts';
import { type CronEntry, editCrontab } from '../../../modules/cron/lines.ts';
import { bind } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { table } from '../harness/table.ts';

const tab = (text: string) => ({ entry: undefined, text, readable: true });
const file = (text: string, given: Parameters<typeof entry>[0] = {}) => ({
  entry: entry({ text, sha256: Content.of(text).sha256, ...given }),
  text,
  readable: true,
});
const set = (user: string, text: string) => [
  `  $ if [ "\${LOGNAME-}" = ${user} ]; then crontab -; else crontab -u ${user} -; fi`,
  `  < ‹${Buffer.byteLength(text)} bytes›`,
];
const backup = { name: 'backup', job: 'backup --all', hour: 2, minute: '30', user: 'root' };

table(cron, [
  {
    title: 'the first job of a crontab',
    params: backup,
    have: tab(''),
    changes: [
      '+ cron job backup of root: 30 2 * * * backup --all',
      ...set('root', '#vrun: backup\n30 2 * * * backup --all\n'),
    ],
    result: { name: 'backup', job: '30 2 * * * backup --all' },
  },
  {
    title: 'a job that is there',
    params: backup,
    have: tab('A=b\n#vrun: backup\n30 2 * * * backup --all\n# end\n'),
    changes: [],
  },
  {
    title: 'a job with spaces at its end',
    params: { ...backup, job: 'backup  ' },
    have: tab('#vrun: backup\n30 2 * * * backup  \n'),
    changes: [],
  },
  {
    title: 'a block of YAML ends with a line break',
    params: { ...backup, job: 'backup --all\n' },
    have: tab('#vrun: backup\n30 2 * * * backup --all\n'),
    changes: [],
  },
  {
    title: 'a marker with a space behind it is that of another job',
    params: backup,
    have: tab('#vrun: backup \n1 1 * * * other\n'),
    changes: [
      '+ cron job backup of root: 30 2 * * * backup --all',
      ...set('root', '#vrun: backup \n1 1 * * * other\n#vrun: backup\n30 2 * * * backup --all\n'),
    ],
  },
  {
    title: 'the same line without a name is taken over, where it stands',
    params: backup,
    have: tab('A=b\n30 2 * * * backup --all\n5 * * * * other\n'),
    changes: [
      '~ cron job backup of root: the same line, by its name',
      ...set('root', 'A=b\n#vrun: backup\n30 2 * * * backup --all\n5 * * * * other\n'),
    ],
  },
  {
    title: 'so is one with other white space between its fields',
    params: backup,
    have: tab('30 2\t*  * *   backup --all\n'),
    changes: [
      '~ cron job backup of root: 30 2\t*  * *   backup --all → 30 2 * * * backup --all',
      ...set('root', '#vrun: backup\n30 2 * * * backup --all\n'),
    ],
  },
  ...(
    [
      ['@daily', '0 0 * * *'],
      ['0 0 * * 0', '@weekly'],
      ['@hourly', '0 * * * *'],
    ] as const
  ).map(([wanted, there]) => ({
    title: `and one whose time is written otherwise: ${there} for ${wanted}`,
    params: wanted.startsWith('@')
      ? { name: 'b', user: 'root', job: 'x', special_time: wanted.slice(1) }
      : { name: 'b', user: 'root', job: 'x', minute: '0', hour: '0', weekday: '0' },
    have: tab(`${there} x\n`),
    changes: [`~ cron job b of root: ${there} x → ${wanted} x`, ...set('root', `#vrun: b\n${wanted} x\n`)],
  })),
  {
    title: 'and one of a file, by its user',
    params: { ...backup, cron_file: 'vantus', user: 'ops', special_time: 'daily', hour: '*', minute: '*' },
    have: file('@daily  ops\tbackup --all\n'),
    changes: [
      '~ cron job backup in /etc/cron.d/vantus: @daily  ops\tbackup --all → @daily ops backup --all',
      '  > /etc/cron.d/vantus 0644 root:root "#vrun: backup\\n@daily ops backup --all\\n"',
    ],
  },
  {
    title: 'the same line by the name of another job is that one’s',
    params: backup,
    have: tab('#Ansible: other\n30 2 * * * backup --all\n'),
    changes: [
      '+ cron job backup of root: 30 2 * * * backup --all',
      ...set('root', '#Ansible: other\n30 2 * * * backup --all\n#vrun: backup\n30 2 * * * backup --all\n'),
    ],
  },
  {
    title: 'a disabled line is none that runs',
    params: backup,
    have: tab('#30 2 * * * backup --all\n'),
    changes: [
      '+ cron job backup of root: 30 2 * * * backup --all',
      ...set('root', '#30 2 * * * backup --all\n#vrun: backup\n30 2 * * * backup --all\n'),
    ],
  },
  {
    title: 'the first variable goes to the top',
    params: { name: 'MAILTO', env: true, job: 'ops@example.com', user: 'root' },
    have: tab('#vrun: backup\n30 2 * * * backup --all\n'),
    changes: [
      '+ cron variable MAILTO of root: MAILTO="ops@example.com"',
      ...set('root', 'MAILTO="ops@example.com"\n#vrun: backup\n30 2 * * * backup --all\n'),
    ],
    result: { name: 'MAILTO', job: 'MAILTO="ops@example.com"' },
  },
  {
    title: 'a variable behind another one',
    params: { name: 'MAILTO', env: true, job: 'x', insertafter: 'SHELL', cron_file: 'vantus' },
    have: file('PATH=/bin\nSHELL = /bin/sh\n@daily root x\n'),
    changes: [
      '+ cron variable MAILTO in /etc/cron.d/vantus: MAILTO="x"',
      '  > /etc/cron.d/vantus 0644 root:root "PATH=/bin\\nSHELL = /bin/sh\\nMAILTO=\\"x\\"\\n@daily root x\\n"',
      '  = path:/etc/cron.d/vantus',
    ],
  },
  {
    title: 'a variable before one that is not there',
    params: { name: 'MAILTO', env: true, job: 'x', insertbefore: 'SHELL' },
    have: tab('PATH=/bin\n'),
    changes: [],
    failure: 'the crontab has no variable SHELL',
  },
  {
    title: 'a variable that is there, and one that goes',
    params: { name: 'PATH', env: true, job: '/bin' },
    have: tab('PATH="/bin"\nXPATH=x\n'),
    changes: [],
  },
  {
    title: 'every assignment of a variable gets the value',
    params: { name: 'PATH', env: true, job: '/bin', user: 'root' },
    have: tab('PATH="/bin"\n1 1 * * * a\n PATH = /usr/bin\n1 1 * * * b\n'),
    changes: [
      '~ cron variable PATH of root: once, and every line ended',
      ...set('root', 'PATH="/bin"\n1 1 * * * a\nPATH="/bin"\n1 1 * * * b\n'),
    ],
  },
  {
    title: 'a variable that goes',
    params: { name: 'PATH', env: true, state: 'absent', user: 'root' },
    have: tab('A=PATH=b\nPATH=/bin\n'),
    changes: ['- cron variable PATH of root: PATH=/bin →', ...set('root', 'A=PATH=b\n')],
  },
  {
    title: "the task's own crontab, with a copy of what was there",
    params: { ...backup, user: undefined, backup: true },
    have: tab('1 1 * * * a\n'),
    changes: [
      "+ cron job backup of the task's user: 30 2 * * * backup --all",
      '  $ umask 077; { crontab -l; } >"$HOME/crontab.$(date -u +%Y-%m-%dT%H:%M:%SZ)~" && { crontab -; }',
      '  < ‹50 bytes›',
    ],
  },
  {
    title: 'a crontab that cron passes over, since it belongs to an account that was',
    params: backup,
    have: { ...tab('#vrun: backup\n30 2 * * * backup --all\n'), foreign: true },
    changes: [
      '~ cron job backup of root: a crontab that belongs to nobody → its own user',
      ...set('root', '#vrun: backup\n30 2 * * * backup --all\n'),
    ],
  },
  {
    title: 'one that Ansible wrote',
    params: backup,
    have: tab('#Ansible: backup\n30 2 * * * backup --all\n'),
    changes: [],
  },
  {
    title: 'one that Ansible wrote and that is another now becomes ours, in its place',
    params: backup,
    have: tab('A=b\n#Ansible: backup\n0 2 * * * backup\n5 * * * * other\n'),
    changes: [
      '~ cron job backup of root: 0 2 * * * backup → 30 2 * * * backup --all',
      ...set('root', 'A=b\n#vrun: backup\n30 2 * * * backup --all\n5 * * * * other\n'),
    ],
  },
  {
    title: 'a marker without its job, at the end and before another',
    params: backup,
    have: tab('#vrun: backup\n#vrun: other\n1 1 * * * other\n#vrun: backup\n'),
    changes: [
      '~ cron job backup of root:  → 30 2 * * * backup --all',
      ...set('root', '#vrun: backup\n30 2 * * * backup --all\n#vrun: other\n1 1 * * * other\n'),
    ],
  },
  {
    title: 'a special time, disabled',
    params: { name: 'boot', job: 'x', special_time: 'reboot', disabled: true, user: 'ops' },
    have: tab('#vrun: boot\n@reboot x\n'),
    changes: ['~ cron job boot of ops: @reboot x → #@reboot x', ...set('ops', '#vrun: boot\n#@reboot x\n')],
  },
  {
    title: 'the last job goes, and an empty crontab stays',
    params: { name: 'backup', state: 'absent', user: 'root' },
    have: tab('#vrun: backup\n30 2 * * * backup --all\n'),
    changes: ['- cron job backup of root: 30 2 * * * backup --all →', ...set('root', '')],
  },
  {
    title: 'a job that is gone',
    params: { name: 'backup', state: 'absent' },
    have: tab('5 * * * * other\n'),
    changes: [],
  },
  {
    title: 'a file in /etc/cron.d names the user',
    params: { ...backup, cron_file: 'vantus', user: 'www-data' },
    have: { entry: undefined, text: '', readable: true },
    changes: [
      '+ cron job backup in /etc/cron.d/vantus: 30 2 * * * www-data backup --all',
      '  > /etc/cron.d/vantus 0644 root:root "#vrun: backup\\n30 2 * * * www-data backup --all\\n"',
      '  = path:/etc/cron.d/vantus',
    ],
  },
  {
    title: 'a file with the job, kept tighter than usual',
    params: { ...backup, cron_file: 'vantus' },
    have: file('#vrun: backup\n30 2 * * * root backup --all\n', { mode: 0o600 }),
    changes: [],
  },
  {
    title: 'a file whose last line has no line break, so that cron passes over it',
    params: { ...backup, cron_file: 'vantus' },
    have: file('#vrun: backup\n30 2 * * * root backup --all'),
    changes: [
      '~ cron job backup in /etc/cron.d/vantus: once, and every line ended',
      '  > /etc/cron.d/vantus 0644 root:root "#vrun: backup\\n30 2 * * * root backup --all\\n"',
    ],
  },
  {
    title: 'a file in a directory where nothing can be written',
    params: { ...backup, cron_file: 'vantus' },
    have: { entry: undefined, shut: '/etc/cron.d', text: '', readable: true },
    changes: [],
    failure: 'nothing can be written in /etc/cron.d',
  },
  {
    title: 'an immutable file of which nothing would be left',
    params: { name: 'backup', cron_file: 'vantus', state: 'absent' },
    have: file('#vrun: backup\n30 2 * * * root backup --all\n', { held: 'fixed' }),
    changes: [],
    failure: "can't be changed by anybody",
  },
  {
    title: 'a file of which nothing is left goes',
    params: { name: 'backup', cron_file: 'vantus', state: 'absent' },
    have: file('#vrun: backup\n30 2 * * * root backup --all\n'),
    changes: [
      '- cron job backup in /etc/cron.d/vantus: 30 2 * * * root backup --all →',
      '  $ rm -f -- /etc/cron.d/vantus',
    ],
  },
  {
    title: 'a crontab that may not be read',
    params: backup,
    have: { ...tab(''), readable: false },
    changes: [],
    failure: 'cannot read the crontab of root',
  },
]);

test.each([
  [{ ...backup, minute: '60' }, 'Not a minute'],
  [{ ...backup, hour: '*/0' }, 'Not a hour'],
  [{ ...backup, weekday: 'fri-mon' }, 'Not a weekday'],
  [{ ...backup, month: 'month' }, 'Not a month'],
  [{ ...backup, day: '1 * * * * root x' }, 'Not a day'],
  [{ ...backup, job: 'a\n* * * * * root b' }, 'one line'],
  [{ ...backup, name: 'a\nb' }, 'one line'],
  [{ ...backup, name: 'backup ' }, 'white space'],
  [{ ...backup, name: '\u00a0backup' }, 'white space'],
  [{ ...backup, cron_file: '/etc/crontab' }, "host's own"],
  [{ ...backup, insertafter: 'PATH' }, 'is for variables'],
  [{ ...backup, env: true }, 'has no time'],
  [{ name: 'A B', env: true, job: 'x' }, 'no name of a variable'],
  [{ name: 'A', env: true, job: 'x', insertafter: 'B', insertbefore: 'C' }, 'in one place'],
  [{ ...backup, job: 'y'.repeat(999) }, 'too long for cron'],
  [{ ...backup, cron_file: 'vantus.cron' }, 'would not read'],
  [{ ...backup, special_time: 'daily' }, 'takes the place'],
  [{ name: 'backup' }, 'needs a job'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(cron, params)).toThrow(words);
});

test.each([['*/15'], ['1-5'], ['0,30'], ['10-50/20'], [7]])('a minute: %s', (minute) => {
  expect(() => bind(cron, { ...backup, minute })).not.toThrow();
});

/** The text and whether it is another; of entries that can't fail. */
function edit(text: string, entry: CronEntry): { readonly text: string; readonly changed: boolean } {
  const done = editCrontab(text, entry);
  if ('summary' in done) throw new Error(done.summary);
  return done;
}

test('an edit is made once, and other lines stay in their order', () => {
  const mine = '2 2 * * * mine';
  const line = fc.constantFrom(
    'A=b',
    'X = 1',
    '# note',
    '#vrun: x',
    '#Ansible: x',
    '#vrun: y',
    '1 1 * * * job',
    mine,
    '',
  );
  const entries = fc.constantFrom<CronEntry>(
    { kind: 'job', name: 'x', state: 'present', line: mine, fields: 5 },
    { kind: 'job', name: 'x', state: 'absent', line: '', fields: 5 },
    { kind: 'variable', name: 'X', state: 'present', line: 'X="2"', beside: undefined },
    { kind: 'variable', name: 'X', state: 'absent', line: '', beside: undefined },
  );
  fc.assert(
    fc.property(fc.array(line), entries, (rows, wanted) => {
      const text = rows.map((row) => `${row}\n`).join('');
      const once = edit(text, wanted);
      expect(edit(once.text, wanted)).toMatchObject({ text: once.text, changed: false });
      const foreign = (lines: string) => lines.split('\n').filter((row) => row === 'A=b' || row === '#vrun: y');
      if (!rows.includes('#vrun: x') && !rows.includes('#Ansible: x'))
        expect(foreign(once.text)).toEqual(foreign(text));
    }),
  );
});
