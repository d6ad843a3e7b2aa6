// What is read of a database that Prisma migrates: whether it is there, the migrations of the release, and `migrate status`.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import type { Foreseen } from '../../engine/module/define.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { Missing, type Resource } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import { cannotBecome, checkUser } from '../../engine/resources/command/as-user.ts';
import { isTouched, untold } from '../../engine/resources/file/pending.ts';
import APPLIED from './applied.sh';
import CONFIGURED from './configured.cjs';
import CONNECTION from './connection.awk';
import PERCENT from './percent.awk';
import RELEASE from './release.sh';
import { type PrismaCall, prismaShell } from './shell.ts';
import { readStatus, type Status } from './status.ts';
import { type Answer, UNDONE_POSTGRESQL, UNDONE_SQLITE, withUndone } from './undone.ts';

export interface Backup {
  readonly path: string;
  readonly keep: number;
}

export interface MigrateWant extends PrismaCall {
  readonly backup: Backup | undefined;
  /** False: a file of SQLite that isn't there is a loss, and not for us to make up for. */
  readonly create: boolean;
  /** Seconds. */
  readonly timeout: number;
}

export type DatabaseKind = 'sqlite' | 'postgresql' | 'other';

export interface MigrateState {
  readonly kind: DatabaseKind;
  /** False for a file of SQLite that doesn't exist yet. */
  readonly exists: boolean;
  /** Of the release, in order. */
  readonly migrations: readonly string[];
  readonly status: Status;
  /** What the user may not write to: the file of SQLite, or the directory in which it would be made. */
  readonly shut?: string | undefined;
  /** Whether the database's own program for backups is there; SQLite needs none. */
  readonly canDump: boolean;
}

/** Read-only: a file of SQLite that isn't there is not asked for, since asking would make it. */
export function probeMigrations(want: MigrateWant): Script {
  const { path, schema, envFile, user, command } = want;
  const [program = ''] = command;
  return lines(
    sh`[ -d ${path} ] || { echo @directory; exit 0; }`,
    checkUser(user),
    program.includes('/')
      ? sh`cd -- ${path} && [ -x ${program} ] || { echo @program; exit 0; }`
      : sh`command -v ${program} >/dev/null || { echo @program; exit 0; }`,
    sh`command -v node >/dev/null || { echo @node; exit 0; }`,
    envFile === undefined ? undefined : sh`[ -e ${envFile} ] || { echo @variables; exit 0; }`,
    envFile === undefined ? undefined : sh`[ -r ${envFile} ] || { echo @unreadable; exit 0; }`,
    prismaShell(want),
    sh`[ -n "\${DATABASE_URL-}" ] || { echo @url; exit 0; }
[ -f ${schema} ] || [ -d ${schema} ] || { echo @schema; exit 0; }
echo @kind
vrun_file=
case $DATABASE_URL in
file:*) echo sqlite; vrun_file=\${DATABASE_URL#file:}; vrun_file=\${vrun_file%%\?*}; case $vrun_file in //*) vrun_file=\${vrun_file#//};; esac;;
postgres://* | postgresql://*) echo postgresql;;
*) echo other;;
esac
command -v pg_dump >/dev/null && echo pg_dump`,
    sh`vrun_schema=${schema} vrun_config=${configOf(command)} vrun_program=${program} vrun_configured=${CONFIGURED} vrun_connection=${`${PERCENT}\n${CONNECTION}`}`,
    RELEASE,
    APPLIED,
    sh`vrun_schemas=${schema}; [ -d "$vrun_schemas" ] || vrun_schemas=\${vrun_schemas%/*}; case $vrun_schemas in ${schema}) [ -d ${schema} ] || vrun_schemas=.;; esac
if [ -n "$vrun_file" ]; then
vrun_absent=; if [ ! -e "$vrun_file" ]; then case $vrun_file in /*) vrun_absent=1;; *) [ -e "$vrun_schemas/$vrun_file" ] || vrun_absent=1;; esac; fi
if [ -n "$vrun_absent" ]; then
configured; echo @migrations; release; echo @absent; case $vrun_file in */*) vrun_parent=\${vrun_file%/*};; *) vrun_parent=.;; esac
case $vrun_parent in '') vrun_parent=/;; /*) ;; *) exit 0;; esac
[ -d "$vrun_parent" ] || { echo @folder; printf '%s' "$vrun_parent" | base64; exit 0; }
as test -w "$vrun_parent" || { echo @shut; printf '%s' "$vrun_parent" | base64; }
exit 0
fi
as test -w "$vrun_file" || case $vrun_file in /*) echo @shut; printf '%s' "$vrun_file" | base64;; esac
fi
if applied; then echo @applied; echo @migrations; printf '%s\n' "$vrun_release"; exit 0; fi
echo @status
{ vrun_said=$(prisma migrate status --schema ${schema} 2>&1 </dev/null); vrun_status=$?; echo "$vrun_status"; printf '%s\n' "$vrun_said" | cleared; exit "$vrun_status"; } &
case $DATABASE_URL in file:*) vrun_query=${UNDONE_SQLITE};; postgres*) vrun_query=${UNDONE_POSTGRESQL};; *) vrun_query=;; esac
vrun_undone=0; [ -z "$vrun_query" ] || { vrun_said=$(execute "$vrun_query"); vrun_undone=$?; }
wait $!; vrun_status=$?
[ -z "$vrun_query" ] || { echo @undone; echo "$vrun_undone"; printf '%s\n' "$vrun_said" | cleared; }
[ "$vrun_status$vrun_undone" = 00 ] || configured
echo @migrations; release`,
  );
}

