// What a new release has in common with the one in use is copied on the host, and only the rest is sent.

import { tarOf } from '../../engine/archive/tar-writer.ts';
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import { Content } from '../../engine/module/content.ts';
import type { LocalSource, TreeItem } from '../../engine/module/parameters.ts';
import { readSections } from '../../engine/module/sections.ts';
import { sumsOf } from '../../engine/resources/tree/named.ts';
import { pathList } from '../../engine/resources/tree/plan.ts';

/** What is told of the release in use, in bytes at most: an answer has its limit. */
const TOLD = 600_000;

/** Which release is to be unpacked, and where the one in use is found. */
interface Place {
  readonly path: string;
  readonly id: string | undefined;
  /** The name of the link to the release in use. */
  readonly link: string;
}

/** The sha256 of each file of the release in use that is larger than 4 KiB, where another one is to be unpacked. Read-only. */
export function probeFilesInUse({ path, id, link }: Place): Script {
  return lines(
    sh`printf '@inuse\n'; ( [ ! -e ${`${path}/releases/${id ?? ''}`} ] && cd -P -- ${`${path}/${link}`} 2>/dev/null || exit 0`,
    sh`${sumsOf(sh`find . -type f -size +8`)} 2>/dev/null | LC_ALL=C awk -v room=${TOLD} '(room -= length($0) + 1) < 0 { exit } 1' )`,
  );
}

/** A file of the release in use. */
export interface FileInUse {
  readonly path: string;
  readonly sha256: string;
}

/** What probeFilesInUse printed, but for names that no list can hold; undefined where it wasn't asked. */
export function parseFilesInUse(out: Output): readonly FileInUse[] | undefined {
  const rows = readSections(out.stdout).get('inuse');
  return rows?.flatMap((row) => {
    const [, sha256, path] = /^([0-9a-f]{64}) [ *]\.\/([^\\]+)$/.exec(row) ?? [];
    return sha256 === undefined || path === undefined ? [] : [{ path, sha256 }];
  });
}

/** What is sent in the place of an archive, and the release that has the rest. */
export interface Difference {
  readonly base: string;
  readonly content: Content;
}

/** What `src` differs in from the release `base`, which has these files. Undefined where the archive is less to send, or nobody can say what is in it. */
export function differenceOf(base: string, files: readonly FileInUse[], src: LocalSource): Difference | undefined {
  const inUse = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const found = base !== '' && inUse.size > 0 ? src.archive?.() : undefined;
  if (found?.kind !== 'items') return undefined;
  const isThere = ({ path, content }: TreeItem) => content !== undefined && inUse.get(path) === content.sha256;
  const same = found.items.filter(isThere);
  const others = found.items.filter((item) => !isThere(item));
  if (same.length === 0) return undefined;
  const list = (path: string, content: Content): TreeItem => ({
    path,
    kind: 'file',
    mode: 0o600,
    modified: 0,
    content,
  });
  const modes = new Set(same.map(({ mode }) => mode));
  const content = tarOf([
    list('sums', Content.of(same.map(({ path, content }) => `${content?.sha256}  ./${path}\n`).join(''))),
    ...[...modes].map((mode) => list(`mode.${mode.toString(8)}`, pathList(same.filter((item) => item.mode === mode)))),
    { path: 'tree', kind: 'directory', mode: 0o755, modified: 0 },
    ...others.map((item) => ({ ...item, path: `tree/${item.path}` })),
  ]);
  return content.size < src.content.size ? { base, content } : undefined;
}

/**
 * Makes the directory `tree` of what comes on standard input, as differenceOf has put it together, and of the release beside. What
 * is copied has to be as it was told. The working directory is a private one beside the releases.
 */
export function join({ base }: Difference): Script {
  return lines(
    sh`tar -xpof - && exec </dev/null || exit 1`,
    sh`cut -c 67- sums >names`,
    sh`( cd -P -- ${`../${base}`} && tar -cf - -T "$w/names" ) | tar -xpof - -C tree || exit 1`,
    sh`cd tree || exit 1`,
    sh`{ tr '\n' '\000' <../names | xargs -0 sh -c 'find "$@" -prune ! -type f' sh >../bad && [ ! -s ../bad ] && sha256sum -c ../sums >../said 2>&1; } ||`,
    sh`  { echo ${`${base} has changed meanwhile:`} >&2; cat ../bad ../said 2>/dev/null | grep -v ': OK$' | head -n 5 >&2; exit 1; }`,
    sh`for m in ../mode.*; do xargs -0 chmod -- "\${m#../mode.}" <"$m" || exit 1; done`,
    sh`cd .. && rm -f sums names bad said mode.* && chmod -R go-w,g-s tree || exit 1`,
  );
}
