// What unarchive wants and finds: an archive of the controller, held against the host member by member, or one that is
// on the host already, held against it by GNU tar.

import { type ArchiveKind, tarFilter, unpacker } from '../../engine/archive/kind.ts';
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import type { Content } from '../../engine/module/content.ts';
import { octal } from '../../engine/module/mode.ts';
import { Missing } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import type { Ownership } from '../../engine/resources/file/attributes.ts';
import { accountNeeds } from '../../engine/resources/file/managed.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import type { FileQuery, FileReport } from '../../engine/resources/file/state.ts';
import { wantsAttributes } from '../../engine/resources/path/state.ts';
import { attributesBelow, parseRow, treeFits } from '../../engine/resources/path/tree-state.ts';
import { type Choice, chosen, takesAll } from '../../engine/resources/tree/archive-choice.ts';
import { shutFor, type TreeState, treeQuery, treeState } from '../../engine/resources/tree/plan.ts';
import { parseTree, probeTree } from '../../engine/resources/tree/probe.ts';
import type { WantedTree } from '../../engine/resources/tree/want.ts';

export interface UnarchiveWant extends Ownership, Choice {
  /** Absolute. */
  readonly dest: string;
  /** The same as it was written. */
  readonly asked: string;
  readonly kind: ArchiveKind;
  /** Absolute: where this is, there is nothing to do. */
  readonly creates: string | undefined;
  readonly strip: number;
  /** The archive's members; reads it. Undefined when it is on the host. */
  readonly tree: (() => WantedTree) | undefined;
  /** The names of what is taken of an archive of the controller, as they stand in it; reads it. */
  readonly members: (() => readonly string[]) | undefined;
  /** What `include` names and the archive hasn't; reads it. */
  readonly lacking: (() => string | undefined) | undefined;
  /** Whether the names are a result. */
  readonly listed: boolean;
  /** The archive on the host. */
  readonly source: string | undefined;
}

export interface UnarchiveState {
  /** Whether `creates` is there. */
  readonly created: boolean;
  /** For an archive of the controller. */
  readonly tree: TreeState | undefined;
  /** For one on the host: what differs, in tar's words, and what isn't a directory. */
  readonly differences: readonly string[];
  readonly blocker: string | undefined;
  /** The directory in which nothing can be written, where it would be unpacked. */
  readonly shut?: string | undefined;
  /** Why its unpacker can't read it. */
  readonly broken?: string | undefined;
  /** What is in the way there: a directory, or a link to one, that is something else in the archive. */
  readonly inTheWay?: string | undefined;
  /** What is taken of it, where that was asked for. */
  readonly files?: readonly string[] | undefined;
}

/** Read-only: the attributes of the paths, and the comparison unless `creates` spares it. */
export function probeUnarchive(want: UnarchiveWant): Script {
  return lines(comparison(want), probeFiles([queryOf(want)]));
}

/** Standard input of that probe. */
export function unarchiveInput(want: UnarchiveWant): Content | undefined {
  return want.creates === undefined ? want.tree?.().list : undefined;
}

