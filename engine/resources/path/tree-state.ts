// The attributes of all that is in a directory, as the distinct combinations that occur: a tree of a million files
// that are alike is one line.
import { lines, type Script, sh } from '../../base/script.ts';
import type { Output } from '../../module/change.ts';
import { resolveMode } from '../../module/mode.ts';
import { readSections } from '../../module/sections.ts';
import type { Ownership } from '../file/attributes.ts';
import { sameGroup, sameUser } from '../file/attributes.ts';

/** Attributes that at least one thing in the tree has. */
export interface TreeEntry {
  readonly kind: 'file' | 'directory' | 'link';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly owner: string | undefined;
  readonly group: string | undefined;
}

/** A read-only fragment for a probe, before probeFiles. The directories themselves belong to their trees. */
export function probeTrees(paths: readonly string[]): Script | undefined {
  if (paths.length === 0) return undefined;
  const one = (path: string) =>
    sh`printf ':%s\n' ${path}; find ${`${path}/`} -exec stat -c '%f:%u:%g:%U:%G' -- {} + | sort -u`;
  return lines(sh`printf '@trees\n'`, ...paths.map(one));
}

/** What probeTrees printed: the combinations of each path. */
export function parseTrees(out: Output, paths: readonly string[]): ReadonlyMap<string, readonly TreeEntry[]> {
  const trees = new Map<string, TreeEntry[]>(paths.map((path) => [path, []]));
  let current: TreeEntry[] = [];
  for (const row of readSections(out.stdout).get('trees') ?? []) {
    if (row.startsWith(':')) {
      const tree = trees.get(row.slice(1));
      if (!tree) throw new Error(`the probe of trees told of a path that was not asked for: ${row}`);
      current = tree;
    } else current.push(parseRow(row));
  }
  return trees;
}

/** A read-only fragment for a probe, before probeFiles: which of the paths are directories with something in them. */
export function probeFull(paths: readonly string[]): Script | undefined {
  if (paths.length === 0) return undefined;
  return lines(
    sh`printf '@full\n'`,
    sh`for p in ${paths}; do if [ -d "$p" ] && [ ! -h "$p" ] && [ -n "$(ls -A -- "$p")" ]; then echo 1; else echo 0; fi; done`,
  );
}

/** What probeFull printed. */
export function parseFull(out: Output, paths: readonly string[]): ReadonlySet<string> {
  const rows = readSections(out.stdout).get('full') ?? [];
  return new Set(paths.filter((_, index) => rows[index] === '1'));
}

/** Which attributes occur among the files that `names` prints, a line each, below a directory; what isn't there is passed over. */
export function attributesBelow(directory: Script, names: Script): Script {
  return sh`${names} | tr '\n' '\000' | (cd -P -- ${directory} && xargs -0 -r stat -c '%f:%u:%g:%U:%G' -- 2>/dev/null) | sort -u`;
}

/** A line of `stat -c '%f:%u:%g:%U:%G'`. @throws Error for any other */
export function parseRow(row: string): TreeEntry {
  const [, raw = '', uid, gid, owner = '', group = ''] = /^([0-9a-f]+):(\d+):(\d+):([^:]*):([^:]*)$/.exec(row) ?? [];
  if (raw === '') throw new Error(`stat printed a line that is none of its own: ${row}`);
  const bits = Number.parseInt(raw, 16);
  const type = bits & 0xf000;
  return {
    kind: type === 0x4000 ? 'directory' : type === 0xa000 ? 'link' : 'file',
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    owner: owner === 'UNKNOWN' ? undefined : owner,
    group: group === 'UNKNOWN' ? undefined : group,
  };
}

/** True when nothing in the tree differs from what is wanted. */
export function treeFits(tree: readonly TreeEntry[], want: Ownership): boolean {
  return tree.every(
    (entry) =>
      (want.owner === undefined || sameUser(entry, want.owner)) &&
      (want.group === undefined || sameGroup(entry, want.group)) &&
      (want.mode === undefined ||
        entry.kind === 'link' ||
        resolveMode(want.mode, entry.mode, entry.kind === 'directory') === entry.mode),
  );
}
