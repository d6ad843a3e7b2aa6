// What has to happen to a database that Prisma migrates, and what to say where a person has to decide.

import { lastLines } from '../../engine/base/last-lines.ts';
import { lines, quote, sh } from '../../engine/base/script.ts';
import type { Change, Output, Plan } from '../../engine/module/change.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { backupScript } from './backup.ts';
import type { MigrateState, MigrateWant } from './probe.ts';
import { prismaShell } from './shell.ts';
import { readDeployFailure } from './status.ts';

/** Pending migrations are the change, each named; the last one carries the step that applies them all. */
export function planMigrations(have: MigrateState, want: MigrateWant): Plan {
  const { status } = have;
  if (!have.exists && !want.create) return { changes: [], failure: lost(want) };
  switch (status.kind) {
    case 'up-to-date':
      return { changes: [], result: { pending: [] } };
    case 'failed':
      return { changes: [], failure: failedBefore(want, status.names), result: { failed: status.names } };
    case 'unmanaged':
      return { changes: [], failure: unmanaged(want, have.migrations) };
    case 'error':
      return { changes: [], failure: unreachable(status.words) };
    case 'pending':
      return pending(have, want, status);
  }
}

function pending(
  have: MigrateState,
  want: MigrateWant,
  { names, foreign }: { readonly names: readonly string[]; readonly foreign: readonly string[] },
): Plan {
  const { backup } = want;
  if (have.shut !== undefined) return { changes: [], failure: notWritable(have.shut, want) };
  const saves = backup !== undefined && have.exists;
  if (saves && have.kind === 'other') return { changes: [], failure: OTHER_DATABASE };
  if (saves && !have.canDump) return { changes: [], failure: NO_PG_DUMP };
  const copies: readonly Change[] = saves
    ? [
        {
          op: '!',
          what: `backup of the database in ${backup.path}`,
          steps: [{ run: backupScript({ ...want, backup }), timeout: want.timeout, hint: NO_BACKUP }],
        },
      ]
    : [];
  const hint = saves ? `${STOPPED} The backup from before is the newest file in ${backup.path}.` : STOPPED;
  const deploy = { run: deployScript(want), accept: 'any', timeout: want.timeout, hint } as const;
  // Where none is found, `migrate deploy` decides what there is to be applied.
  const unnamed: Change = { op: '+', what: 'whatever migrations Prisma finds', steps: [deploy] };
  const migrations = names.map(
    (name, index): Change => ({
      op: '+',
      what: `migration ${name}`,
      steps: index === names.length - 1 ? [deploy] : [],
    }),
  );
  return {
    changes: [...copies, ...(names.length === 0 ? [unnamed] : migrations)],
    result: { pending: names },
    ...(foreign.length > 0
      ? { message: `The database also has migrations that this release has not: ${foreign.join(', ')}.` }
      : {}),
    after: (outputs) => verdict(want, names, outputs, saves),
  };
}

const NO_BACKUP = 'No migration was applied. Make the backup possible, or leave `backup` out.';
/** Only when time is over does the step itself fail. */
const STOPPED =
  'If the migrations need more time, raise `timeout`. One that was stopped half-way stays marked as failed: the next run names it, and how to resolve it.';

function deployScript(want: MigrateWant) {
  return lines(
    prismaShell(want),
    sh`vrun_said=$(prisma migrate deploy --schema ${want.schema} 2>&1 </dev/null); vrun_status=$?
printf '%s\n' "$vrun_said" | cleared; exit "$vrun_status"`,
  );
}

/** What the steps printed: the path of the backup, if one was made, then what Prisma said. */
function verdict(
  want: MigrateWant,
  names: readonly string[],
  outputs: readonly Output[],
  saves: boolean,
): Pick<Plan, 'failure' | 'result'> {
  const saved = saves ? outputs[0]?.stdout.trim() : undefined;
  const result = { pending: names, ...(saved ? { backup: saved } : {}) };
  const output = outputs.at(-1);
  if (output === undefined || output.status === 0) return { result };
  const said = output.stdout.split('\n').map((line) => line.replace(/^> /, ''));
  const { migration, before, words } = readDeployFailure(said);
  if (migration !== undefined && before) return { result, failure: failedBefore(want, [migration]) };
  const kept = saved ? `\nThe backup from before it: ${saved}` : '';
  if (migration === undefined) {
    return {
      result,
      failure: {
        summary: '‹prisma migrate deploy› failed',
        detail: `${lastLines(words) || `It ended with status ${output.status} and printed nothing.`}${kept}`,
        hint: 'No migration is marked as failed by this: once the reason is gone, run again.',
      },
    };
  }
  return {
    result: { ...result, failed: [migration] },
    failure: {
      summary: `the migration ${migration} failed`,
      detail: `The database says:\n${lastLines(words, 20)}${kept}\n${HALF_DONE}`,
      hint: twoWays(want, migration),
    },
  };
}

