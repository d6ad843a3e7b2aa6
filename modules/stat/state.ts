// What the module stat asks of a path, and what it finds there.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import { readSections } from '../../engine/module/sections.ts';
import { ALGORITHMS, type Algorithm, parseChecksums, probeChecksums } from '../../engine/resources/file/checksum.ts';
import { cleanPath } from '../../engine/resources/file/path.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import type { FileQuery } from '../../engine/resources/file/state.ts';
import { linkAsWritten, parseSources, probeSources } from '../../engine/resources/path/link-sources.ts';
import { DETAILS_FORMAT, type Details, KINDS, parseDetails } from '../../engine/resources/path/stat-details.ts';

export interface StatWant {
  /** With a slash at its end where the task has one: then it is what a link leads to, and has to be a directory. */
  readonly path: string;
  readonly follow: boolean;
  readonly checksum: Algorithm | undefined;
}

export interface StatState {
  /** Undefined where nothing is. */
  readonly details: Details | undefined;
  /** Why nothing can be told: not allowed, below or after something that is no directory, or a link that leads to itself. */
  readonly trouble?: 'hidden' | 'no-directory' | 'loop' | undefined;
  /** What the task's user may do with it: of `r`, `w` and `x` those that hold. */
  readonly access: string;
  /** Of a symbolic link: as it is written, and where it leads in the end. */
  readonly target: string | undefined;
  readonly source: string | undefined;
  readonly checksum: string | undefined;
}

/** A read-only probe for any number of wants, with as many processes for a hundred as for one. */
export function probeStats(wants: readonly StatWant[]): Script {
  const followed = wants.filter(({ follow }) => follow).map(({ path }) => path);
  const own = wants.filter(({ follow }) => !follow).map(({ path }) => path);
  const sums = ALGORITHMS.flatMap((algorithm) =>
    [true, false].map((follow) => {
      const some = wants.filter((want) => want.checksum === algorithm && want.follow === follow);
      return probeChecksums(algorithm, unique(some.map(({ path }) => path)), follow);
    }),
  );
  return lines(
    sh`printf '@stat\n'`,
    own.length === 0 ? undefined : sh`stat -c ${DETAILS_FORMAT} -- ${unique(own)}`,
    sh`printf '@resolved\n'`,
    followed.length === 0 ? undefined : sh`stat -L -c ${DETAILS_FORMAT} -- ${unique(followed)}`,
    sh`printf '@access\n'`,
    sh`for p in ${unique(wants.map(({ path }) => path))}; do a=:; [ ! -r "$p" ] || a=\${a}r; [ ! -w "$p" ] || a=\${a}w; [ ! -x "$p" ] || a=\${a}x; echo "$a"; done`,
    probeSources(unique(own)),
    sh`printf '@checksums\n'`,
    ...sums,
    probeFiles(wants.map(queryOf)),
  );
}

/** @throws Error for what is none of the probe's own output */
export function parseStats(out: Output, wants: readonly StatWant[]): readonly StatState[] {
  const sections = readSections(out.stdout);
  const section = (name: string) => sections.get(name) ?? [];
  const report = parseFiles(out, wants.map(queryOf));
  const own = new Map(section('stat').map(parseDetails));
  const resolved = new Map(section('resolved').map(parseDetails));
  const paths = unique(wants.map(({ path }) => path));
  const access = new Map(paths.map((path, index) => [path, (section('access')[index] ?? ':').slice(1)]));
  const links = [...own].filter(([, { type }]) => type === KINDS.link).map(([path]) => path);
  const sources = parseSources(section('sources'), links);
  const sums = new Map(ALGORITHMS.map((one) => [one, parseChecksums(section('checksums'), one)]));
  const refused = (path: string, why: string) =>
    out.stderr.split('\n').some((line) => line.includes(path) && line.endsWith(`: ${why}`));

  return wants.map(({ path, follow, checksum }): StatState => {
    const clean = cleanPath(path);
    const details = (follow ? resolved : own).get(path);
    const entry = report.entry(clean);
    // Below a link that leads nowhere is nothing.
    const blocker = report.blocker(clean);
    const blocked = blocker !== undefined && report.exists(blocker);
    const isOther = path !== clean && entry !== undefined && (report.followed(clean) ?? entry).kind !== 'directory';
    const dangles = entry?.kind === 'link' && report.followed(clean) === undefined;
    const trouble = () => {
      if (entry?.kind === 'hidden' || refused(path, 'Permission denied')) return 'hidden';
      if (refused(path, 'Too many levels of symbolic links')) return 'loop';
      return blocked || (isOther && !dangles) ? 'no-directory' : undefined;
    };
    return {
      details,
      trouble: details ? undefined : trouble(),
      access: access.get(path) ?? '',
      target: path === clean ? entry?.target : undefined,
      source: sources.get(path) ?? (entry?.target === undefined ? undefined : linkAsWritten(clean, entry.target)),
      checksum: checksum && sums.get(checksum)?.get(path),
    };
  });
}

function queryOf({ path }: StatWant): FileQuery {
  return { path: cleanPath(path), follow: true };
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}
