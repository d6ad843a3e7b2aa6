// Crontabs as the host has them: users' through crontab(1), files of /etc/cron.d as files.
import type { Output } from '../change.ts';
import type { Foreseen } from '../define.ts';
import { Missing, stateIfThere, withState } from '../resource.ts';
import { lines, type Script, sh } from '../script.ts';
import type { CronEntry } from './cron-lines.ts';
import { probeFiles } from './file-probe.ts';
import { parseFiles } from './file-report.ts';
import type { FileQuery, FileState } from './file-state.ts';
import { fileNeeds } from './managed-file.ts';
import { pendingFile, untold } from './pending-file.ts';
import { readSections } from './sections.ts';

export interface CronWant {
  readonly entry: CronEntry;
  /** Whose crontab, or as whom a job of a file runs. */
  readonly user: string;
  /** Absolute path of a file in the format of /etc/cron.d. */
  readonly file: string | undefined;
}

export interface CronState extends FileState {
  readonly text: string;
  /** False when the task's user may not read it. */
  readonly readable: boolean;
}

/** One crontab(1) for each user, and all files at once. */
export function probeCron(wants: readonly CronWant[]): Script {
  const users = tabUsers(wants);
  return lines(
    sh`printf '@accounts\n'; getent passwd ${users.length > 0 ? users : ['root']}`,
    sh`printf '@tabs\n'; command -v crontab >/dev/null || echo '!'`,
    // Only root may name a user; what crontab says of one stands behind the user's name on standard error, too.
    sh`tab() { printf '=%s\n' "$1"; printf '=%s\n' "$1" >&2; if [ "\${LOGNAME-}" = "$1" ]; then shift; else set -- -u "$1"; fi; crontab -l "$@" | base64; }`,
    ...users.map((user) => sh`tab ${user}`),
    probeFiles(wants.flatMap(queriesOf)),
  );
}

/** The state of each want, in order; Missing without the user, cron itself, or the directory of the file. */
export function parseCron(out: Output, wants: readonly CronWant[]): readonly (CronState | Missing<CronState>)[] {
  const sections = readSections(out.stdout);
  const tabs = sections.get('tabs') ?? [];
  const accounts = new Set((sections.get('accounts') ?? []).map((row) => row.split(':')[0]));
  const report = parseFiles(out, wants.flatMap(queriesOf));
  const texts = byUser(tabs);
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
      return needs.length === 0 ? state : new Missing(needs, state);
    }
    const state = {
      entry: undefined,
      text: decode(texts.get(want.user) ?? []),
      readable: !isRefused(errors.get(want.user) ?? []),
    };
    if (want.entry.state === 'absent') return state;
    if (tabs.includes('!')) return new Missing([`package:cron`], state);
    return accounts.has(want.user) ? state : new Missing([`user:${want.user}`], state);
  });
}

/** A file of jobs as pending changes leave it. Of a user's crontab nothing is left but by tasks about the same job. */
export function pendingCron(
  have: CronState | Missing<CronState>,
  { file }: CronWant,
  foreseen: Foreseen,
): CronState | Missing<CronState> {
  const left = file === undefined ? undefined : foreseen.left(file);
  if (file === undefined || left === undefined) return have;
  const then = pendingFile(have, { path: file }, foreseen);
  const known = stateIfThere(then);
  const text = left.kind === 'file' ? left.content.text() : left.kind === 'nothing' ? '' : known?.text;
  return known === undefined || text === undefined ? untold(file) : withState(then, { ...known, text });
}

function tabUsers(wants: readonly CronWant[]): readonly string[] {
  return [...new Set(wants.flatMap((want) => (want.file === undefined ? [want.user] : [])))];
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
