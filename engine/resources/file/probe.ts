// Reads any number of paths with a handful of processes (stat, getent, sha256sum), so that a hundred file tasks cost a
// host as much as one. Tests of existence are the shell's own and cost nothing.
import { lines, type Script, sh } from '../../base/script.ts';
import { ancestors } from './path.ts';
import { DIFF_LIMIT, type FileQuery, isNumeric } from './state.ts';

/** For `stat -c`, GNU and BusyBox: read back by parseEntry. */
export const STAT_FORMAT = '%f:%u:%g:%s:%Y:%d:%i:%h:%U:%G:%n';
const CHUNK = 400;
/** No content has this digest. */
const NEVER = '-';
// A list of links is built one by one, and a shell copies the whole list each time.
const LINK_CHUNK = 50;

/**
 * A read-only fragment for a probe, to be read by `parseFiles`. Old contents come last and may be cut off by the cap on
 * output, so the fragment stands at the end of a probe.
 */
export function probeFiles(queries: readonly FileQuery[]): Script {
  const paths = unique(queries.map((query) => query.path));
  const followed = unique(queries.filter((query) => query.follow).map((query) => query.path));
  return lines(
    sh`printf '@files\n'`,
    // The root directory is always there: an answer without it means that stat itself is missing.
    ...chunks(['/', ...paths]).map((chunk) => sh`stat -c ${STAT_FORMAT} -- ${chunk}`),
    sh`printf '@followed\n'`,
    statLinks(followed),
    sh`printf '@exist\n'`,
    ...chunks(existenceOf(queries)).map(
      (chunk) =>
        sh`for p in ${chunk}; do if [ -d "$p" ]; then if [ ! -x "$p" ]; then echo x; elif [ -w "$p" ]; then echo d; else echo r; fi; elif [ -e "$p" ]; then echo e; elif [ -h "$p" ]; then echo h; else echo 0; fi; done`,
    ),
    sh`printf '@users\n'`,
    accounts('passwd', unique(queries.flatMap((query) => named(query.owner)))),
    sh`printf '@groups\n'`,
    accounts('group', unique(queries.flatMap((query) => named(query.group)))),
    sh`printf '@links\n'`,
    readLinks(paths),
    paths.length === 0 ? undefined : sh`printf '@held\n%s' "$held"; [ -O / ] || id -un`,
    sh`printf '@lacks\n'`,
    ...unique(queries.flatMap(({ program }) => program ?? [])).map(
      (program) => sh`command -v ${program} >/dev/null || printf '%s\n' ${program}`,
    ),
    sh`printf '@digests\n'`,
    readDigests(queries),
    sh`printf '@end\n'`,
  );
}

/**
 * The paths whose existence is told, in the order of the answers: `d` a directory, `r` one in which we may not write, `x`
 * one into which we may not look, `e` something else, `h` a link that leads nowhere, `0` nothing.
 */
export function existenceOf(queries: readonly FileQuery[]): readonly string[] {
  return unique(queries.flatMap((query) => [...ancestors(query.path), ...(query.others ?? [])]));
}

function accounts(database: 'passwd' | 'group', names: readonly string[]): Script | undefined {
  return names.length === 0 ? undefined : sh`getent ${database} ${names}`;
}

/** root is taken for granted. */
function named(owner: string | undefined): readonly string[] {
  return owner === undefined || owner === 'root' || isNumeric(owner) ? [] : [owner];
}

/** What is no link is what it leads to. */
function statLinks(paths: readonly string[]): Script | undefined {
  if (paths.length === 0) return undefined;
  return lines(
    sh`followed() { n=$#; for p do [ ! -h "$p" ] || set -- "$@" "$p"; done; shift "$n"; [ $# -eq 0 ] || stat -L -c ${STAT_FORMAT} -- "$@"; }`,
    ...chunks(paths, LINK_CHUNK).map((chunk) => sh`followed ${chunk}`),
  );
}

