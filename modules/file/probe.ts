// What the module file reads of a host, and the state of each of its paths.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import { Missing, type Resource } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import { accountNeeds, fileNeeds } from '../../engine/resources/file/managed.ts';
import { ancestors, baseName, cleanPath, parentOf } from '../../engine/resources/file/path.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import type { FileQuery, FileReport } from '../../engine/resources/file/state.ts';
import { linkAsWritten, parseSources, probeSources } from '../../engine/resources/path/link-sources.ts';
import {
  follows,
  linkSource,
  type PathState,
  type PathWant,
  wantedState,
  wantsAttributes,
} from '../../engine/resources/path/state.ts';
import { isGiven, isKept, parseTimes, probeTimes, type TimesState } from '../../engine/resources/path/times.ts';
import { parseFull, parseTrees, probeFull, probeTrees } from '../../engine/resources/path/tree-state.ts';

/** A read-only probe for any number of paths. */
export function probePaths(wants: readonly PathWant[]): Script {
  return lines(
    probeTrees(treesOf(wants)),
    probeFull(fullOf(wants)),
    probeTimes(timed(wants).map((want) => ({ path: timedPath(want), times: want.times }))),
    probeSources([...followedOf(wants), ...aimsOf(wants)]),
    probeFiles(wants.flatMap(queriesOf)),
  );
}

/** The state of each of the paths. @throws Error for what is none of the probe's own output */
export function parsePaths(out: Output, wants: readonly PathWant[]): readonly (PathState | Missing<PathState>)[] {
  const report = parseFiles(out, wants.flatMap(queriesOf));
  const sections = readSections(out.stdout);
  const trees = parseTrees(out, treesOf(wants));
  const full = parseFull(out, fullOf(wants));
  const isLink = (path: string) => report.entry(path)?.kind === 'link';
  const sources = parseSources(sections.get('sources') ?? [], [...followedOf(wants), ...aimsOf(wants)].filter(isLink));
  const times = new Map(timed(wants).map((want, index) => [want, parseTimes(sections.get('times')?.[index] ?? '')]));
  return wants.map((want) =>
    stateOf(want, { report, sources, tree: trees.get(want.path) ?? [], full, times: times.get(want) }),
  );
}

function queriesOf(want: PathWant): readonly FileQuery[] {
  const { path, owner, group, state, src } = want;
  if (state === 'hard' && src !== undefined)
    return [
      { path, owner, group, follow: true, moved: true },
      { path: inside(want), moved: true },
      { path: cleanPath(src) },
      { path: parentOf(path) },
      { path: parentOf(inside(want)) },
    ];
  const moved = state === 'absent' || state === 'link';
  const follow = state !== 'absent' && want.follow;
  const own: FileQuery = {
    moved,
    path,
    owner,
    group,
    follow,
    others: state === 'link' && src !== undefined ? [linkSource(want)] : [],
  };
  return aimsOf([want]).length === 0 ? [own] : [own, { path: linkSource(want), follow: true }];
}

/** Where a hard link goes if there is a directory at its path. */
function inside({ path, src = '' }: PathWant): string {
  return `${path === '/' ? '' : path}/${baseName(cleanPath(src))}`;
}

function treesOf(wants: readonly PathWant[]): readonly string[] {
  return [...new Set(wants.filter((want) => want.recurse).map((want) => want.path))];
}

/** Where a link may have to take the place of a directory. */
function fullOf(wants: readonly PathWant[]): readonly string[] {
  return [...new Set(wants.filter(({ state, force }) => force && state === 'link').map((want) => want.path))];
}

/** Paths at which a link may be found that counts as what it leads to. */
function followedOf(wants: readonly PathWant[]): readonly string[] {
  const some = wants.filter(
    (want) => follows(want) || (want.state === 'link' && want.follow && want.src === undefined),
  );
  return [...new Set(some.map(({ path }) => path))];
}

/** What links are to lead to, where it gets attributes or times. */
function aimsOf(wants: readonly PathWant[]): readonly string[] {
  const some = wants.filter((want) => want.state === 'link' && want.src !== undefined && want.follow);
  return [...new Set(some.filter((want) => wantsAttributes(want) || !isKept(want.times)).map(linkSource))];
}

function timed(wants: readonly PathWant[]): readonly PathWant[] {
  return wants.filter(({ times, state }) => state !== 'absent' && isGiven(times));
}