function comparison(want: UnarchiveWant): Script | undefined {
  const { creates, tree, source = '', kind, dest, listed } = want;
  const noTar = sh`command -v tar >/dev/null || echo '!notar'`;
  if (tree) return lines(sh`printf '@diff\n'`, noTar, creates === undefined ? probeTree(tree()) : undefined);
  const tool = unpacker(kind);
  const readable = sh`${tool ? sh`command -v ${tool.command} >/dev/null &&` : sh``} [ -f ${source} ] && [ -r ${source} ]`;
  // What is to be unpacked is read once more: whether it is whole says the tool that unpacks it.
  const look = lines(
    tool && sh`if ! command -v ${tool.command} >/dev/null; then echo '!tool'; fi`,
    sh`if ${readable}; then said=$(${whole(kind, source)} 2>&1 >/dev/null) || { printf '@broken\n'; printf '%s\n' "$said" | tail -n 6 | base64; }; fi`,
  );
  const files = listed
    ? sh`printf '@members\n'; if ${readable}; then ${members(want, source)} 2>/dev/null | sed 's/^/:/'; fi`
    : undefined;
  if (creates !== undefined) {
    return lines(
      files,
      sh`printf '@diff\n'; if [ ! -e ${creates} ]; then`,
      kind === 'zip' ? undefined : noTar,
      look,
      sh`fi`,
    );
  }
  return lines(
    files,
    attributes(want, sh`[ -d ${dest} ] && ${readable}`, source),
    sh`printf '@diff\n'; d=; if [ ! -d ${dest} ]; then d=': there is no such directory'; elif ${readable}; then`,
    sh`d=$(${kind === 'zip' ? compareZip(want, source) : compareTar(want, source)} | head -n 20); fi`,
    sh`[ -z "$d" ] || printf '%s\n' "$d"`,
    kind === 'zip' ? undefined : sh`case $(tar --version 2>/dev/null) in *GNU*) ;; *) echo '!tar';; esac`,
    sh`if [ -n "$d" ]; then`,
    look,
    sh`fi`,
  );
}

/** Reads all of it. */
function whole(kind: ArchiveKind, source: string): Script {
  return kind === 'zip' ? sh`unzip -tqq ${source}` : sh`tar ${tarFilter(kind)} -tf ${source}`;
}

/** Prints the names of what is taken, as they stand in the archive. */
function members(want: UnarchiveWant, source: string): Script {
  const { kind } = want;
  const all =
    kind === 'zip' ? sh`unzip -Z1 ${source}` : sh`tar ${tarFilter(kind)} --quoting-style=literal -tf ${source}`;
  return takesAll(want) ? all : sh`${all} | ${chosen(want)}`;
}

/** Which owners, groups and modes occur among its files in `dest`, where the task wants any. */
function attributes(want: UnarchiveWant, isThere: Script, source: string): Script | undefined {
  const { dest, strip } = want;
  if (!wantsAttributes(want)) return undefined;
  const names = sh`sed -E -e '/\/$/d' -e 's#^(\./)*##' -e ${`s#^([^/]+/){${strip}}##`}`;
  return lines(
    sh`printf '@attributes\n'; if ${isThere}; then`,
    sh`${attributesBelow(sh`${dest}`, sh`${members(want, source)} 2>/dev/null | ${names}`)}; fi`,
  );
}

/** What differs, in tar's words after a colon. What a directory here is, and nothing of the kind in the archive, is told by `!type`. */
function compareTar(want: UnarchiveWant, source: string): Script {
  const { kind, dest, strip } = want;
  const compare = sh`tar ${tarFilter(kind)} -df ${source} -C ${dest} --strip-components ${strip}`;
  const differing = takesAll(want)
    ? compare
    : sh`${members(want, source)} | ${compare} --no-recursion --verbatim-files-from -T -`;
  return sh`{ ${differing}; } 2>&1 | sed 's/^/:/' | grep -v -E -e '(Uid|Gid|Mode|Mod time) differs?$' -e '^:tar: : ' |
while IFS= read -r l; do n=\${l#:}; n=\${n%: File type differs}; if [ ":$n" != "$l" ] && [ -d ${dest}/"$n" ]; then echo "!type $n"; fi; printf '%s\n' "$l"; done`;
}

/** The same with unzip, a member after the other: it has no way to compare. */
function compareZip(want: UnarchiveWant, source: string): Script {
  const { dest } = want;
  return sh`${members(want, source)} | while IFS= read -r n; do f=${dest}/$n; q=$(printf '%s\n' "$n" | sed 's/[][*?\\]/\\&/g')
case $n in
*/) [ -d "$f" ] || echo ":$n: is no directory"; [ ! -h "\${f%/}" ] || echo "!type \${n%/}";;
*) if [ -h "$f" ]; then [ "$(unzip -p ${source} "$q")" = "$(readlink "$f")" ] || echo ":$n: differs"
  elif [ -d "$f" ]; then echo "!type $n"
  elif [ ! -e "$f" ]; then echo ":$n: is not there"
  else unzip -p ${source} "$q" | cmp -s - "$f" || echo ":$n: differs"; fi;;
esac; done`;
}

