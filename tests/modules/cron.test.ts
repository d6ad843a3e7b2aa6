import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Content } from '../../engine/module/index.ts';
import { editCrontab } from '../../engine/module/resources/cron-lines.ts';
import cron from '../../modules/cron.ts';
import { bind } from './bind.ts';
import { entry } from './entries.ts';
import { table } from './table.ts';

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
const backup = { name: 'backup', job: 'backup --all', hour: 2, minute: '30' };

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
    title: 'a name and a job with spaces at their ends',
    params: { ...backup, name: 'backup ', job: 'backup  ' },
    have: tab('#vrun: backup \n30 2 * * * backup  \n'),
    changes: [],
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
    title: 'the last job goes and the crontab with it',
    params: { name: 'backup', state: 'absent' },
    have: tab('#vrun: backup\n30 2 * * * backup --all\n'),
    changes: [
      '- cron job backup of root: 30 2 * * * backup --all →',
      `  $ if [ "\${LOGNAME-}" = root ]; then crontab -r; else crontab -u root -r; fi`,
    ],
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

test('an edit is made once, and other lines stay in their order', () => {
  const line = fc.constantFrom('A=b', '# note', '#vrun: x', '#Ansible: x', '#vrun: y', '1 1 * * * job', '');
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom('present' as const, 'absent' as const), (rows, state) => {
      const text = rows.map((row) => `${row}\n`).join('');
      const wanted = { name: 'x', state, line: state === 'present' ? '2 2 * * * mine' : '' };
      const once = editCrontab(text, wanted);
      const again = editCrontab(once.text, wanted);
      expect(again).toMatchObject({ text: once.text, changed: false });
      const foreign = (lines: string) => lines.split('\n').filter((row) => row === 'A=b' || row === '#vrun: y');
      if (!rows.includes('#vrun: x') && !rows.includes('#Ansible: x'))
        expect(foreign(once.text)).toEqual(foreign(text));
    }),
  );
});
