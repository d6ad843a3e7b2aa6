// What `prisma migrate status` and `prisma migrate deploy` print, understood. Recorded of Prisma 6.19, with its engine in
// JavaScript and the drivers for SQLite and PostgreSQL; the native engine prints the same lists.

export type Status =
  | { readonly kind: 'up-to-date' }
  /** `foreign`: in the database and not in this release. */
  | { readonly kind: 'pending'; readonly names: readonly string[]; readonly foreign: readonly string[] }
  | { readonly kind: 'failed'; readonly names: readonly string[] }
  /** Tables that no migration made. */
  | { readonly kind: 'unmanaged' }
  /** The database can't be asked. */
  | { readonly kind: 'error'; readonly words: string };

/**
 * From the exit status and the printed lines.
 * @param migrations of the release: all of them are pending in a database without a table of migrations, also where none are found
 * @throws Error for a list that can't be understood
 */
export function readStatus(code: number, said: readonly string[], migrations: readonly string[]): Status {
  const listAfter = (title: RegExp) => list(said, title);
  const failed = listAfter(/^Following migrations? have failed:$/);
  if (failed) return { kind: 'failed', names: failed };
  const behind = listAfter(/^(Following|The) migrations? have not yet been applied:$/);
  if (behind) {
    const foreign = listAfter(/^The migrations? from the database are not found locally in /) ?? [];
    return behind.length === 0 ? { kind: 'up-to-date' } : { kind: 'pending', names: behind, foreign };
  }
  const text = said.join('\n');
  if (/no such table: _prisma_migrations|relation "_prisma_migrations" does not exist/.test(text)) {
    return { kind: 'pending', names: migrations, foreign: [] };
  }
  if (text.includes('The current database is not managed by Prisma Migrate')) return { kind: 'unmanaged' };
  if (code === 0 && text.includes('Database schema is up to date')) return { kind: 'up-to-date' };
  if (code === 0 && text.includes('No migration found in')) return { kind: 'up-to-date' };
  return { kind: 'error', words: databaseWords(said) };
}

/** The names between a title and the next empty line; undefined without that title. */
function list(said: readonly string[], title: RegExp): readonly string[] | undefined {
  const start = said.findIndex((line) => title.test(line));
  if (start < 0) return undefined;
  const rest = said.slice(start + 1);
  const end = rest.findIndex((line) => line.trim() === '');
  const names = rest.slice(0, end < 0 ? rest.length : end).filter((line) => line !== '');
  const odd = names.find((name) => !/^[A-Za-z0-9][\w.-]*$/.test(name));
  if (odd !== undefined) throw new Error(`prisma lists what is no name of a migration: ${JSON.stringify(odd)}`);
  return names;
}

/** Why a deployment of migrations failed. */
export interface DeployFailure {
  /** The migration that failed, now or in an earlier run; undefined when it isn't said. */
  readonly migration: string | undefined;
  /** It had failed before: nothing was tried this time. */
  readonly before: boolean;
  readonly words: string;
}

/** From what `prisma migrate deploy` printed. */
export function readDeployFailure(said: readonly string[]): DeployFailure {
  const text = said.join('\n');
  const earlier = /^The `([\w.-]+)` migration started at .* failed$/m.exec(text)?.[1];
  if (earlier !== undefined) return { migration: earlier, before: true, words: databaseWords(said) };
  const named = /migration_name="([\w.-]+)"/.exec(text)?.[1] ?? /^Migration name: ([\w.-]+)$/m.exec(text)?.[1];
  return { migration: named, before: false, words: databaseWords(said) };
}

/** What the database said: without Prisma's greeting, advice and trace of calls. */
export function databaseWords(said: readonly string[]): string {
  const start = said.findIndex((line) => /^Database error: |^Error\b|^\w*Error:/.test(line));
  const rows = start < 0 ? said : said.slice(start);
  const kept = rows.filter((line, index) => !TRACE.test(line) && (line === '' || line !== rows[index - 1]));
  const words = kept
    .join('\n')
    .replaceAll(/\n{2,}/g, '\n')
    .trim();
  return words.replace(/^Error: external connector error\n/m, '');
}

/** `0: crate::function`, `with migration_name=…`, `at file.rs:1`; a stack of Node's. */
const TRACE =
  /^\s+(\d+: \w+::.*|with migration_name=.*|at .*)$|^(Loaded Prisma config|Prisma config detected|Prisma schema loaded)/;
