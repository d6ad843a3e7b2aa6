// Where symbolic links lead in the end: absolute, without links.
import { lines, type Script, sh } from '../../base/script.ts';
import { parentOf } from '../file/path.ts';

/**
 * A shell function: whether any of the paths is a link that the kernel follows for ever (ELOOP of path_resolution(7)).
 * GNU's readlink and realpath may then not come to an end: they have to be asked about others only.
 */
export const LOOPS: Script = sh`loops() { case $(LC_ALL=C stat -L -- "$@" 2>&1 >/dev/null) in *' levels of '* | *' link loop'*) ;; *) return 1 ;; esac; }`;

/**
 * A read-only fragment for a probe: of those of the paths that are links where each leads, NUL after each, as base64; of
 * one that leads to itself nothing. BusyBox knows one at a time, and of one that leads nowhere the wrong place.
 */
export function probeSources(paths: readonly string[]): Script | undefined {
  if (paths.length === 0) return undefined;
  return lines(
    sh`printf '@sources\n'`,
    LOOPS,
    sh`sources() { n=$#; for p do [ ! -h "$p" ] || set -- "$@" "$p"; done; shift "$n"; [ $# -eq 0 ] || {`,
    sh`  if ! loops "$@" && readlink -mz -- "$@" >/dev/null 2>&1; then readlink -mz -- "$@"; else for p do [ ! -e "$p" ] || readlink -f -- "$p" | tr -d '\n'; printf '\000'; done; fi; } | base64; }`,
    ...chunks(paths).map((chunk) => sh`sources ${chunk}`),
  );
}

/** What it printed, for those of the paths that are links, in the order in which they were asked for. */
export function parseSources(rows: readonly string[], links: readonly string[]): ReadonlyMap<string, string> {
  const found = Buffer.concat(rows.map((row) => Buffer.from(row, 'base64')))
    .toString('utf8')
    .split('\0');
  return new Map(links.flatMap((path, index) => (found[index] ? [[path, found[index]] as const] : [])));
}

/** Where a link says that it leads, as far as that can be told from what it says. */
export function linkAsWritten(path: string, target: string): string {
  const parts: string[] = [];
  for (const part of `${target.startsWith('/') ? '' : parentOf(path)}/${target}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

// A list of links is built one by one, and a shell copies the whole list each time.
const CHUNK = 50;

function chunks(words: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(words.length / CHUNK) }, (_, index) =>
    words.slice(index * CHUNK, (index + 1) * CHUNK),
  );
}