/** Targets end with NUL and travel as base64: a target may hold anything. GNU's readlink takes many paths, BusyBox's one; uutils' ends at the first that is gone. */
function readLinks(paths: readonly string[]): Script | undefined {
  if (paths.length === 0) return undefined;
  return lines(
    // access(2) tells what chattr(1) made immutable and what is mounted read-only, to root too. A line each, f or o before it.
    sh`held='' me=o; [ ! -O / ] || me=f; nl='
'`,
    sh`links() { n=$#; for p do if [ -h "$p" ]; then set -- "$@" "$p"`,
    sh`  elif [ ! -e "$p" ] || { [ $me = f ] && [ -w "$p" ]; } || { [ $me = o ] && [ -O "$p" ]; }; then :; else held="$held$me$p$nl"; fi; done; shift "$n"; [ $# -eq 0 ] ||`,
    sh`  { readlink -z -- "$@" 2>/dev/null || for p do readlink -n -- "$p"; printf '\000'; done; } | base64; }`,
    ...chunks(paths, LINK_CHUNK).map((chunk) => sh`links ${chunk}`),
  );
}

/**
 * Digests, but never of a FIFO or a device, whose reading might not end: a list with such a one is made again without it,
 * which is slow, and others go to sha256sum as they are. Contents only where the digests are not the wanted.
 */
function readDigests(queries: readonly FileQuery[]): Script | undefined {
  const shown = new Map(
    queries.flatMap((query) => {
      const unless = query.read ? NEVER : query.showUnless;
      return unless === undefined ? [] : [[query.path, unless] as const];
    }),
  );
  const plain = unique(queries.filter((query) => query.digest && !shown.has(query.path)).map((query) => query.path));
  const places = readPlaces(queries);
  const moved = queries.some((query) => query.moved || query.read) || plain.length > 0;
  if (shown.size + plain.length === 0) return moved ? places : undefined;
  const sums = lines(
    sh`special() { [ -e "$1" ] && [ ! -f "$1" ] && [ ! -d "$1" ]; }`,
    sh`sums() { for p do if special "$p"; then shut "$@"; return; fi; done; sha256sum -- "$@"; }`,
    sh`shut() { n=$#; for p do special "$p" || set -- "$@" "$p"; done; shift "$n"; [ $# -eq 0 ] || sha256sum -- "$@"; }`,
  );
  const plainSums = chunks(plain).map((chunk) => sh`sums ${chunk}`);
  if (shown.size === 0) return lines(sums, ...plainSums, places);
  const wanted = [...shown].map(([path, digest]) => `${digest}  ${path}`).join('\n');
  return lines(
    sums,
    ...plainSums,
    sh`have=$(${lines(...chunks([...shown.keys()]).map((chunk) => sh`sums ${chunk}`))})`,
    sh`want=${wanted}`,
    sh`printf '%s\n' "$have"`,
    moved ? places : sh`if [ "$have" != "$want" ]; then ${places}; fi`,
    sh`printf '@contents\n'`,
    sh`[ "$have" = "$want" ] || printf '%s\n' "$have" | grep -vxF -e "$want" | while IFS= read -r line; do`,
    sh`  p=\${line#*  }; [ ! -h "$p" ] || continue; printf ':%s\n' "$p"; head -c ${DIFF_LIMIT + 1} -- "$p" | base64; done`,
  );
}

/** Where something is mounted, and how much room there is: asked only where something may be written. */
function readPlaces(queries: readonly FileQuery[]): Script {
  const directories = unique(queries.flatMap(({ room = [] }) => room));
  return lines(
    sh`printf '@mounts\n'; awk '$2 !~ /^\/(proc|sys|dev)\// { print $2 }' /proc/self/mounts 2>/dev/null`,
    directories.length === 0
      ? undefined
      : lines(sh`printf '@room\n'`, ...chunks(directories).map((chunk) => sh`stat -f -c '%b:%f:%S:%n' -- ${chunk}`)),
  );
}

function chunks(words: readonly string[], size = CHUNK): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(words.length / size) }, (_, index) =>
    words.slice(index * size, (index + 1) * size),
  );
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}