function queryOf(want: UnarchiveWant): FileQuery {
  const others = [want.creates, want.source].filter((path) => path !== undefined);
  return { ...treeQuery(want), others: [want.dest, ...others] };
}

/** The state; Missing when the archive on the host, its unpacker, the owner or the group isn't there. */
export function parseUnarchive(out: Output, want: UnarchiveWant): UnarchiveState | Missing<UnarchiveState> {
  const report = parseFiles(out, [queryOf(want)]);
  const { dest, creates, source } = want;
  const sections = readSections(out.stdout);
  const files = () => want.members?.() ?? sections.get('members')?.map((row) => row.replace(/^:(\.\/)?/, ''));
  const listed = want.listed ? { files: files() } : {};
  if (creates !== undefined && report.exists(creates)) {
    return { created: true, tree: undefined, differences: [], blocker: undefined, ...listed };
  }
  const rows = sections.get('diff') ?? [];
  const noTar = rows.includes('!notar');
  if (noTar || rows.includes('!tar'))
    return new Missing<UnarchiveState>({ needs: ['command:tar'], failure: noTar ? NO_TAR : NO_GNU });
  if (want.tree) return ofController(out, report, want, want.tree(), listed);
  const own = report.entry(dest);
  const blocked = own && report.followed(dest)?.kind !== 'directory' ? dest : undefined;
  const tool = unpacker(want.kind);
  const needs = [
    ...accountNeeds(report, want),
    ...(source !== undefined && !report.exists(source) ? [`path:${source}` as const] : []),
    ...(tool && rows.includes('!tool') ? [`package:${tool.package}` as const] : []),
  ];
  const found = (sections.get('attributes') ?? []).map(parseRow);
  const drifted = found.filter((entry) => entry.kind !== 'directory' && !treeFits([entry], want));
  const differences = [
    ...rows.filter((row) => row.startsWith(':')).map((row) => row.slice(1)),
    ...drifted.map(
      ({ mode, owner, uid, group, gid }) => `mode ${octal(mode)}, owner ${owner ?? uid}, group ${group ?? gid}`,
    ),
  ];
  const broken = sections.get('broken')?.join('');
  const state: UnarchiveState = {
    ...{ created: false, tree: undefined, differences, blocker: report.blocker(dest) ?? blocked, ...listed },
    shut: shutFor(dest, report),
    inTheWay: rows.find((row) => row.startsWith('!type '))?.slice('!type '.length),
    ...(broken !== undefined && { broken: Buffer.from(broken, 'base64').toString('utf8') }),
  };
  return needs.length === 0 ? state : new Missing({ needs, fresh: { ...state, differences: ['it is not unpacked'] } });
}

const NO_GNU = {
  summary: 'the host has no GNU tar to compare with',
  hint: 'Say with `creates` what is there once the archive is unpacked.',
};
const NO_TAR = { summary: 'the host has no tar', hint: 'Install it in an earlier task: package tar.' };

function ofController(
  out: Output,
  report: FileReport,
  want: UnarchiveWant,
  tree: WantedTree,
  listed: Pick<UnarchiveState, 'files'>,
): UnarchiveState | Missing<UnarchiveState> {
  const all = { ...NONE, missing: [...tree.items.keys()] };
  const found = treeState(report, tree, want.creates === undefined ? parseTree(out, tree) : all);
  const rest = { created: false, differences: [], blocker: undefined, ...listed };
  if (!(found instanceof Missing)) return { ...rest, tree: found };
  return new Missing({ needs: found.needs, fresh: { ...rest, tree: found.fresh } });
}

const NONE = {
  missing: [],
  other: [],
  directory: [],
  content: [],
  attributes: [],
  unreadable: [],
  extra: [],
  extras: 0,
} as const;
