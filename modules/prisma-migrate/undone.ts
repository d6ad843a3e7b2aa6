// What `prisma migrate status` doesn't tell: a migration that was marked as rolled back and is to be applied again (it says "up to
// date"), and one that failed while others wait behind it. `prisma db execute` gives back no rows, so the names come in an error
// that the query makes when, and only when, there are such migrations. Nothing is written.
import type { Status } from './status.ts';

/** Names that never succeeded: after `!` where an attempt still stands, after `-` where all were rolled back. */
export const UNDONE_SQLITE = `SELECT json_extract('{}', 'vrun:' || group_concat(state || migration_name, ' ')) FROM (
SELECT migration_name, CASE WHEN max(rolled_back_at IS NULL) = 0 THEN '-' ELSE '!' END AS state FROM _prisma_migrations
GROUP BY migration_name HAVING max(finished_at IS NOT NULL AND rolled_back_at IS NULL) = 0) HAVING count(*) > 0;`;

/** The same, for PostgreSQL. */
export const UNDONE_POSTGRESQL = `DO $vrun$ DECLARE found text; BEGIN
IF to_regclass('_prisma_migrations') IS NULL THEN RETURN; END IF;
SELECT string_agg(state || migration_name, ' ') INTO found FROM (
SELECT migration_name, CASE WHEN bool_or(rolled_back_at IS NULL) THEN '!' ELSE '-' END AS state FROM _prisma_migrations
GROUP BY migration_name HAVING NOT bool_or(finished_at IS NOT NULL AND rolled_back_at IS NULL)) AS undone;
IF found IS NOT NULL THEN RAISE EXCEPTION 'vrun:%', found; END IF; END $vrun$;`;

export interface Answer {
  readonly code: number;
  readonly lines: readonly string[];
}

/**
 * The status, made complete. A rolled-back migration that isn't in this release is none of its business.
 * @param undone undefined for a database that isn't asked
 * @param migrations of the release, in order
 */
export function withUndone(status: Status, undone: Answer | undefined, migrations: readonly string[]): Status {
  if (undone === undefined || undone.code === 0 || (status.kind !== 'up-to-date' && status.kind !== 'pending'))
    return status;
  const text = undone.lines.join('\n');
  const marked = /vrun:([!-][\w.-]+(?: [!-][\w.-]+)*)/.exec(text)?.[1]?.split(' ');
  if (marked === undefined) {
    return text.includes('no such table: _prisma_migrations') ? status : { kind: 'error', words: text.trim() };
  }
  const failed = marked.filter((name) => name.startsWith('!')).map((name) => name.slice(1));
  if (failed.length > 0) return { kind: 'failed', names: failed };
  const again = new Set(marked.map((name) => name.slice(1)));
  const pending = status.kind === 'pending' ? status : { kind: 'pending' as const, names: [], foreign: [] };
  const names = migrations.filter((name) => again.has(name) || pending.names.includes(name));
  const others = pending.names.filter((name) => !migrations.includes(name));
  return names.length + others.length === 0 ? status : { ...pending, names: [...names, ...others] };
}
