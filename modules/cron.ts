// A named job in a user's crontab or in a file of /etc/cron.d, crontab(5).
import { defineModule, named, OneOf, pathThing, presence, Type, things } from '../engine/module/index.ts';
import { checkTimes } from '../engine/module/resources/cron-lines.ts';
import { planCron } from '../engine/module/resources/cron-plan.ts';
import { type CronWant, parseCron, pendingCron, probeCron } from '../engine/module/resources/cron-state.ts';
import { cleanPath, hasControl } from '../engine/module/resources/path.ts';

const SPECIAL = ['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'] as const;

/** Bytes of a command, of which Debian's cron reads a thousand with what ends it. */
const LONGEST = 998;

const time = (description: string) =>
  Type.Union([Type.String({ minLength: 1 }), Type.Integer()], { default: '*', description });

export default defineModule({
  name: 'cron',
  summary: 'Manage a job that runs at set times',
  example: `
- name: Nightly clean-up
  cron:
    name: clean-up
    cron_file: app
    user: www-data
    hour: "3"
    minute: "17"
    job: find /var/tmp/app -mtime +7 -delete
`,
  params: Type.Object({
    name: Type.String({ minLength: 1, description: 'Name of the job, kept as a comment above it' }),
    job: Type.Optional(
      Type.String({ minLength: 1, description: 'Command line; % means a line break unless it is written \\%' }),
    ),
    ...presence,
    minute: time('Minute, 0 to 59'),
    hour: time('Hour, 0 to 23'),
    day: time('Day of the month, 1 to 31'),
    month: time('Month, 1 to 12 or jan to dec'),
    weekday: time('Day of the week, 0 to 7 (Sunday is both) or sun to sat'),
    special_time: Type.Optional(OneOf(SPECIAL, { description: 'In place of the five fields' })),
    user: Type.String({
      default: 'root',
      pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$',
      description: 'Whose crontab it is, and as whom a job of cron_file runs',
    }),
    cron_file: Type.Optional(
      Type.String({ minLength: 1, description: 'File in /etc/cron.d, or an absolute path, in place of a crontab' }),
    ),
    disabled: Type.Boolean({ default: false, description: 'Keep the job as a comment' }),
  }),

  checkParams: (params) => {
    const { state, cron_file: file, special_time: special } = params;
    return [
      ...checkTimes(params),
      ...['name', 'job'].flatMap((parameter) => {
        const text = params[parameter];
        if (typeof text !== 'string' || !hasControl(text)) return [];
        return [
          { parameter, summary: `The ${parameter} must be one line`, hint: 'Put a longer command into a script.' },
        ];
      }),
      ...(typeof params.job === 'string' && Buffer.byteLength(params.job) > LONGEST
        ? [
            {
              parameter: 'job',
              summary: 'The job is too long for cron',
              detail: `It reads ${LONGEST} bytes of a command, and refuses the whole table otherwise.`,
              hint: 'Put the command into a script.',
            },
          ]
        : []),
      ...(typeof file === 'string' && !/^(\/[^\u0000-\u001f]*\/)?[A-Za-z0-9_-]+$/.test(file)
        ? [
            {
              parameter: 'cron_file',
              summary: 'cron would not read this file',
              detail: 'It takes names of letters, digits, _ and - only, and no other dots or slashes.',
              hint: 'Write a name such as vantus-backup.',
            },
          ]
        : []),
      ...(special !== undefined &&
      ['minute', 'hour', 'day', 'month', 'weekday'].some((name) => (params[name] ?? '*') !== '*')
        ? [
            {
              parameter: 'special_time',
              summary: 'special_time takes the place of the five fields',
              hint: 'Leave one of them out.',
            },
          ]
        : []),
      ...(state !== 'absent' && typeof state !== 'object' && !('job' in params)
        ? [{ parameter: undefined, summary: 'cron needs a job', hint: 'Say with job what shall run.' }]
        : []),
    ];
  },

  prepare: (params): CronWant => {
    const { name, state, job = '', user, cron_file: file, special_time: special, disabled } = params;
    const { minute, hour, day, month, weekday } = params;
    const when = special === undefined ? [minute, hour, day, month, weekday].join(' ') : `@${special}`;
    const line = [when, ...(file === undefined ? [] : [user]), job].join(' ');
    return {
      user,
      entry: { name, state, line: state === 'absent' ? '' : `${disabled ? '#' : ''}${line}` },
      file: file === undefined ? undefined : cleanPath(file.startsWith('/') ? file : `/etc/cron.d/${file}`),
    };
  },

  probeMany: probeCron,
  parseMany: parseCron,
  about: ({ name, user = 'root', cron_file: file }) => [
    ...things('job', named`${file ?? user}/${name}`),
    ...pathThing(file, '/etc/cron.d'),
  ],
  // A user's own jobs go with the account.
  looksAt: ({ user }) => [...things('user', user), ...things('word', 'crontab')],
  pending: pendingCron,
  plan: planCron,
});
