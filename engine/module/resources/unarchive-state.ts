// What unarchive wants and finds: an archive of the controller, held against the host member by member, or one that is
// on the host already, held against it by GNU tar.
import type { Output } from '../change.ts';
import type { Content } from '../content.ts';
import { Missing } from '../resource.ts';
import { lines, type Script, sh } from '../script.ts';
import { type ArchiveKind, unpacker } from './archive.ts';
import type { Ownership } from './attributes.ts';
import { probeFiles } from './file-probe.ts';
import { parseFiles } from './file-report.ts';
import type { FileQuery, FileReport } from './file-state.ts';
import { accountNeeds } from './managed-file.ts';
import { readSections } from './sections.ts';
import { shutFor, type TreeState, treeQuery, treeState } from './tree-plan.ts';
import { parseTree, probeTree } from './tree-probe.ts';
import type { WantedTree } from './tree-want.ts';

export interface UnarchiveWant extends Ownership {
  /** Absolute. */
  readonly dest: string;
  readonly kind: ArchiveKind;
  /** Absolute: where this is, there is nothing to do. */
  readonly creates: string | undefined;
  readonly strip: number;
  /** The archive's members; reads it. Undefined when it is on the host. */
  readonly tree: (() => WantedTree) | undefined;
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
  const { creates, tree, source, kind, strip, dest } = want;
  if (tree) return creates === undefined ? probeTree(tree()) : undefined;
  const tool = unpacker(kind);
  const file = source ?? '';
  const compare = { tar: '-df', 'tar.gz': '-dzf', 'tar.xz': '-dJf', zip: '-df' }[kind];
  const list = { tar: sh`tar -tf`, 'tar.gz': sh`tar -tzf`, 'tar.xz': sh`tar -tJf`, zip: sh`unzip -Z1` }[kind];
  const look = lines(
    tool && sh`if ! command -v ${tool.command} >/dev/null; then echo '!tool'; fi`,
    // What is to be unpacked is read once more: whether it is whole says the tool that unpacks it.
    sh`if ${tool ? sh`command -v ${tool.command} >/dev/null` : sh`:`} && [ -f ${file} ] && [ -r ${file} ]; then`,
    sh`said=$(${list} ${file} 2>&1 >/dev/null) || { printf '@broken\n'; printf '%s\n' "$said" | tail -n 6 | base64; }; fi`,
  );
  if (creates !== undefined) return lines(sh`printf '@diff\n'; if [ ! -e ${creates} ]; then`, look, sh`fi`);
  return lines(
    sh`printf '@diff\n'; d=; if [ ! -d ${dest} ]; then d=': there is no such directory'; elif [ -r ${file} ]; then`,
    sh`d=$(tar ${compare} ${file} -C ${dest} --strip-components ${strip} 2>&1 | sed 's/^/:/' | grep -v -E -e '(Uid|Gid|Mode|Mod time) differs?$' -e '^:tar: : ' | head -n 20); fi`,
    sh`[ -z "$d" ] || printf '%s\n' "$d"`,
    sh`case $(tar --version 2>/dev/null) in *GNU*) ;; *) echo '!tar';; esac`,
    sh`if [ -n "$d" ]; then`,
    look,
    sh`fi`,
  );
}

function queryOf(want: UnarchiveWant): FileQuery {
  const others = [want.creates, want.source].filter((path) => path !== undefined);
  return { ...treeQuery(want), others: [want.dest, ...others] };
}

/** The state; Missing when the archive on the host, its unpacker, the owner or the group isn't there. */
export function parseUnarchive(out: Output, want: UnarchiveWant): UnarchiveState | Missing<UnarchiveState> {
  const report = parseFiles(out, [queryOf(want)]);
  const { dest, creates, source } = want;
  if (creates !== undefined && report.exists(creates)) {
    return { created: true, tree: undefined, differences: [], blocker: undefined };
  }
  if (want.tree) return ofController(out, report, want, want.tree());
  const own = report.entry(dest);
  const blocked = own && report.followed(dest)?.kind !== 'directory' ? dest : undefined;
  const rows = readSections(out.stdout).get('diff') ?? [];
  if (rows.includes('!tar')) {
    return new Missing<UnarchiveState>(['command:tar'], undefined, {
      summary: 'the host has no GNU tar to compare with',
      hint: 'Say with `creates` what is there once the archive is unpacked.',
    });
  }
  const tool = unpacker(want.kind);
  const needs = [
    ...accountNeeds(report, want),
    ...(source !== undefined && !report.exists(source) ? [`path:${source}` as const] : []),
    ...(tool && rows.includes('!tool') ? [`package:${tool.package}` as const] : []),
  ];
  const differences = rows.filter((row) => row.startsWith(':')).map((row) => row.slice(1));
  const broken = readSections(out.stdout).get('broken')?.join('');
  const state: UnarchiveState = {
    ...{ created: false, tree: undefined, differences, blocker: report.blocker(dest) ?? blocked },
    shut: shutFor(dest, report),
    ...(broken !== undefined && { broken: Buffer.from(broken, 'base64').toString('utf8') }),
  };
  return needs.length === 0 ? state : new Missing(needs, { ...state, differences: ['it is not unpacked'] });
}

function ofController(
  out: Output,
  report: FileReport,
  want: UnarchiveWant,
  tree: WantedTree,
): UnarchiveState | Missing<UnarchiveState> {
  const all = { ...NONE, missing: [...tree.items.keys()] };
  const found = treeState(report, tree, want.creates === undefined ? parseTree(out, tree) : all);
  const rest = { created: false, differences: [], blocker: undefined };
  if (!(found instanceof Missing)) return { ...rest, tree: found };
  return new Missing(found.needs, { ...rest, tree: found.fresh });
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
