// A named job in a user's crontab or in a file of /etc/cron.d, crontab(5).

import {
  defineModule,
  named,
  OneOf,
  type ParameterProblem,
  pathThing,
  presence,
  Type,
  things,
} from '../../engine/module/index.ts';
import { cleanPath, hasControl } from '../../engine/resources/file/path.ts';
import { DIFFERENCES } from './differences.ts';
import { type CronJob, type CronVariable, checkFields } from './lines.ts';
import { planCron } from './plan.ts';
import { type CronWant, parseCron, pendingCron, probeCron } from './state.ts';

const SPECIAL = ['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'] as const;

/** Bytes of a command, of which Debian's cron reads a thousand with what ends it. */
const LONGEST = 998;

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

const variable = (description: string) => Type.String({ pattern: VARIABLE.source, description });

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

- name: Who gets what its jobs print
  cron: { name: MAILTO, env: true, value: ops@example.com, cron_file: app }
`,
  params: Type.Object({
    name: Type.String({ minLength: 1, description: 'Name of the job, kept as a comment above it, or of the variable' }),
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
    user: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$',
        description:
          "Whose crontab it is, the task's user when not given; in a cron_file as whom the job runs, root when not given",
      }),
    ),
    cron_file: Type.Optional(
      Type.String({ minLength: 1, description: 'File in /etc/cron.d, or an absolute path, in place of a crontab' }),
    ),
    disabled: Type.Boolean({ default: false, description: 'Keep the job as a comment' }),
    env: Type.Boolean({
      default: false,
      description: 'A variable and no job: name is its name, job its value. It holds for the jobs below it',
    }),
    insertafter: Type.Optional(variable('Put a new variable behind this one; at the top when not given')),
    insertbefore: Type.Optional(variable('Put a new variable before this one')),
    backup: Type.Boolean({
      default: false,
      description:
        "Keep the table as it was before a change: a file's beside it, a crontab's in the home of the task's user, with the time in its name",
    }),
  }),
  aliases: { value: 'job', dom: 'day', dow: 'weekday' },
  results: Type.Object({
    name: Type.String({ description: 'Name of the job or variable' }),
    job: Type.String({ description: 'Its whole line in the table; empty when it goes' }),
  }),
  manual: {
    reads:
      'The table: a crontab through crontab(1), a file as it is. Of an account that isn’t there, whether a crontab outlived it.',
    changes:
      'A crontab at once, through crontab(1); a file atomically, as root with nobody else writing. A file of which nothing is left goes. A line that stands there without a name is taken over.',
    dryRun:
      'Everything, but for a crontab that outlived an account which an earlier task makes again: whether cron takes it from the new one is `unknown`.',
    needs: 'cron.',
    tried: 'Debian 12: cron 3.0pl1-162.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => {
    const { state, cron_file: file, special_time: special, name, env } = params;
    return [
      ...checkFields(params),
      ...['name', 'job'].flatMap((parameter) => {
        const text = params[parameter];
        if (typeof text !== 'string' || !hasControl(oneLine(text))) return [];
        return [
          { parameter, summary: `The ${parameter} must be one line`, hint: 'Put a longer command into a script.' },
        ];
      }),
      ...(typeof name === 'string' && name !== name.trim()
        ? [
            {
              parameter: 'name',
              summary: 'The name must not begin or end with white space',
              detail: 'It looks like the name without it, and the two jobs would replace each other.',
              hint: 'Take it out.',
            },
          ]
        : []),
      ...(env === true ? checkVariable(params) : []),
      ...(env === true
        ? []
        : ['insertafter', 'insertbefore'].flatMap((parameter) =>
            parameter in params
              ? [{ parameter, summary: `${parameter} is for variables`, hint: 'Set `env: true`, or leave it out.' }]
              : [],
          )),
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
      ...(file === '/etc/crontab'
        ? [
            {
              parameter: 'cron_file',
              summary: "/etc/crontab is the host's own",
              hint: 'Name a file of its own, which cron_file puts into /etc/cron.d.',
            },
          ]
        : []),
      ...(state !== 'absent' && typeof state !== 'object' && !('job' in params)
        ? [{ parameter: undefined, summary: 'cron needs a job', hint: 'Say with job what shall run.' }]
        : []),
    ];
  },

  prepare: (params): CronWant => {
    const { cron_file: file, user, backup } = params;
    return {
      user: user ?? (file === undefined ? undefined : 'root'),
      entry: params.env ? variableOf(params) : jobOf(params),
      file: file === undefined ? undefined : cleanPath(file.startsWith('/') ? file : `/etc/cron.d/${file}`),
      backup,
    };
  },

  probeMany: probeCron,
  parseMany: parseCron,
  about: ({ name, user = 'root', cron_file: file }) => [
    ...things('job', named`${file ?? user}/${name}`),
    ...pathThing(file, '/etc/cron.d'),
  ],
  looksAt: ({ user }) => [...things('user', user), ...things('word', 'crontab')],
  pending: pendingCron,
  plan: planCron,
});

interface Given {
  readonly name: string;
  readonly state: 'present' | 'absent';
  readonly job?: string | undefined;
}

function jobOf(params: Given & Times): CronJob {
  const { name, state, job = '', user = 'root', cron_file: file, special_time: special, disabled } = params;
  const { minute, hour, day, month, weekday } = params;
  const when = special === undefined ? [minute, hour, day, month, weekday] : [`@${special}`];
  const fields = [...when, ...(file === undefined ? [] : [user])];
  const line = `${disabled ? '#' : ''}${[...fields, oneLine(job)].join(' ')}`;
  return { kind: 'job', name, state, line: state === 'absent' ? '' : line, fields: fields.length };
}

interface Times {
  readonly user?: string | undefined;
  readonly cron_file?: string | undefined;
  readonly special_time?: string | undefined;
  readonly disabled: boolean;
  readonly minute: string | number;
  readonly hour: string | number;
  readonly day: string | number;
  readonly month: string | number;
  readonly weekday: string | number;
}

function variableOf(params: Given & { readonly insertafter?: string; readonly insertbefore?: string }): CronVariable {
  const { name, state, job = '', insertafter: after, insertbefore: before } = params;
  const beside =
    after !== undefined
      ? { name: after, where: 'after' as const }
      : before !== undefined
        ? { name: before, where: 'before' as const }
        : undefined;
  return { kind: 'variable', name, state, line: state === 'absent' ? '' : `${name}="${oneLine(job)}"`, beside };
}

/** Line breaks at its end come with a block of YAML. */
function oneLine(job: string): string {
  return job.replace(/^[\r\n]+|[\r\n]+$/g, '');
}

function checkVariable(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  const { name, special_time: special, disabled } = params;
  const timed =
    special !== undefined ||
    disabled === true ||
    ['minute', 'hour', 'day', 'month', 'weekday'].some((field) => (params[field] ?? '*') !== '*');
  return [
    ...(typeof name === 'string' && !VARIABLE.test(name)
      ? [
          {
            parameter: 'name',
            summary: `‹${name}› is no name of a variable`,
            hint: 'Write letters, digits and _ as in MAILTO.',
          },
        ]
      : []),
    ...(timed
      ? [{ parameter: 'env', summary: 'A variable has no time', hint: 'Leave the time and `disabled` out, or `env`.' }]
      : []),
    ...('insertafter' in params && 'insertbefore' in params
      ? [{ parameter: 'insertbefore', summary: 'A variable stands in one place', hint: 'Leave one of them out.' }]
      : []),
  ];
}
