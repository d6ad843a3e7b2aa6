import fc from 'fast-check';
import { any, ending } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, optional, rare, task } from './parts.ts';

const given = fc
  .subarray([
    "echo '5 4 * * * /bin/true'",
    "echo '#Ansible: first'; echo '1 2 * * * /bin/first'",
    "echo 'MAILTO=root'",
    "echo '#Ansible: first '; echo '@daily /bin/first'",
    "echo '# a comment'",
    "echo '#Ansible: second'; echo '#*/5 * * * * /bin/second'",
  ])
  .map((lines) => (lines.length === 0 ? ':' : `{ ${lines.join('; ')}; } | crontab -`));

const name = fc.constantFrom('first', 'second', 'third one');
const when = {
  minute: rare(fc.constantFrom<unknown>('*/5', '1', 0, 59, '*')),
  hour: rare(fc.constantFrom<unknown>('2', 4, '*')),
  day: rare(fc.constantFrom('1-7', '*')),
  month: rare(fc.constantFrom<unknown>(12, 'jan')),
  weekday: rare(fc.constantFrom<unknown>('mon', '0', 7)),
};
const place = {
  cron_file: rare(fc.constantFrom('dfile')),
  user: rare(fc.constantFrom('root', 'daemon')),
  backup: rare(fc.constant(true), 30),
};
const job = fc.constantFrom('/bin/first', '/bin/true', '/bin/second -x "a b"', 'echo 100\\%');

const tasks = fc.oneof(
  { weight: 3, arbitrary: task('cron', { name, job, ...when, disabled: rare(fc.boolean()), ...place }) },
  {
    weight: 1,
    arbitrary: task('cron', { name, job, special_time: fc.constantFrom('daily', 'reboot', 'hourly'), ...place }),
  },
  { weight: 1, arbitrary: task('cron', { name, state: fc.constant('absent'), ...place }) },
  {
    weight: 1,
    arbitrary: task('cron', {
      name: fc.constantFrom('MAILTO', 'PATH'),
      env: fc.constant(true),
      job: optional(fc.constantFrom('root', '/bin'), 3),
      state: optional(fc.constantFrom('absent')),
      insertafter: rare(fc.constant('PATH')),
      ...place,
    }),
  },
);

export const cron: Subject = {
  module: 'cron',
  settled: true,
  announced: [
    {
      key: 'user-of-a-file',
      is: any(ending('changed', 'failed', /must specify user/), ending('ok', 'failed', /must specify user/)),
    },
  ],
  reset: 'crontab -r 2>/dev/null || true\ncrontab -u daemon -r 2>/dev/null || true\nrm -f /etc/cron.d/dfile',
  paths: ['/etc/cron.d'],
  alike: (text) => text.replaceAll('#vrun: ', '#Ansible: '),
  commands: ['crontab -l', 'crontab -u daemon -l'],
  trials: fc.record({ given, tasks: few(tasks) }),
};
