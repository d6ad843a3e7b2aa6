// Digests of files on a host, by any of the algorithms that coreutils have a program for.
import { lines, type Script, sh } from '../../base/script.ts';

export const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** Hexadecimal digits. */
const DIGITS: Readonly<Record<Algorithm, number>> = {
  ...{ md5: 32, sha1: 40, sha224: 56 },
  ...{ sha256: 64, sha384: 96, sha512: 128 },
};

// A list of files is built one by one, and a shell copies the whole list each time.
const CHUNK = 50;

/**
 * A read-only fragment for a probe that prints `HASH  PATH` for each of the paths that is a file and may be read; never of
 * a FIFO or a device, whose reading might not end.
 * @param follow whether what a link leads to counts
 */
export function probeChecksums(algorithm: Algorithm, paths: readonly string[], follow: boolean): Script | undefined {
  if (paths.length === 0) return undefined;
  const chunks = Array.from({ length: Math.ceil(paths.length / CHUNK) }, (_, index) =>
    paths.slice(index * CHUNK, (index + 1) * CHUNK),
  );
  const name = `${algorithm}_of_${follow ? 'all' : 'own'}`;
  const isOther = follow ? sh`[ ! -f "$p" ]` : sh`[ -h "$p" ] || [ ! -f "$p" ]`;
  return lines(
    sh`${name}() { n=$#; for p do ${isOther} || [ ! -r "$p" ] || set -- "$@" "$p"; done; shift "$n"; [ $# -eq 0 ] || ${`${algorithm}sum`} -- "$@"; }`,
    ...chunks.map((chunk) => sh`${name} ${chunk}`),
  );
}

/**
 * The digests by one algorithm among such lines, by path. GNU coreutils put a backslash before the line and double those in
 * the path when there are any.
 * @throws Error for a line that is no digest by any algorithm
 */
export function parseChecksums(rows: readonly string[], algorithm: Algorithm): ReadonlyMap<string, string> {
  return new Map(
    rows.flatMap((row) => {
      if (row === '') return [];
      const [, escaped, digest = '', path = ''] = /^(\\?)([0-9a-f]{32,128}) [ *](\/.*)$/.exec(row) ?? [];
      if (path === '') throw new Error(`${algorithm}sum printed a line that is none of its own: ${row}`);
      if (digest.length !== DIGITS[algorithm]) return [];
      return [[escaped ? path.replaceAll('\\\\', '\\') : path, digest] as const];
    }),
  );
}