/** The configuration that Prisma is given; empty where it looks for its own. */
function configOf(command: readonly string[]): string {
  const at = command.indexOf('--config');
  return at < 0 ? '' : (command[at + 1] ?? '');
}

/** @throws Error when Prisma says what nobody foresaw */
export function parseMigrations(out: Output, want: MigrateWant): MigrateState | Missing<MigrateState> {
  if (out.timedOut || out.status !== 0)
    throw new Error(`the probe ended with status ${out.status}: ${out.stderr.trim()}`);
  const sections = readSections(out.stdout);
  const absent = NOT_THERE.find(([section]) => sections.has(section));
  if (absent) {
    const [, resource, failure] = absent;
    return new Missing<MigrateState>({ needs: [resource(want)].flat(), failure: failure?.(want) });
  }
  const [kind, dump] = sections.get('kind') ?? [];
  if (kind !== 'sqlite' && kind !== 'postgresql' && kind !== 'other')
    throw new Error('the probe did not say what database it is');
  const migrations = (sections.get('migrations') ?? []).map((line) => nameOf(line.slice('m '.length)));
  const canDump = kind === 'sqlite' || (kind === 'postgresql' && dump === 'pg_dump');
  const base = { kind, migrations, canDump } as const;
  const shut = pathIn(sections.get('shut'));
  const status = sections.get('status');
  if (status === undefined && sections.has('absent')) {
    const fresh: MigrateState = {
      ...base,
      exists: false,
      shut,
      status: { kind: 'pending', names: migrations, foreign: [] },
    };
    const folder = pathIn(sections.get('folder'));
    return folder === undefined ? fresh : new Missing({ needs: [`path:${folder}`], fresh });
  }
  if (sections.has('applied')) return { ...base, exists: true, shut, status: { kind: 'up-to-date' } };
  const said = answer(status);
  if (said === undefined) throw new Error('the probe did not say how prisma migrate status ended');
  return {
    ...base,
    exists: true,
    shut,
    status: withUndone(readStatus(said.code, said.lines, migrations), answer(sections.get('undone')), migrations),
  };
}

/** What is pending depends on the release, on its Prisma and on which database it is. */
export function pendingMigrations(
  have: MigrateState | Missing<MigrateState>,
  { path, schema, envFile, command: [program = ''] }: MigrateWant,
  foreseen: Foreseen,
): MigrateState | Missing<MigrateState> {
  const own = program.startsWith('/') || !program.includes('/') ? [] : [`${path}/${program}`];
  const paths = [path, `${path}/${schema}`, ...own, ...(envFile === undefined ? [] : [envFile])];
  return have instanceof Missing || !isTouched(paths, foreseen) ? have : untold(path);
}

function pathIn(section: readonly string[] | undefined): string | undefined {
  return section && Buffer.from(section.join(''), 'base64').toString('utf8');
}

/** An exit status, then what was printed, each line after `> `. */
function answer(section: readonly string[] | undefined): Answer | undefined {
  const [code = '', ...rows] = section ?? [];
  return /^\d+$/.test(code) ? { code: Number(code), lines: rows.map((row) => row.slice('> '.length)) } : undefined;
}

/** Sections that stand for something that is missing, what may make it, and what to say where nothing does. */
const NOT_THERE: readonly (readonly [
  string,
  (want: MigrateWant) => Resource | readonly Resource[],
  ((want: MigrateWant) => Failure)?,
])[] = [
  ['directory', ({ path }) => `path:${path}`],
  ['user', ({ user }) => `user:${user}`],
  ['node', () => 'command:node'],
  ['variables', ({ envFile }) => `path:${envFile}`],
  [
    'program',
    ({ path, command: [program = ''] }) =>
      program.includes('/') ? `path:${program.startsWith('/') ? program : `${path}/${program}`}` : `command:${program}`,
    ({ path, command: [program = ''] }) => ({
      summary: `there is no ${program}${program.includes('/') ? ` in ${path}` : ''} to run Prisma with`,
      detail: `The application in ${path} came without it, or without its dependencies.`,
      hint: 'Make prisma a dependency (not a development one) and put node_modules into the release, or say with `command` what to run.',
    }),
  ],
  [
    'schema',
    ({ path, schema }) => `path:${path}/${schema}`,
    ({ path, schema }) => ({
      summary: `there is no ${schema} in ${path}`,
      detail: 'Prisma reads from its schema which database it is and where the migrations are.',
      hint: 'Say with `schema` where it is, relative to `path`.',
    }),
  ],
  [
    'url',
    ({ envFile, path }) => `path:${envFile ?? path}`,
    ({ envFile }) => ({
      summary: 'DATABASE_URL is not set',
      detail: envFile === undefined ? 'The task has no `env_file`.' : `${envFile} does not say which database it is.`,
      hint: envFile === undefined ? 'Name the file that sets it with `env_file`.' : `Set DATABASE_URL in ${envFile}.`,
    }),
  ],
  [
    'unreadable',
    ({ envFile }) => `path:${envFile}`,
    ({ envFile }) => ({
      summary: `${envFile} may not be read`,
      detail: 'It belongs to somebody else than the user that the task runs as.',
      hint: 'Set `become: true` on the task.',
    }),
  ],
  ['denied', ({ user }) => `user:${user}`, ({ user }) => cannotBecome(user)],
];

/** A migration's directory. Spaces and control characters would not survive Prisma's own lists. */
export function nameOf(text: string): string {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(text)) throw new Error(`this is no name of a migration: ${JSON.stringify(text)}`);
  return text;
}