/** What of the host has those times, as a word. */
function timedPath(want: PathWant): Script {
  if (want.state === 'link' && want.src !== undefined) return sh`${linkSource(want)}`;
  if (want.state !== 'hard' || want.src === undefined) return sh`${want.path}`;
  return sh`"$(if [ -d ${want.path} ]; then printf %s ${inside(want)}; else printf %s ${want.path}; fi)"`;
}

/** What the probe told, by path. */
interface Seen {
  readonly report: FileReport;
  /** Where links lead in the end. */
  readonly sources: ReadonlyMap<string, string>;
  readonly tree: PathState['tree'];
  readonly full: ReadonlySet<string>;
  readonly times: TimesState | undefined;
}

function stateOf(want: PathWant, seen: Seen): PathState | Missing<PathState> {
  const { path, owner, group, state, src } = want;
  const { report, tree, full, times } = seen;
  const own = report.entry(path);
  const place = placeOf(want, seen);
  const settled = wantedState(want, place.entry);
  const found: PathState = {
    ...place,
    missing: own ? [] : ancestors(path).filter((directory) => !report.exists(directory)),
    source: state === 'hard' && src !== undefined ? report.entry(cleanPath(src)) : undefined,
    ...(settled === 'link' && want.follow && { aim: aimOf(want, seen) }),
    ...(times && { times }),
    tree,
    ...around({ ...want, path: state === 'hard' ? (place.at ?? path) : path }, report),
    full: full.has(path),
  };
  if (settled === 'absent' || own?.kind === 'hidden') return found;
  if (settled === 'file' && found.entry === undefined) return new Missing({ needs: [`path:${path}`] });
  const at = state === 'hard' ? (place.at ?? path) : path;
  const needs: Resource[] = [
    ...(settled === 'directory' ? accountNeeds(report, want) : fileNeeds(report, { path: at, owner, group })),
    ...(settled === 'link' && src !== undefined && !want.force && !report.exists(linkSource(want))
      ? [`path:${linkAsWritten(path, src)}` as const]
      : []),
    ...(settled === 'hard' && src !== undefined && found.source === undefined ? [`path:${src}` as const] : []),
  ];
  return needs.length === 0 ? found : new Missing({ needs, fresh: found });
}

/** What is to be managed, and where that is if not at the path. */
function placeOf(want: PathWant, { report, sources }: Seen): Pick<PathState, 'entry' | 'at'> {
  const { path, state, src } = want;
  const entry = report.entry(path);
  if (state === 'hard' && src !== undefined && (report.followed(path) ?? entry)?.kind === 'directory') {
    return { entry: report.entry(inside(want)), at: inside(want) };
  }
  const target = follows(want) && entry?.kind === 'link' ? report.followed(path) : undefined;
  if (!target) return { entry };
  return { entry: target, at: sources.get(path) ?? linkAsWritten(path, entry?.target ?? '') };
}

/** What the link leads to, or will lead to. */
function aimOf(want: PathWant, { report, sources }: Seen): PathState['aim'] {
  const { path, src } = want;
  const at = src === undefined ? path : linkSource(want);
  const target = src ?? report.entry(path)?.target ?? '';
  return { path: sources.get(at) ?? linkAsWritten(path, target), entry: report.followed(at) };
}

/** What is around the path, where something has to be made or removed there. */
function around(
  want: PathWant,
  report: FileReport,
): Pick<PathState, 'blocker' | 'shut' | 'mounts' | 'crosses' | 'self'> {
  const { path, state } = want;
  const { self, shut: parent } = report.state(want);
  const shut = state === 'directory' ? report.shut(parentOf(path)) : parent;
  return {
    blocker: report.blocker(path),
    ...(state === 'hard' && { crosses: crosses(want, report) }),
    ...(state === 'absent' && { mounts: report.mounts(path) }),
    ...(shut !== undefined && { shut }),
    ...(self !== undefined && { self }),
  };
}

/** Mounts alone don't tell where a link leads elsewhere, and devices not on an overlay: so both have to differ. */
function crosses({ path, src = '' }: PathWant, report: FileReport): boolean {
  const [source, parent] = [cleanPath(src), parentOf(path)];
  const apart = report.entry(source)?.device !== report.entry(parent)?.device;
  return report.entry(parent) !== undefined && apart && report.mountOf(source) !== report.mountOf(parent);
}