const HALF_DONE =
  'Migrations before it are applied, none after it. What it had done itself by then may be there still: SQLite keeps each statement that succeeded.';

function failedBefore(want: MigrateWant, names: readonly string[]): Failure {
  const [first = ''] = names;
  return {
    summary: `the migration ${names.join(', ')} failed in an earlier run`,
    detail: 'Prisma applies nothing more until a person has said what became of it, and neither does vrun.',
    hint: twoWays(want, first),
  };
}

/** Both ways out, as commands to copy. */
function twoWays(want: MigrateWant, migration: string): string {
  return [
    'Look at the database, then tell Prisma on that host, one of the two:',
    '- its statements are undone (repaired by hand, or the backup restored): it will be applied again, as the release has it then',
    `  ${resolveCommand(want, '--rolled-back', migration)}`,
    '- the rest of its statements were made by hand: it counts as applied',
    `  ${resolveCommand(want, '--applied', migration)}`,
    'and run this runbook again.',
  ].join('\n');
}

function resolveCommand({ path, schema, envFile, user, command }: MigrateWant, way: string, migration: string): string {
  const words = [...command, 'migrate', 'resolve', way, migration, '--schema', schema].map(quote).join(' ');
  const variables = envFile === undefined ? '' : `set -a && . ${quote(envFile)} && set +a && `;
  const all = `cd ${quote(path)} && ${variables}${words}`;
  return user === undefined ? all : `sudo -u ${quote(user)} sh -c ${quote(all)}`;
}

function unmanaged(want: MigrateWant, [first = 'NAME']: readonly string[]): Failure {
  return {
    summary: 'the database has tables that no migration made',
    detail: 'Prisma keeps no history in it, so nobody can say which migrations it has.',
    hint: `If it is as the first migration makes it, say so on the host:\n  ${resolveCommand(want, '--applied', first)}`,
  };
}

function unreachable(words: string): Failure {
  const hint = /Can't reach database server|P1001|ECONNREFUSED|timed? ?out/i.test(words)
    ? 'Is the database server running, and does its firewall let this host in?'
    : /Authentication failed|P1000|credentials/.test(words)
      ? 'The user or the password in DATABASE_URL is wrong.'
      : /does not exist/.test(words)
        ? 'Make the database first, with its user as the owner.'
        : /External error/.test(words)
          ? "Prisma's driver gives no reason. SQLite: may the user write the file and its directory? Otherwise: is DATABASE_URL well-formed?"
          : 'Run the same on the host to see all of it: prisma migrate status.';
  return { summary: 'the database cannot be asked for its migrations', detail: lastLines(words, 20), hint };
}

function lost({ envFile }: MigrateWant): Failure {
  return {
    summary: 'the file of the database is gone',
    detail: `DATABASE_URL${envFile === undefined ? '' : ` in ${envFile}`} names one that isn’t there, and the migrations would make an empty one in its place.`,
    hint: 'Put it back or restore a backup, or correct DATABASE_URL. Where an empty one is meant, say `create: true`.',
  };
}

function notWritable(path: string, { user }: MigrateWant): Failure {
  return {
    summary: `${user ?? 'the user of the task'} may not write to ${path}`,
    detail: 'Migrations are pending, and SQLite writes its file and others beside it.',
    hint: 'Give the file and its directory to that user in an earlier task, or name another one with `user`.',
  };
}

const NO_PG_DUMP: Failure = {
  summary: 'the database cannot be backed up: pg_dump is not on the host',
  detail: 'Migrations are pending, and the task wants a backup first.',
  hint: 'Install it in an earlier task: apt: { name: postgresql-client }',
};

const OTHER_DATABASE: Failure = {
  summary: 'only SQLite and PostgreSQL are backed up',
  detail: 'DATABASE_URL is for another database.',
  hint: 'Leave out `backup`, and make one in a task before this.',
};
