// What the module find asks of directories of a host, and what it finds in them.

import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import { readSections } from '../../engine/module/sections.ts';
import { compilePattern, newEffort, Subject } from '../../engine/pattern/python/pattern.ts';
import { parseChecksums } from '../../engine/resources/file/checksum.ts';
import { DETAILS_FORMAT, type Details, isRegular, parseDetails } from '../../engine/resources/path/stat-details.ts';

export interface FindWant {
  /** Absolute, as `cleanPath` leaves them. */
  readonly paths: readonly string[];
  readonly patterns: readonly string[];
  readonly excludes: readonly string[];
  /** Patterns are regular expressions, and not those of a shell. */
  readonly useRegex: boolean;
  readonly type: 'file' | 'directory' | 'link' | 'any';
  /** Seconds: at least so old; below nothing, at most. */
  readonly age: number | undefined;
  readonly stamp: 'atime' | 'ctime' | 'mtime';
  /** Bytes, likewise. */
  readonly size: number | undefined;
  /** A pattern of grep -E, and whether it may stand anywhere in a line. */
  readonly contains: { readonly ere: string; readonly anywhere: boolean } | undefined;
  /** How deep it goes; undefined: as deep as it can. */
  readonly depth: number | undefined;
  readonly hidden: boolean;
  readonly follow: boolean;
  readonly checksum: boolean;
}

export interface Found {
  readonly files: readonly {
    readonly path: string;
    readonly details: Details;
    readonly checksum: string | undefined;
  }[];
  readonly examined: number;
  /** Why something was left out, by its path. */
  readonly skipped: Readonly<Record<string, string>>;
}

/** A read-only probe. */
export function probeFind(want: FindWant): Script {
  const { paths, type, depth, follow, contains, checksum } = want;
  const walk = sh`find ${follow ? '-L' : '-H'} "$d" -mindepth 1 ${depth === undefined ? [] : ['-maxdepth', depth]}`;
  const kind = { file: sh`-type f`, directory: sh`-type d`, link: sh`-type l`, any: sh`` }[type];
  // With -L only a link that leads nowhere is one for -type.
  const which = sh`! -path "*$nl*" ${follow ? sh`` : kind} ${names(want)}`;
  return lines(
    sh`nl='`,
    sh`'; printf '@now\n'; date +%s; printf '@directories\n'`,
    sh`for d in ${paths}; do if [ -d "$d" ]; then echo 1; else echo 0; fi; done`,
    sh`each() { for d in ${paths}; do [ -d "$d" ] || continue; case $1 in`,
    sh`  count) ${walk} -exec sh -c 'echo $#' sh {} +;;`,
    sh`  broken) ${walk} -path "*$nl*" -exec sh -c 'echo $#' sh {} +;;`,
    sh`  stat) ${walk} ${which} -exec stat -c ${DETAILS_FORMAT} -- {} +;;`,
    contains === undefined
      ? undefined
      : sh`  grep) ${walk} ${which} -type f -exec grep -lE -e ${contains.anywhere ? contains.ere : `^(${contains.ere})`} -- {} +;;`,
    checksum ? sh`  sums) ${walk} ${which} -type f -exec sha1sum -- {} +;;` : undefined,
    sh`esac; done; }`,
    sh`printf '@count\n'; each count 2>/dev/null; printf '@broken\n'; each broken 2>/dev/null; printf '@found\n'; each stat`,
    contains === undefined ? undefined : sh`printf '@containing\n'; each grep 2>/dev/null`,
    checksum ? sh`printf '@checksums\n'; each sums 2>/dev/null` : undefined,
    sh`printf '@end\n'`,
  );
}

/** The names, as far as find itself knows the patterns: a backslash is a character of the name. */
function names({ patterns, excludes, useRegex, hidden }: FindWant): Script {
  const literal = (glob: string) => glob.replaceAll('\\', '\\\\');
  const wanted = useRegex ? [] : patterns;
  const any = wanted.map((glob) => sh`-name ${literal(glob)}`);
  const out = (useRegex ? [] : excludes).map((glob) => sh`! -name ${literal(glob)}`);
  const joined =
    any.length === 0 ? [] : [any.reduce((before, next) => sh`${before} -o ${next}`)].map((or) => sh`\( ${or} \)`);
  return [...joined, ...out, ...(hidden ? [] : [sh`! -name '.*'`])].reduce(
    (before, next) => sh`${before} ${next}`,
    sh``,
  );
}

/** What it printed. @throws Error for what is none of the probe's own output */
export function parseFind(out: Output, want: FindWant): Found {
  const sections = readSections(out.stdout);
  const section = (name: string) => sections.get(name) ?? [];
  if (!sections.has('end')) throw new Error('the search stopped before its end');
  const now = Number(section('now')[0]);
  const sums = parseChecksums(section('checksums'), 'sha1');
  const containing = want.contains === undefined ? undefined : new Set(section('containing'));
  const total = (name: string) => section(name).reduce((sum, row) => sum + Number(row), 0);
  const isNamed = nameFilter(want);
  const skipped: Record<string, string> = {};
  want.paths.forEach((path, index) => {
    if (section('directories')[index] !== '1') skipped[path] = `'${path}' is not a directory`;
  });
  for (const line of out.stderr.split('\n')) {
    const [, path, why] = /^find: .(\/.*).: (.*)$/.exec(line) ?? [];
    if (path !== undefined && why !== undefined) skipped[path] = why;
  }
  if (total('broken') > 0) skipped['*'] = `${total('broken')} with a line break in the path`;
  const found = new Map(section('found').map(parseDetails));
  const files = [...found].flatMap(([path, details]) => {
    if (path.includes('\ufffd')) {
      skipped[path] = 'its name is not UTF-8';
      return [];
    }
    const isWanted =
      isNamed(path.slice(path.lastIndexOf('/') + 1)) &&
      isOfType(details, want.type) &&
      isPast(now - stampOf(details, want.stamp), want.age) &&
      (!isRegular(details) || isPast(details.size, want.size)) &&
      (containing === undefined || want.type !== 'file' || containing.has(path));
    return isWanted ? [{ path, details, checksum: sums.get(path) }] : [];
  });
  return { files: files.sort((one, other) => (one.path < other.path ? -1 : 1)), examined: total('count'), skipped };
}

function nameFilter({ patterns, excludes, useRegex }: FindWant): (name: string) => boolean {
  if (!useRegex) return () => true;
  const compiled = (sources: readonly string[]) => sources.map((source) => compilePattern(source));
  const [wanted, unwanted] = [compiled(patterns), compiled(excludes)];
  return (name) => {
    const [subject, effort] = [new Subject(name), newEffort()];
    const begins = (some: typeof wanted) => some.some((pattern) => pattern.begins(subject, effort));
    return (wanted.length === 0 || begins(wanted)) && !begins(unwanted);
  };
}

const TYPES = { file: 0o100000, directory: 0o040000, link: 0o120000 } as const;

function isOfType({ type }: Details, wanted: FindWant['type']): boolean {
  return wanted === 'any' || type === TYPES[wanted];
}

function stampOf({ accessed, changed, modified }: Details, stamp: FindWant['stamp']): number {
  return { atime: accessed, ctime: changed, mtime: modified }[stamp];
}

/** At least so much; where less than nothing is wanted, at most. */
function isPast(value: number, wanted: number | undefined): boolean {
  if (wanted === undefined) return true;
  return wanted >= 0 ? value >= wanted : value <= -wanted;
}
