// Crontabs as the host has them: users' through crontab(1), files of /etc/cron.d as files.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import type { Foreseen } from '../../engine/module/define.ts';
import { Missing, stateIfThere, withState } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import { fileNeeds } from '../../engine/resources/file/managed.ts';
import { pendingFile, untold } from '../../engine/resources/file/pending.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import type { FileQuery, FileState } from '../../engine/resources/file/state.ts';
import type { CronEntry } from './lines.ts';

export interface CronWant {
  readonly entry: CronEntry;
  /** Whose crontab, or as whom a job of a file runs; undefined for the crontab of the task's user. */
  readonly user: string | undefined;
  /** Absolute path of a file in the format of /etc/cron.d. */
  readonly file: string | undefined;
  readonly backup: boolean;
}

export interface CronState extends FileState {
  readonly text: string;
  /** False when the task's user may not read it. */
  readonly readable: boolean;
  /** The crontab belongs to another number than its user has, so that cron passes over it. */
  readonly foreign?: boolean;
  /** What outlived an account that isn't there. */
  readonly left?: string;
  /** It is such a one, of an account that a pending change makes again: nobody knows with which number. */
  readonly outlived?: boolean;
}

/** Debian's place for users' crontabs: only root may look into it. */
const SPOOL = '/var/spool/cron/crontabs';

/** One crontab(1) for each user, and all files at once. */
export function probeCron(wants: readonly CronWant[]): Script {
  const users = tabUsers(wants);
  const own = wants.some(({ user, file }) => user === undefined && file === undefined);
  const spool = users.map((user) => `${SPOOL}/${user}`);
  return lines(
    sh`a=$(getent passwd ${users.length > 0 ? users : ['root']}); printf '@accounts\n%s\n' "$a"`,
    sh`printf '@tabs\n'; command -v crontab >/dev/null || echo '!'`,
    // Only root may name a user; what crontab says of one stands behind the user's name on standard error, too.
    sh`tab() { printf '=%s\n' "$1"; printf '=%s\n' "$1" >&2; if [ "\${LOGNAME-}" = "$1" ]; then shift; else set -- -u "$1"; fi; crontab -l "$@" | base64; }`,
    own ? sh`printf '=\n'; printf '=\n' >&2; crontab -l | base64` : undefined,
    ...users.map((user) => sh`tab ${user}`),
    spool.length === 0
      ? undefined
      : sh`printf '@spool\n'; stat -c '%u:%n' -- ${spool} 2>/dev/null
left() { case "
$a" in *"
$1:"*) ;; *) [ ! -r ${SPOOL}/"$1" ] || { printf '=%s\n' "$1"; base64 ${SPOOL}/"$1"; };; esac; }
printf '@left\n'`,
    ...users.map((user) => sh`left ${user}`),
    probeFiles(wants.flatMap(queriesOf)),
  );
}

/** The state of each want, in order; Missing without the user, cron itself, or the directory of the file. */
export function parseCron(out: Output, wants: readonly CronWant[]): readonly (CronState | Missing<CronState>)[] {
  const sections = readSections(out.stdout);
  const tabs = sections.get('tabs') ?? [];
  const numbers = new Map(
    (sections.get('accounts') ?? []).map((row) => {
      const [name = '', , uid = ''] = row.split(':');
      return [name, uid];
    }),
  );
  const owners = new Map(
    (sections.get('spool') ?? []).map((row) => {
      const [uid = '', path = ''] = row.split(':');
      return [path.slice(SPOOL.length + 1), uid];
    }),
  );
  const report = parseFiles(out, wants.flatMap(queriesOf));
  const texts = byUser(tabs);
  const leftovers = byUser(sections.get('left') ?? []);
  const errors = byUser(out.stderr.split('\n'));
  return wants.map((want) => {
    const [query] = queriesOf(want);
    if (query) {
      const entry = report.entry(query.path);
      const state = {
        ...report.state(query),
        text: entry?.text ?? '',
        readable:
          entry === undefined || (entry.kind !== 'hidden' && (entry.kind !== 'file' || entry.sha256 !== undefined)),
      };
      const needs = want.entry.state === 'absent' ? [] : fileNeeds(report, query);
      return needs.length === 0 ? state : new Missing({ needs, fresh: state });
    }
    const { user = '' } = want;
    const owner = owners.get(user);
    const left = leftovers.get(user);
    const state: CronState = {
      entry: undefined,
      text: decode(texts.get(user) ?? []),
      readable: !isRefused(errors.get(user) ?? []),
      ...(owner !== undefined && numbers.has(user) && owner !== numbers.get(user) && { foreign: true }),
      ...(left && { left: withoutHeader(decode(left)) }),
    };
    if (want.entry.state === 'absent') return state;
    if (tabs.includes('!')) return new Missing({ needs: [`package:cron`], fresh: state });
    if (want.user === undefined || numbers.has(user)) return state;
    return new Missing({ needs: [`user:${user}`], fresh: remade(state) });
  });
}

/** The crontab once the account is there, be it again. */
function remade(state: CronState): CronState {
  const text = state.left ?? state.text;
  return text === '' ? state : { ...state, text, outlived: true };
}

/** As `crontab -l` of Debian prints the file: without the comments, three at most, that crontab(1) puts at its top. */
function withoutHeader(text: string): string {
  return text.replace(/^(#[^\n]*\n){1,3}/, '');
}

/**
 * The entry's crontab as pending changes leave it: a file of jobs, or that of an account that goes or comes again. Of a user's
 * crontab nothing is left but by tasks about the same job.
 */
export function pendingCron(
  have: CronState | Missing<CronState>,
  { file, user, entry }: CronWant,
  foreseen: Foreseen,
): CronState | Missing<CronState> {
  if (file === undefined && user !== undefined) {
    const { account } = foreseen.settled(`user:${user}`);
    const known = stateIfThere(have);
    if (account === undefined || known === undefined) return have;
    if (account === 'there') return withState(have, remade(known));
    if (entry.state === 'absent') return { ...known, text: '', foreign: false };
    return new Missing<CronState>({ needs: [`user:${user}`] });
  }
  const left = file === undefined ? undefined : foreseen.at(file);
  if (file === undefined || left === undefined) return have;
  const then = pendingFile(have, { path: file }, foreseen);
  const known = stateIfThere(then);
  const text = left.kind === 'file' ? left.content.text() : left.kind === 'nothing' ? '' : known?.text;
  return known === undefined || text === undefined ? untold(file) : withState(then, { ...known, text });
}

function tabUsers(wants: readonly CronWant[]): readonly string[] {
  return [...new Set(wants.flatMap(({ file, user }) => (file === undefined && user !== undefined ? [user] : [])))];
}

function queriesOf(want: CronWant): readonly FileQuery[] {
  return want.file === undefined ? [] : [{ path: want.file, read: true, owner: want.user }];
}

function decode(rows: readonly string[]): string {
  return Buffer.from(rows.join(''), 'base64').toString('utf8');
}

function isRefused(errors: readonly string[]): boolean {
  return errors.some((line) => line.includes('must be privileged') || line.includes('not allowed to'));
}

/** Lines after `=USER`. */
function byUser(rows: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const parts = new Map<string, string[]>();
  let current: string[] = [];
  for (const row of rows) {
    if (row.startsWith('=')) {
      current = [];
      parts.set(row.slice(1), current);
    } else current.push(row);
  }
  return parts;
}
