// A file of digests, as sha256sum(1) and its like print it for several files, or for one.

import { lastLines } from '../../engine/base/last-lines.ts';
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Failure } from '../../engine/module/failure.ts';

/** What a host was told of the digest that it asked for. */
export type Asked = { readonly digest: string } | { readonly failure: Failure };

/** How long a hexadecimal digest is, in digits. */
export const DIGITS = { sha224: 56, sha256: 64, sha384: 96, sha512: 128 } as const;
export type Algorithm = keyof typeof DIGITS;

/** Prints the lines that may be about the file, after `:`, and what is said where it can't be fetched, after `!`. Standard input is the fetching's. */
export function probeChecksumFile(fetch: Script, name: string): Script {
  return lines(
    sh`printf '@sums\n'; said=$(mktemp) && { { ${fetch}; } 2>"$said" || echo '! failed'; } | head -c 4000000 | tr -d '\r' |
LC_ALL=C awk -v name=${name.replaceAll('\\', '\\\\')} '/^! failed$/ { print; next } { n++; if (n == 1) first = $0; if (index($0, name)) { print ":" $0; found = 1 } } END { if (!found && n == 1) print ":" first }' | head -n 40`,
    sh`printf '@sumsaid\n'; tail -n 6 "$said" | base64; rm -f -- "$said"`,
  );
}

/** The digest of the file in what probeChecksums printed. */
export function askedDigest(
  rows: readonly string[],
  said: string,
  wanted: { readonly name: string; readonly algorithm: Algorithm; readonly address: string },
): Asked {
  const { name, algorithm, address } = wanted;
  if (rows.includes('! failed')) {
    return {
      failure: {
        summary: `the digests at ${address} cannot be fetched`,
        detail: lastLines(said),
        hint: 'The host itself fetches them, in a dry run too. Does it reach the address?',
      },
    };
  }
  const found = new Set(rows.flatMap((row) => digestIn(row.slice(1), name, DIGITS[algorithm]) ?? []));
  const [digest] = found;
  if (digest !== undefined && found.size === 1) return { digest };
  return {
    failure: {
      summary: `${address} has ${found.size === 0 ? 'no' : 'more than one'} ${algorithm} of ${name}`,
      detail: found.size === 0 ? 'It has no line with a digest of that length and that name.' : [...found].join('\n'),
      hint: 'Write the digest itself as checksum, or the address of a file that has it once.',
    },
  };
}

/** `HEX  name`, `HEX *path/name`, `SHA256 (name) = HEX`, or one digest alone. */
function digestIn(row: string, name: string, digits: number): string | undefined {
  const base = (path: string | undefined) => path?.split('/').at(-1);
  const [, bsd, tagged] = /^[A-Z0-9-]+ ?\((.+)\) ?= ?([0-9A-Fa-f]+)$/.exec(row) ?? [];
  const [, plain, listed] = /^\\?([0-9A-Fa-f]+)(?:[ \t]+\*?(.+))?$/.exec(row.trim()) ?? [];
  const digest = tagged ?? plain;
  const of = base(bsd ?? listed);
  return digest?.length === digits && (of === undefined || of === name) ? digest.toLowerCase() : undefined;
}
